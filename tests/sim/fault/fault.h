/* What the tests of faults share: a program that stands every fault, and a run of it. */
#ifndef TESTS_SIM_FAULT_H
#define TESTS_SIM_FAULT_H

#include <fm/async.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm_sim/sim.h>

#include <check.h>
#include <string.h>

#define ALL_FAULTS UINT32_MAX /* what a scenario allows that stands everything */

/* Two hosts: clients that have a few rounds with a server, whatever becomes of them. */
extern const struct fm_sim_scenario round_scenario;
extern uint64_t round_shortages; /* of its last run */

/* Faults by name; a test without it fails. */
unsigned fault_number(const char *name);
uint64_t only(const char *name);

/* One run, which must pass. */
void play_well(const struct fm_sim_scenario *scenario, uint64_t seed, uint64_t profile, struct fm_sim_result *result);

TCase *strikes_case(void);
TCase *crash_case(void);
TCase *shutdown_case(void);
TCase *clocks_case(void);
TCase *lag_case(void);
TCase *slow_poll_case(void);
TCase *stall_case(void);
TCase *constants_case(void);

#endif
