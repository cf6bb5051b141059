/*
 * Requests for none, one, two or three permits of three, some added and forgotten meanwhile, and at last a close: against the
 * model of fair.h. What was granted before the close stays granted; all else gets FM_ERR_CLOSED.
 */
#include "fair.h"

#include <fm/semaphore.h>

struct world {
	struct fm_semaphore semaphore;
	struct fair fair;
	uint64_t held;
	unsigned working;
	unsigned stays;
	bool closed;
};

/* One stay: its defers give the permits back however it ends. */
struct stay {
	struct fm_async async;
	struct world *world;
	struct fm_semaphore_acquire acquire;
	struct fair_request request;
	struct fm_semaphore_guard guard;
	struct fm_defer model;
	struct fm_yield yield;
	uint64_t permits;
	bool was_closed;
};

static void stay_ends(struct fm_defer *defer)
{
	struct stay *self = FM_CONTAINER_OF(defer, struct stay, model);

	self->world->held -= self->permits;
	if (self->world->closed)
		self->world->fair.free += self->permits; /* nobody is served any more */
	else
		fair_release(&self->world->fair, self->permits);
}

static int try_acquire(struct stay *self)
{
	struct world *world = self->world;
	const int due = world->closed ? FM_ERR_CLOSED : fair_can(&world->fair, self->permits) ? FM_OK : FM_ERR_BUSY;
	const int status = fm_semaphore_try_acquire(&world->semaphore, self->permits);

	FAIR_HOLDS(status == due, "a try for %llu gave %s", (unsigned long long)self->permits, fm_status_name(status));
	if (status == FM_OK)
		fair_take(&world->fair, self->permits);
	return status;
}

FM_ASYNC(stay)
{
	FM_BEGIN;
	self->permits = (fm_random(4) + self->world->stays++) % 4;
	if (SOMETIMES_IN(4)) {
		if (try_acquire(self) != FM_OK)
			FM_RETURN(FM_ERR_BUSY);
	} else {
		self->was_closed = self->world->closed;
		FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->fair, self->permits,
					      fm_semaphore_acquire_init(&self->acquire, &self->world->semaphore,
									self->permits)));
		if (self->request.fut.status != FM_OK) {
			HOLDS(self->request.fut.status == FM_ERR_CLOSED, "%s", fm_status_name(self->request.fut.status));
			HOLDS(self->world->closed, "closed, it says");
			FM_RETURN(FM_ERR_CLOSED);
		}
		HOLDS(!self->was_closed, "closed, and gives permits");
	}
	self->world->held += self->permits;
	fm_semaphore_defer_release(&self->async, &self->guard, &self->world->semaphore, self->permits);
	fm_defer(&self->async, &self->model, stay_ends);
	HOLDS(self->world->held <= self->world->fair.total, "%llu permits are held", (unsigned long long)self->world->held);
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct stay stay;
	struct fm_yield yield;
	struct fm_defer ends;
	unsigned rounds;
};

static void worker_ends(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct worker, ends)->world->working--;
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (; self->rounds < 4; self->rounds++) {
		self->stay.world = self->world;
		FM_AWAIT(FM_ASYNC_INIT(&self->stay, stay));
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

/* Adds a permit, takes one out of the world, and closes. */
struct keeper {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
	unsigned rounds;
};

static void add_and_forget(struct world *world)
{
	uint64_t gone;

	HOLDS(fm_semaphore_release(&world->semaphore, 1) == FM_OK, "there was room for one");
	world->fair.total++;
	fair_release(&world->fair, 1);
	HOLDS(fm_semaphore_release(&world->semaphore, UINT64_MAX) == FM_ERR_OVERFLOW, "more than can be counted");
	gone = fm_semaphore_forget(&world->semaphore, 1);
	FAIR_HOLDS(gone == (world->fair.free > 0), "%llu permits were forgotten", (unsigned long long)gone);
	if (gone)
		fair_forget(&world->fair, 1);
}

static void close_it(struct world *world)
{
	HOLDS(!fm_semaphore_closed(&world->semaphore), "nobody has closed it");
	fm_semaphore_close(&world->semaphore);
	HOLDS(fm_semaphore_closed(&world->semaphore), "closed");
	world->closed = true;
	while (!fm_list_empty(&world->fair.queue))
		fm_list_unlink(world->fair.queue.next);
}

FM_ASYNC(keeper)
{
	FM_BEGIN;
	for (; self->rounds < 3; self->rounds++) {
		FM_AWAIT(fm_yield_init(&self->yield));
		if (self->world->fair.free > 0)
			add_and_forget(self->world);
	}
	while (self->world->working > 0 && !SOMETIMES_IN(8))
		FM_AWAIT(fm_yield_init(&self->yield));
	close_it(self->world);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	DIRTY(&world->semaphore);
	fm_semaphore_init(&world->semaphore, 3);
	fair_init(&world->fair, 3);
	for (unsigned i = 0; i < 4; i++) {
		struct worker *worker = PRIMITIVE_TASK(host, worker, world);

		fm_defer(&worker->async, &worker->ends, worker_ends);
		world->working++;
		if (i >= 2)
			fm_sim_cancellable(sim, fm_sim_start(worker));
		else
			fm_sim_start(worker);
	}
	fm_sim_start(PRIMITIVE_TASK(host, keeper, world));
}

static void step(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	if (fm_sim_swept(sim))
		return; /* fair.c */
	FM_SIM_CHECK(sim, fm_semaphore_available(&world->semaphore) == world->fair.free, "%llu are free, not %llu",
		     (unsigned long long)fm_semaphore_available(&world->semaphore),
		     (unsigned long long)world->fair.free);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_sim_swept(sim) || (world->held == 0 && world->fair.free == world->fair.total), "%llu permits did not come back",
		     (unsigned long long)(world->fair.total - world->fair.free));
	fm_semaphore_drop(&world->semaphore);
}

FM_SCENARIO(primitive_semaphore) = {
	.name = "primitive/semaphore",
	.claim = "permits are conserved, given in the order in which they were asked for, and not after the close",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
	.end = end,
};
