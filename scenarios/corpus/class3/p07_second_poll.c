/*
 * A buffered reader that asks its source twice in one poll, once whether there is something, and once for it.
 *
 * Corpus P07 (tokio #4084, futures-rs #2801). A source may say READY and then PENDING, as one does whose
 * budget is spent between the two.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define BYTES 6

struct source {
	unsigned bytes;
	struct fm_waitq readers;
};

struct fill {
	struct fm_future fut;
	bool broken;
	struct source *source;
	struct fm_waiter waiter;
	unsigned bytes;
};

static enum fm_poll poll_source(struct fill *self, struct fm_context *cx, unsigned *bytes)
{
	if (!self->source->bytes) {
		twin_wait(&self->source->readers, &self->waiter, "bytes", self->source, &self->fut, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	*bytes = self->source->bytes;
	return FM_READY;
}

static enum fm_poll fill_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fill *self = FM_CONTAINER_OF(future, struct fill, fut);

	if (poll_source(self, cx, &self->bytes) == FM_PENDING)
		return FM_PENDING;
	if (self->broken &&
	    poll_source(self, cx, &self->bytes) == FM_PENDING) /* P07: what it has said already */
		/* BUG: the second answer is not the first */
		fm_panic("the source has bytes, and is not ready");
	self->source->bytes = 0;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void fill_drop(struct fm_future *future)
{
	struct fill *self = FM_CONTAINER_OF(future, struct fill, fut);

	twin_leave(&self->waiter, self->source, future);
}

static const struct fm_future_ops fill_ops = { .name = "fill", .poll = fill_poll, .drop = fill_drop };

static struct fm_future *fill_init(struct fill *self, struct source *source, bool broken)
{
	fm_future_init(&self->fut, &fill_ops);
	fm_waiter_init(&self->waiter);
	self->source = source;
	self->broken = broken;
	return &self->fut;
}

struct world {
	bool broken;
	struct source source;
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct fill fill;
	unsigned read;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (self->read < BYTES) {
		FM_AWAIT(fill_init(&self->fill, &self->world->source, self->world->broken));
		self->read += self->fill.bytes;
	}
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	unsigned written;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->written < BYTES; self->written++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
		self->world->source.bytes++;
		fm_waitq_wake_all(&self->world->source.readers);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->source.readers);
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, writer, world));
}

CORPUS(second_poll, "p07-second-poll", .claim = "a reader takes a source at its first word",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
