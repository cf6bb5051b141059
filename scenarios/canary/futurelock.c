/*
 * A select whose other arm awaits the lock that a kept branch is queued for.
 *
 * Corpus F01. The lock is handed to the branch, first come, first served, while the task waits behind it for
 * the very same lock and polls the branch no more. Neither is ever going to run.
 */
#include "canary.h"

#include <fm/mutex.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	struct fm_mutex pool;
	unsigned ticks;
	unsigned collected;
};

struct holder {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_sleep work;
};

FM_ASYNC(holder)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->pool));
	FM_AWAIT(fm_sleep_init(&self->work, 5 * FM_MS));
	fm_mutex_unlock(&self->world->pool);
	FM_END;
}

struct collector {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep tick;
	struct fm_mutex_lock collection;
	struct fm_mutex_lock query;
};

FM_ASYNC(collector)
{
	FM_BEGIN;
	fm_mutex_lock_init(&self->collection, &self->world->pool);
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->collection.fut),
				   fm_sleep_init(&self->tick, 3 * FM_MS)));
		if (self->select.winner == 0)
			break;
		if (!self->world->broken) { /* F01: the branch keeps its place, and nobody polls it */
			fm_drop(&self->collection.fut);
			fm_mutex_lock_init(&self->collection, &self->world->pool);
		}
		FM_AWAIT(fm_mutex_lock_init(&self->query, &self->world->pool));
		self->world->ticks++;
		fm_mutex_unlock(&self->world->pool);
	}
	self->world->collected++;
	fm_mutex_unlock(&self->world->pool);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_mutex_init(&world->pool);
	fm_sim_start(TWIN_TASK(host, holder, world));
	fm_sim_start(TWIN_TASK(host, collector, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mutex_drop(&world->pool);
	FM_SIM_CHECK(sim, world->collected == 1, "collected %u times", world->collected);
}

CANARY(futurelock, "futurelock",
       .claim = "the collection ends, however often the tick asks the pool in between",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
