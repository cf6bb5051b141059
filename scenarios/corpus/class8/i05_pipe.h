/*
 * A pipe in memory whose operations wait for room, or for bytes; shared by both entries of I05, which say
 * when a write of `count` bytes may go on, and who is told of a close.
 */
#ifndef I05_PIPE_H
#define I05_PIPE_H

#include "../corpus.h"

#include <fm/sleep.h>

#define CAPACITY 3
#define MESSAGES 4

struct pipe {
	unsigned used;
	bool reader_gone;
	unsigned complete; /* messages written to their end, not taken */
	struct fm_waitq room;
	struct fm_waitq bytes;
};

struct world {
	bool broken;
	struct pipe pipe;
	unsigned written; /* messages */
};

struct transfer {
	const struct world *world;
	unsigned count;
};

/* Whether a write of transfer->count bytes may go on. */
static bool can_write(const void *transfer);
/* The reader goes away. */
static void reader_closes(struct world *world);

static bool has_message(const void *pipe)
{
	return ((const struct pipe *)pipe)->complete > 0;
}

/* Each message is some bytes, and an empty write that ends it. */
struct writer {
	struct fm_async async;
	struct world *world;
	struct until room;
	struct transfer part;
};

static struct fm_future *next_part(struct writer *self, unsigned count)
{
	self->part = (struct transfer){ self->world, count };
	return until_init(&self->room, &self->world->pipe.room, "pipe room", can_write, &self->part);
}

static void put(struct world *world, unsigned count)
{
	world->pipe.used += count;
	world->pipe.complete += count == 0;
	fm_waitq_wake_all(&world->pipe.bytes);
}

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->world->written < MESSAGES; self->world->written++) {
		/* BUG: I05: the reader has gone */
		FM_AWAIT(next_part(self, 1 + (unsigned)fm_random(CAPACITY)));
		if (self->world->pipe.reader_gone)
			break;
		put(self->world, self->part.count);
		FM_AWAIT(next_part(self, 0)); /* BUG: I05b: waits for room that it does not need */
		if (self->world->pipe.reader_gone)
			break;
		put(self->world, 0);
	}
	FM_END;
}

/* Takes what there is as soon as a message is complete; goes away after some of them. */
struct reader {
	struct fm_async async;
	struct world *world;
	struct until message;
	struct fm_sleep work;
	uint64_t left;
};

static void take(struct pipe *pipe)
{
	pipe->used = 0;
	pipe->complete = 0;
	fm_waitq_wake_all(&pipe->room);
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (self->left = fm_random(MESSAGES); self->left; self->left--) {
		FM_AWAIT(until_init(&self->message, &self->world->pipe.bytes, "pipe", has_message,
				    &self->world->pipe));
		take(&self->world->pipe);
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
		if (self->world->written == MESSAGES)
			break;
	}
	FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
	reader_closes(self->world);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->pipe.room);
	fm_waitq_init(&world->pipe.bytes);
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

#endif
