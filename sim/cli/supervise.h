/* A replay that ends its own process, in whatever way, is still reported: a parent watches it. */
#ifndef SIM_CLI_SUPERVISE_H
#define SIM_CLI_SUPERVISE_H

#include <fm_sim/sim.h>

/*
 * supervise -- call `work` in a child, which gives an exit status after it has printed all there is to say. Where it
 * ended otherwise, *result says how, and the status is -1. Under a debugger there is no child: the work is done here.
 */
int supervise(int (*work)(void), struct fm_sim_result *result);

/* In the child: what there is to say is being said. */
void supervise_said(void);

#endif
