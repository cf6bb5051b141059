/*
 * A loop that reads whatever comes into a buffer which another task empties: with no room left it does
 * not read.
 *
 * Corpus F15 (omicron #9612). A read of 0 bytes is ready at once and counts as progress: the loop turns
 * with a full buffer, and neither the clock nor who would empty it gets anywhere.
 */
#include "../corpus.h"

#include <fm/duplex.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>

#define BUFFER 4
#define BYTES 12

struct world {
	bool broken;
	struct fm_duplex *near;
	struct fm_duplex *far;
	unsigned filled;
	unsigned parsed;
	char buffer[BUFFER];
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_read read;
	struct fm_sleep tick;
	bool ended;
};

static struct fm_future *read_more(struct reader *self)
{
	struct world *world = self->world;

	return fm_read_init(&self->read, fm_duplex_stream(world->near), world->buffer + world->filled,
			    BUFFER - world->filled);
}

static struct fm_future *read_or_tick(struct reader *self)
{
	const bool room = self->world->filled < BUFFER;

	return FM_SELECT(&self->select, self->branch,
			 /* F15: also where nothing can be read */
			 FM_IF(!self->ended && (self->world->broken || room), read_more(self)),
			 fm_sleep_init(&self->tick, FM_MS));
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (self->world->parsed < BYTES) {
		FM_AWAIT(read_or_tick(self)); /* BUG: ready each time */
		if (self->select.winner == 0) {
			self->ended = self->read.done == 0 && self->world->filled < BUFFER;
			self->world->filled += (unsigned)self->read.done;
		}
	}
	fm_duplex_free(self->world->near);
	FM_END;
}

/* Takes what is there every few milliseconds. */
struct parser {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
};

FM_ASYNC(parser)
{
	FM_BEGIN;
	while (self->world->parsed < BYTES) {
		FM_AWAIT(fm_sleep_init(&self->pause, (1 + fm_random(3)) * FM_MS));
		self->world->parsed += self->world->filled;
		self->world->filled = 0;
	}
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->far), "twelve bytes", BYTES));
	fm_duplex_free(self->world->far);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(3, &world->near, &world->far) == FM_OK, "no pipe");
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, parser, world));
	fm_sim_start(TWIN_TASK(host, writer, world));
}

CORPUS(full_buffer, "f15-full-buffer", .claim = "a reader with a full buffer waits for room",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
