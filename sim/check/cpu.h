/*
 * CPU time of polls, watched where a timer can be had: the command arms it in every process that runs scenarios.
 */
#ifndef SIM_CHECK_CPU_H
#define SIM_CHECK_CPU_H

#include <stdbool.h>

/* sim__cpu_watch -- from now on, on this thread, bounds being `scale` times what scenarios say. 0: not at all. Takes SIGVTALRM. */
bool sim__cpu_watch(unsigned scale);

#endif
