/*
 * A program on two hosts asks a shared library for the time: it is each host's virtual time, after a sleep, and
 * after a jump of one host's wall clock.
 */
#include "library.h"

#include <fm/async.h>
#include <fm/env.h>
#include <fm/sleep.h>
#include <fm_sim/scenario.h>

struct asker {
	struct fm_async async;
	struct fm_sim_host *host;
	struct fm_sleep sleep;
	unsigned turns;
};

static void compare(void)
{
	const int64_t wall_ns = fm_wall_ns();

	FM_SIM_CHECK(fm_sim_current(), library_wall_ns() == wall_ns, "the library sees %lld ns, and not %lld",
		     (long long)library_wall_ns(), (long long)wall_ns);
	FM_SIM_CHECK(fm_sim_current(), library_time_s() == wall_ns / (int64_t)FM_SEC, "time() gives %lld",
		     (long long)library_time_s());
}

FM_ASYNC(asker)
{
	FM_BEGIN;
	for (; self->turns < 5; self->turns++) {
		compare();
		FM_AWAIT(fm_sleep_init(&self->sleep, 1234567 * FM_US + self->turns));
		if (self->turns == 2)
			fm_sim_wall_jump(self->host, 86400 * (int64_t)FM_SEC);
		compare();
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const char *const names[] = { "left", "right" };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct fm_sim_host *host = fm_sim_host(sim, names[i]);
		struct asker *asker = fm_sim_alloc(host, sizeof(*asker), "asker");

		FM_ASYNC_INIT(asker, asker);
		asker->host = host;
		asker->turns = i; /* the clocks jump at different times */
		fm_sim_start(asker);
	}
}

FM_SCENARIO(asks_library) = {
	.name = "answer/library",
	.claim = "a shared library sees virtual time",
	.deadline_ns = FM_HOUR,
	.setup = setup,
};
