/* Readers and writers of one lock: locks, tries, downgrades, retries and cancels, against the model of fair.h. */
#include "fair.h"

#include <fm/rwlock.h>

#define ALL 64 /* units: a reader takes one of them, a writer all */

struct world {
	struct fm_rwlock lock;
	struct fair fair;
	unsigned readers;
	unsigned writers;
	unsigned stays;
};

/* One stay: its defers give the lock back however it ends. */
struct stay {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock lock;
	struct fair_request request;
	struct fm_rwlock_guard guard;
	struct fm_defer model;
	struct fm_yield yield;
	bool write;
};

static void enter(struct stay *self)
{
	*(self->write ? &self->world->writers : &self->world->readers) += 1;
	HOLDS(self->world->writers + (self->world->readers > 0) <= 1, "%u write and %u read at once",
	      self->world->writers, self->world->readers);
}

static void leave(struct stay *self)
{
	*(self->write ? &self->world->writers : &self->world->readers) -= 1;
}

static void stay_ends(struct fm_defer *defer)
{
	struct stay *self = FM_CONTAINER_OF(defer, struct stay, model);

	leave(self);
	fair_release(&self->world->fair, self->write ? ALL : 1);
}

static int try_lock(struct stay *self)
{
	struct world *world = self->world;
	const bool can = fair_can(&world->fair, self->write ? ALL : 1);
	const int status = self->write ? fm_rwlock_try_write(&world->lock) : fm_rwlock_try_read(&world->lock);

	FAIR_HOLDS(status == (can ? FM_OK : FM_ERR_BUSY), "a try gave %s", fm_status_name(status));
	if (status == FM_OK)
		fair_take(&world->fair, self->write ? ALL : 1);
	return status;
}

/* From a writer to a reader, without letting a writer in between. */
static void downgrade(struct stay *self)
{
	leave(self);
	fm_undefer(&self->async, &self->model);
	fm_undefer(&self->async, &self->guard.defer);
	fm_rwlock_downgrade(&self->world->lock);
	fair_release(&self->world->fair, ALL - 1);
	self->write = false;
	enter(self);
	fm_rwlock_defer_unlock(&self->async, &self->guard, &self->world->lock, false);
	fm_defer(&self->async, &self->model, stay_ends);
}

FM_ASYNC(stay)
{
	FM_BEGIN;
	self->write = (fm_random(3) + self->world->stays++) % 3 == 1;
	if (SOMETIMES_IN(4)) {
		if (try_lock(self) != FM_OK)
			FM_RETURN(FM_ERR_BUSY);
	} else if (self->write) {
		FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->fair, ALL,
					      fm_rwlock_write_init(&self->lock, &self->world->lock)));
	} else {
		FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->fair, 1,
					      fm_rwlock_read_init(&self->lock, &self->world->lock)));
	}
	fm_rwlock_defer_unlock(&self->async, &self->guard, &self->world->lock, self->write);
	enter(self);
	fm_defer(&self->async, &self->model, stay_ends);
	FM_AWAIT(fm_yield_init(&self->yield));
	if (self->write && self->world->stays % 2) {
		downgrade(self);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
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

	DIRTY(&world->lock);
	fm_rwlock_init(&world->lock);
	fair_init(&world->fair, ALL);
	for (unsigned i = 0; i < 5; i++) {
		struct fm_task *task = fm_sim_start(PRIMITIVE_TASK(host, worker, world));

		if (i >= 2)
			fm_sim_cancellable(sim, task);
	}
}

static void step(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	const bool written = world->fair.free == 0;
	const uint64_t readers = written ? 0 : ALL - world->fair.free;

	if (fm_sim_swept(sim))
		return; /* fair.c */
	FM_SIM_CHECK(sim, fm_rwlock_written(&world->lock) == written, "it is %swritten", written ? "not " : "");
	FM_SIM_CHECK(sim, fm_rwlock_readers(&world->lock) == readers, "%llu read, not %llu",
		     (unsigned long long)fm_rwlock_readers(&world->lock), (unsigned long long)readers);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_list_empty(&world->fair.queue), "somebody waits for ever");
	FM_SIM_CHECK(sim, world->readers + world->writers == 0, "somebody never left");
	fm_rwlock_drop(&world->lock);
}

FM_SCENARIO(primitive_rwlock) = {
	.name = "primitive/rwlock",
	.claim = "one writer or many readers, in the order in which they came to wait, and a writer turns reader with nobody between",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
	.end = end,
};
