/*
 * A cell that keeps a computation under way for whoever wants its value: with nobody left it must go, or
 * be polled.
 *
 * Corpus F03 (heph #238). The last reader has given up and the future stays in the cell, in the queue for
 * a permit. It is given the permit, and nobody ever polls it again.
 */
#include "../corpus.h"

#include <fm/semaphore.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

struct compute {
	struct fm_async async;
	struct fm_semaphore *workers;
	struct fm_semaphore_acquire acquire;
};

FM_ASYNC(compute)
{
	FM_BEGIN;
	/* BUG: granted, and never polled */
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, self->workers, 1));
	fm_semaphore_release(self->workers, 1);
	FM_END;
}

struct world {
	bool broken;
	struct fm_semaphore workers;
	struct compute cell;
	unsigned read;
	unsigned gave_up;
};

/* Polls what stands in the cell. */
struct reading {
	struct fm_future fut;
	struct world *world;
};

static enum fm_poll reading_poll(struct fm_future *future, struct fm_context *cx)
{
	struct reading *self = FM_CONTAINER_OF(future, struct reading, fut);

	if (fm_poll(&self->world->cell.async.fut, cx) == FM_PENDING)
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static void reading_drop(struct fm_future *future)
{
	struct reading *self = FM_CONTAINER_OF(future, struct reading, fut);

	if (!self->world->broken) /* F03: stays in the cell, for a reader that will not come */
		fm_drop(&self->world->cell.async.fut);
}

static const struct fm_await_site *reading_inspect(const struct fm_future *future, unsigned index,
						   struct fm_future **child)
{
	struct world *world = FM_CONTAINER_OF(future, const struct reading, fut)->world;

	*child = index == 0 ? &world->cell.async.fut : NULL;
	return NULL;
}

static const struct fm_future_ops reading_ops = {
	.name = "reading",
	.poll = reading_poll,
	.drop = reading_drop,
	.inspect = reading_inspect,
};

static struct fm_future *reading_init(struct reading *self, struct world *world)
{
	fm_future_init(&self->fut, &reading_ops);
	self->world = world;
	FM_ASYNC_INIT(&world->cell, compute);
	world->cell.workers = &world->workers;
	return &self->fut;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct reading reading;
	struct fm_timeout timeout;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_timeout_init(&self->timeout, reading_init(&self->reading, self->world), 3 * FM_MS));
	if (self->timeout.fut.status == FM_OK)
		self->world->read++;
	else
		self->world->gave_up++;
	FM_END;
}

struct other {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct fm_semaphore_acquire acquire;
	unsigned rounds;
};

FM_ASYNC(other)
{
	FM_BEGIN;
	for (; self->rounds < 2; self->rounds++) {
		FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->workers, 1));
		FM_AWAIT(fm_sleep_init(&self->work, (1 + fm_random(5)) * FM_MS));
		fm_semaphore_release(&self->world->workers, 1);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->workers, 1);
	fm_sim_start(TWIN_TASK(host, other, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->read + world->gave_up == 1, "read %u times, gave up %u times", world->read,
		     world->gave_up);
	fm_semaphore_drop(&world->workers);
}

CORPUS(memo_cell, "f03-memo-cell", .claim = "who gives up leaves no permit behind",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
