/*
 * A pipe whose one end is closed while the other reads and writes: its reads end with what was written before, its writes with
 * FM_ERR_BROKEN_PIPE, a copy into it fails at the right side, and the closed end's own operations give FM_ERR_CLOSED.
 */
#include "primitive.h"

#include <fm/copy.h>
#include <fm/duplex.h>
#include <fm/join.h>

struct world {
	struct fm_duplex *ends[2];
	bool closed;
	unsigned ended;
};

struct talker {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	union {
		struct fm_read reading;
		struct fm_write write;
		struct fm_copy copy;
	};
	struct fm_stream *stream;
	struct fm_duplex *other[2]; /* what is copied into the pipe */
	char bytes[16];
	char buffer[5];
	size_t count;
	unsigned role;
};

FM_ASYNC(talker)
{
	FM_BEGIN;
	self->stream = fm_duplex_stream(self->world->ends[0]);
	for (;;) {
		if (self->role == 0) { /* reads; nothing was written: the end */
			FM_AWAIT_RETRIED(strict(&self->strict, fm_read_init(&self->reading, self->stream, self->bytes, 4)));
			if (self->reading.fut.status == FM_OK && self->reading.done > 0) {
				self->count += self->reading.done;
				continue;
			}
			HOLDS(self->reading.fut.status == FM_OK && self->world->closed, "a read gave %s",
			      fm_status_name(self->reading.fut.status));
			HOLDS(self->count == 3, "%zu of 3 bytes came before the end", self->count);
			break;
		}
		FM_AWAIT_RETRIED(strict(&self->strict, fm_write_init(&self->write, self->stream, self->bytes, 4)));
		if (self->write.fut.status == FM_OK)
			continue;
		HOLDS(self->write.fut.status == FM_ERR_BROKEN_PIPE && self->world->closed, "a write gave %s",
		      fm_status_name(self->write.fut.status));
		break;
	}
	self->world->ended++;
	FM_END;
}

/* The closing end's own reader: it waits, and is told. */
struct listener {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	struct fm_read reading;
	char byte;
};

FM_ASYNC(listener)
{
	FM_BEGIN;
	do {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_read_init(&self->reading,
								     fm_duplex_stream(self->world->ends[1]), &self->byte, 1)));
	} while (self->reading.fut.status == FM_OK && self->reading.done == 1);
	HOLDS(self->reading.fut.status == FM_ERR_CLOSED && self->world->closed, "its own end gave %s",
	      fm_status_name(self->reading.fut.status));
	self->world->ended++;
	FM_END;
}

struct closer {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_write_all write;
	struct fm_copy copy;
	struct fm_duplex *source[2];
	struct fm_write_all feed;
	struct fm_yield yield;
	unsigned pauses;
	char buffer[4];
};

static void close_it(struct fm_defer *defer)
{
	struct closer *self = FM_CONTAINER_OF(defer, struct closer, close);

	self->world->closed = true;
	fm_stream_close(fm_duplex_stream(self->world->ends[1]));
	fm_stream_close(fm_duplex_stream(self->world->ends[1])); /* again: nothing */
	fm_duplex_free(self->source[0]);
	fm_duplex_free(self->source[1]);
}

FM_ASYNC(closer)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->ends[1]), "abc", 3));
	HOLDS(self->write.fut.status == FM_OK, "%s", fm_status_name(self->write.fut.status));
	for (self->pauses = (unsigned)fm_random(10) + 4; self->pauses > 0; self->pauses--)
		FM_AWAIT(fm_yield_init(&self->yield));
	fm_undefer(&self->async, &self->close);
	close_it(&self->close);
	/* Into an end that is closed nothing can be copied, and the copy says which side it was. */
	if (fm_duplex_new(8, &self->source[0], &self->source[1]) != FM_OK)
		FM_RETURN(FM_OK);
	fm_defer(&self->async, &self->close, close_it);
	FM_AWAIT(fm_write_all_init(&self->feed, fm_duplex_stream(self->source[0]), "wxyz", 4));
	FM_AWAIT(fm_copy_init(&self->copy, fm_duplex_stream(self->source[1]), fm_duplex_stream(self->world->ends[1]),
			      self->buffer, sizeof(self->buffer)));
	HOLDS(self->copy.fut.status == FM_ERR_CLOSED && self->copy.failed == fm_duplex_stream(self->world->ends[1]),
	      "a copy into it gave %s", fm_status_name(self->copy.fut.status));
	HOLDS(self->copy.copied == 0, "it took %llu bytes", (unsigned long long)self->copy.copied);
	FM_AWAIT(fm_copy_init(&self->copy, fm_duplex_stream(self->world->ends[1]), fm_duplex_stream(self->source[1]),
			      self->buffer, sizeof(self->buffer)));
	HOLDS(self->copy.fut.status == FM_ERR_CLOSED && self->copy.failed == fm_duplex_stream(self->world->ends[1]),
	      "a copy out of it gave %s", fm_status_name(self->copy.fut.status));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct closer *closer;

	FM_SIM_CHECK(sim, fm_duplex_new(10, &world->ends[0], &world->ends[1]) == FM_OK, "there is memory");
	for (unsigned i = 0; i < 3; i++) {
		struct talker *talker = PRIMITIVE_TASK(host, talker, world);

		talker->role = i;
		fm_sim_start(talker);
	}
	fm_sim_start(PRIMITIVE_TASK(host, listener, world));
	closer = PRIMITIVE_TASK(host, closer, world);
	fm_defer(&closer->async, &closer->close, close_it);
	fm_sim_start(closer);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->ended == 4, "%u of 4 were told", world->ended);
	fm_duplex_free(world->ends[0]);
	fm_duplex_free(world->ends[1]);
}

FM_SCENARIO(primitive_pipe_closing) = {
	.name = "primitive/pipe-closing",
	.claim = "whoever reads or writes a pipe when an end of it closes is told, and told which",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
