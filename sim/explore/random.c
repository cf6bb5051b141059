/*
 * Uniform among the ready tasks at every step; where operations let others come between is the fault "yield" (sim/fault/yield.c).
 * Every schedule that the rates of the run allow has a probability above 0: of n ready tasks each is next with 1/n.
 */
#include "strategy.h"

const struct sim_strategy sim__strategy_random = { .name = "random", .is_fair = true };
