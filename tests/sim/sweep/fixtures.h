/* A bug that the sweep must find and its correct twin: one program, told apart by the scenario's name. */
#ifndef TESTS_SIM_SWEEP_FIXTURES_H
#define TESTS_SIM_SWEEP_FIXTURES_H

#include <fm/async.h>
#include <fm_sim/scenario.h>

#define TWINS(id, path, type, setup_broken, setup_fixed, end_)                                                    \
	FM_SCENARIO(id##_broken) = { .name = "sweep/" path "/broken", .claim = "the sweep finds it", .file = __FILE__, \
				     .state_bytes = sizeof(type), .deadline_ns = FM_HOUR, .setup = (setup_broken),  \
				     .end = (end_) };                                                               \
	FM_SCENARIO(id##_fixed) = { .name = "sweep/" path "/fixed", .claim = "the sweep finds nothing",              \
				    .file = __FILE__, .state_bytes = sizeof(type), .deadline_ns = FM_HOUR,          \
				    .setup = (setup_fixed), .end = (end_) }

#endif
