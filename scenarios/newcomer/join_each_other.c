/*
 * Two tasks that each wait for the other's end, as in a shutdown where everybody is polite.
 */
#include "newcomer.h"

#define PEERS 2

struct world {
	bool broken;
	struct fm_task *peer[PEERS];
};

struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_yield work;
	struct fm_task_join join;
	unsigned number;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->work));
	if (self->number == 0 || self->world->broken) { /* planted: both are polite */
		/* BUG: the other one waits too */
		FM_AWAIT(fm_task_join_init(&self->join, self->world->peer[1 - self->number]));
	}
	fm_task_detach(self->world->peer[1 - self->number]);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct peer *peer;

	for (unsigned i = 0; i < PEERS; i++) {
		peer = TWIN_TASK(host, peer, world);
		peer->number = i;
		world->peer[i] = fm_task_ref(fm_sim_start(peer));
	}
}

NEWCOMER(join_each_other, "join-each-other", .claim = "both end", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
