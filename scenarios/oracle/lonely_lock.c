/*
 * A thread's lock held across an await, where nobody else ever wants it: no call blocks, and nothing is lost but the certainty. The
 * twin holds it between two awaits.
 */
#include "oracle.h"

#include <pthread.h>

struct world {
	bool broken;
	pthread_mutex_t lock;
	unsigned count;
};

struct counter {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(counter)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	pthread_mutex_lock(&self->world->lock);
	self->world->count++;
	if (!self->world->broken)
		pthread_mutex_unlock(&self->world->lock);
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS)); /* BUG: it sleeps with the lock */
	if (self->world->broken)
		pthread_mutex_unlock(&self->world->lock);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	pthread_mutex_init(&world->lock, NULL);
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), counter, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	pthread_mutex_destroy(&world->lock);
	FM_SIM_CHECK(sim, world->count == 1, "counted %u", world->count);
}

ORACLE(lonely_lock, "lonely-lock", .claim = "one counts", .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC,
       .end = end);
