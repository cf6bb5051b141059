/* Four workers and one mutex, with waits, tries, retries and cancels in the middle of all of it. */
#include "fair.h"

#include <fm/mutex.h>

struct world {
	struct fm_mutex mutex;
	struct fair fair;
	unsigned inside;
	unsigned stays;
};

/* One stay: its defers give the lock back however it ends. */
struct stay {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fair_request request;
	struct fm_mutex_guard guard;
	struct fm_defer model;
	struct fm_yield yield;
};

static void stay_ends(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct stay, model)->world;

	world->inside--;
	fair_release(&world->fair, 1);
}

FM_ASYNC(stay)
{
	FM_BEGIN;
	if ((fm_random(3) + self->world->stays++) % 3 == 1) {
		if (fm_mutex_try_lock(&self->world->mutex) == FM_ERR_BUSY) {
			FAIR_HOLDS(!fair_can(&self->world->fair, 1), "a free mutex said that it is busy");
			FM_RETURN(FM_ERR_BUSY);
		}
		fair_take(&self->world->fair, 1);
	} else {
		FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->fair, 1,
					      fm_mutex_lock_init(&self->lock, &self->world->mutex)));
	}
	fm_mutex_defer_unlock(&self->async, &self->guard, &self->world->mutex);
	self->world->inside++;
	fm_defer(&self->async, &self->model, stay_ends);
	HOLDS(self->world->inside == 1, "%u hold the mutex", self->world->inside);
	HOLDS(fm_mutex_locked(&self->world->mutex), "it is held, and does not say so");
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct stay stay;
	struct fm_yield yield;
	unsigned rounds;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (; self->rounds < 4; self->rounds++) {
		self->stay.world = self->world;
		FM_AWAIT(FM_ASYNC_INIT(&self->stay, stay));
		if (self->stay.async.fut.status == FM_ERR_BUSY)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	DIRTY(&world->mutex);
	fm_mutex_init(&world->mutex);
	fair_init(&world->fair, 1);
	for (unsigned i = 0; i < 4; i++) {
		struct fm_task *task = fm_sim_start(PRIMITIVE_TASK(host, worker, world));

		if (i >= 2)
			fm_sim_cancellable(sim, task);
	}
}

static void step(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	if (fm_sim_swept(sim))
		return; /* fair.c */
	FM_SIM_CHECK(sim, fm_mutex_locked(&world->mutex) == (world->fair.free == 0), "the mutex is %s",
		     world->fair.free ? "locked by nobody" : "open while somebody holds it");
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_list_empty(&world->fair.queue), "somebody waits for ever");
	fm_mutex_drop(&world->mutex);
}

FM_SCENARIO(primitive_mutex) = {
	.name = "primitive/mutex",
	.claim = "a mutex has one holder at a time, in the order in which they came to wait",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
	.end = end,
};
