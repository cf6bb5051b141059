/*
 * A loop that asks whether something has come, and sleeps in between: for no time at all, so that the clock stands still as long as
 * it asks. It gives up before anything else would notice. The twin pauses after each eight.
 */
#include "oracle.h"

#define ASKS 60000

struct world {
	bool broken;
};

struct asker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned asked;
};

FM_ASYNC(asker)
{
	FM_BEGIN;
	for (; self->asked < (self->world->broken ? ASKS : ASKS / 100); self->asked++) {
		FM_AWAIT(fm_sleep_init(&self->pause, 0)); /* BUG: ready at once, each time */
		if (!self->world->broken && self->asked % 8 == 7)
			FM_AWAIT(fm_sleep_init(&self->pause, FM_US));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), asker, state));
}

ORACLE(zero_sleeps, "zero-sleeps", .claim = "it gives up in the end", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
