/*
 * A pipe whose reader goes away while the writer waits for room: closing an end wakes both sides of it.
 *
 * Corpus I05. The reader's close ends its own direction only; the writer sleeps on in front of a pipe that
 * nobody will ever empty.
 */
#include "canary.h"

#include <fm/sleep.h>

#define CAPACITY 2
#define BYTES 6

struct pipe {
	bool broken;
	bool reader_gone;
	bool writer_gone;
	unsigned used;
	struct fm_waitq readers;
	struct fm_waitq writers;
};

struct transfer {
	struct fm_future fut;
	struct pipe *pipe;
	struct fm_waiter waiter;
};

static void close_reader(struct pipe *pipe)
{
	pipe->reader_gone = true;
	if (!pipe->broken) /* I05: the writer waits for room that nobody will make */
		fm_waitq_wake_all(&pipe->writers);
}

static void close_writer(struct pipe *pipe)
{
	pipe->writer_gone = true;
	fm_waitq_wake_all(&pipe->readers);
}

static enum fm_poll write_poll(struct fm_future *future, struct fm_context *cx)
{
	struct transfer *self = FM_CONTAINER_OF(future, struct transfer, fut);
	struct pipe *pipe = self->pipe;

	if (!pipe->reader_gone && pipe->used == CAPACITY) {
		twin_wait(&pipe->writers, &self->waiter, "pipe write", pipe, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (pipe->reader_gone)
		return fm_ready(future, FM_ERR_BROKEN_PIPE);
	pipe->used++;
	fm_waitq_wake_all(&pipe->readers);
	return fm_ready(future, FM_OK);
}

static enum fm_poll read_poll(struct fm_future *future, struct fm_context *cx)
{
	struct transfer *self = FM_CONTAINER_OF(future, struct transfer, fut);
	struct pipe *pipe = self->pipe;

	if (!pipe->writer_gone && pipe->used == 0) {
		twin_wait(&pipe->readers, &self->waiter, "pipe read", pipe, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (pipe->used == 0)
		return fm_ready(future, FM_ERR_EOF);
	pipe->used--;
	fm_waitq_wake_all(&pipe->writers);
	return fm_ready(future, FM_OK);
}

static void transfer_drop(struct fm_future *future)
{
	struct transfer *self = FM_CONTAINER_OF(future, struct transfer, fut);

	twin_leave(&self->waiter, self->pipe, future);
}

static const struct fm_future_ops write_ops = { .name = "pipe_write",
						.poll = write_poll,
						.drop = transfer_drop };
static const struct fm_future_ops read_ops = { .name = "pipe_read",
					       .poll = read_poll,
					       .drop = transfer_drop };

static struct fm_future *transfer_init(struct transfer *self, struct pipe *pipe,
				       const struct fm_future_ops *ops)
{
	fm_future_init(&self->fut, ops);
	fm_waiter_init(&self->waiter);
	self->pipe = pipe;
	return &self->fut;
}

struct world {
	bool broken;
	struct pipe pipe;
	unsigned written;
	unsigned read;
};

struct writer {
	struct fm_async async;
	struct world *world;
	struct transfer write;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	while (self->world->written < BYTES) {
		FM_AWAIT(transfer_init(&self->write, &self->world->pipe, &write_ops));
		if (self->write.fut.status == FM_ERR_BROKEN_PIPE)
			break;
		self->world->written++;
	}
	close_writer(&self->world->pipe);
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct transfer read;
	struct fm_sleep work;
	unsigned wanted;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	self->wanted = (unsigned)fm_random(BYTES + 1);
	while (self->world->read < self->wanted) {
		FM_AWAIT(transfer_init(&self->read, &self->world->pipe, &read_ops));
		FM_ALWAYS(self->read.fut.status == FM_OK, "the pipe does not end before it was written full");
		self->world->read++;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
	}
	close_reader(&self->world->pipe);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->pipe.broken = world->broken;
	fm_waitq_init(&world->pipe.readers);
	fm_waitq_init(&world->pipe.writers);
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

static void step(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->written == world->read + world->pipe.used,
		     "%u written, %u read, %u in the pipe", world->written, world->read, world->pipe.used);
}

CANARY(deaf_writer, "deaf-writer", .claim = "a writer ends when its reader has gone",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .step = step);
