/*
 * A function that locks, called by one that holds the lock: it waits for its caller, who waits for it.
 */
#include "newcomer.h"

#include <fm/mutex.h>

struct world {
	bool broken;
	struct fm_mutex mutex;
	unsigned entries;
};

struct add {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
};

FM_ASYNC(add)
{
	FM_BEGIN;
	/* BUG: its caller holds it */
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	self->world->entries++;
	fm_mutex_unlock(&self->world->mutex);
	FM_END;
}

static struct fm_future *add_init(struct add *self, struct world *world)
{
	FM_ASYNC_INIT(self, add);
	self->world = world;
	return &self->async.fut;
}

struct add_if_empty {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct add add;
};

FM_ASYNC(add_if_empty)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	if (self->world->entries == 0) {
		if (!self->world->broken) /* planted: calls with the lock in its hand */
			fm_mutex_unlock(&self->world->mutex);
		FM_AWAIT(add_init(&self->add, self->world));
		if (!self->world->broken)
			FM_RETURN(FM_OK);
	}
	fm_mutex_unlock(&self->world->mutex);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_mutex_init(&world->mutex);
	fm_sim_start(TWIN_TASK(host, add_if_empty, world));
}

NEWCOMER(lock_twice, "lock-twice", .claim = "it ends", .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
