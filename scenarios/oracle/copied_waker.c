/*
 * A waker is woken through a copy, and then the one that was copied is dropped: nothing hangs for it here, but the reference that it
 * gives back is not its own. The twin forgets it before the wake, as fm_waker_wake does by itself.
 */
#include "oracle.h"

struct world {
	bool broken;
	struct bell bell;
};

struct listener {
	struct fm_async async;
	struct world *world;
	struct bell_wait wait;
};

FM_ASYNC(listener)
{
	FM_BEGIN;
	FM_AWAIT(bell_wait_init(&self->wait, &self->world->bell, BELL_KEEPS_NEWEST)); /* BUG: drops what was woken */
	FM_END;
}

static void ring(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_waker copy = world->bell.waker;

	(void)sim;
	if (!world->broken)
		world->bell.waker = FM_WAKER_NONE;
	world->bell.rung = true;
	fm_waker_wake(&copy);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, listener, state));
	fm_sim_at(sim, FM_MS, ring, state);
}

ORACLE(copied_waker, "copied-waker", .claim = "who is woken by the bell goes on", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
