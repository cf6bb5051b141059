/* A program in a file of its own, which takes no part in the other scenarios. */
#ifndef TESTS_SIM_PROBES_IDLE_H
#define TESTS_SIM_PROBES_IDLE_H

#include <fm/async.h>
#include <fm/probe.h>
#include <fm_sim/scenario.h>

void start_idle(struct fm_sim *sim);

#endif
