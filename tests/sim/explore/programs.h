/* What the programs share. */
#ifndef TESTS_SIM_EXPLORE_PROGRAMS_H
#define TESTS_SIM_EXPLORE_PROGRAMS_H

#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm/mutex.h>
#include <fm/notify.h>
#include <fm/ready.h>
#include <fm/select.h>
#include <fm_sim/scenario.h>

struct world {
	unsigned value;
	struct fm_mutex lock;
	struct fm_mutex locks[2];
	struct fm_notify notify;
	bool flag;
	unsigned received;
};

static inline void *make(struct fm_sim_host *host, size_t bytes)
{
	return fm_sim_alloc(host, bytes, "task");
}

#define PROGRAM(identifier, called, setup_of, ...)                                                       \
	FM_SCENARIO(identifier) = {                                                                      \
		.name = called, .claim = "all goes well", .state_bytes = sizeof(struct world),           \
		.deadline_ns = FM_SEC, .setup = setup_of, __VA_ARGS__                                    \
	}

#endif
