/*
 * A thread's mutex held across an await. Whoever wants it next on this thread would wait for a task that cannot run: the
 * twin lets go before it waits.
 */
#include "../twins.h"

#include <fm/sleep.h>
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
	pthread_mutex_lock(&self->world->lock);
	self->world->count++;
	if (!self->world->broken) /* held while the task sleeps */
		pthread_mutex_unlock(&self->world->lock);
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	if (self->world->broken)
		pthread_mutex_unlock(&self->world->lock);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	pthread_mutexattr_t checked;

	pthread_mutexattr_init(&checked);
	pthread_mutexattr_settype(&checked, PTHREAD_MUTEX_ERRORCHECK); /* where nobody watches: no hang */
	pthread_mutex_init(&world->lock, &checked);
	pthread_mutexattr_destroy(&checked);
	for (unsigned i = 0; i < 2; i++)
		fm_sim_start(TWIN_TASK(host, counter, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	pthread_mutex_destroy(&world->lock);
	FM_SIM_CHECK(sim, world->count == 2, "counted %u of 2", world->count);
}

TWINS(held_lock, "escape/held-lock", .claim = "two count, one after the other", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
