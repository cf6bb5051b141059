/* The C library's ways to end the process that no handler hears of, or that know more than their signal says. */
#ifndef SIM_CLI_ENDS_H
#define SIM_CLI_ENDS_H

/* ends_link -- does nothing; who calls it has these functions in the program. */
void ends_link(void);

#endif
