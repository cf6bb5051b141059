/*
 * What a sanitizer found in a run, as a failure of that run: which oracle, what, where, and the stacks that it gives. Nothing
 * of it is there where no sanitizer is linked in.
 */
#ifndef SIM_CLI_SANITIZER_H
#define SIM_CLI_SANITIZER_H

#include <fm_sim/sim.h>

/* Whether one is that has a say in how the process ends. */
bool sanitizer_linked(void);

/* sanitizer_watch -- found is called for each error, from within the sanitizer, and for its last word before the process ends. */
void sanitizer_watch(void (*found)(void));

/* sanitizer_tell -- fill in oracle, cause, place and text with the error that found was called for. */
void sanitizer_tell(struct fm_sim_failure *failure);

/* sanitizer_warm -- read once what all forked children would read each for itself, to name the lines of their stacks. */
void sanitizer_warm(void);

/* sanitizer_cut -- end what a program printed before the sanitizer's own report, which the failure's text is made of. */
void sanitizer_cut(char *printed);

#endif
