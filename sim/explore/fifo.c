/* First in, first out: every draw is 0, faults and all. The plain run, and what the real executor does. It guarantees that run only. */
#include "strategy.h"

const struct sim_strategy sim__strategy_fifo = { .name = "fifo" };
