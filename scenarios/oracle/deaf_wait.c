/*
 * A wait that says PENDING and keeps nobody's waker. What it waits for never comes in this program, and its guardian aborts it
 * in time: nothing goes wrong that anybody could see, except that nobody could ever have woken it.
 */
#include "oracle.h"

struct world {
	bool broken;
	struct bell bell;
};

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct bell_wait wait;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	FM_AWAIT(bell_wait_init(&self->wait, &self->world->bell, /* BUG: it keeps no waker */
				self->world->broken ? BELL_KEEPS_NONE : BELL_KEEPS_NEWEST));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	guard(host, TWIN_TASK(host, sleeper, state), FM_MS);
}

ORACLE(deaf_wait, "deaf-wait", .claim = "whoever waits can be woken", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
