/*
 * A terminal that has hung up still holds output: it is read until a read says that it is the end.
 *
 * Corpus I07 (libuv #4992). After the hang-up a read that gives less than asked is taken for the last,
 * and the packets behind it are lost.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define PACKETS 5
#define BUFFER 8

struct world {
	bool broken;
	unsigned packets[PACKETS]; /* bytes of each; a read gives one of them, or a part of it */
	unsigned written;
	unsigned taken;
	bool hung_up;
	unsigned bytes_written;
	unsigned bytes_read;
	struct fm_waitq readable;
};

static bool is_readable(const void *arg)
{
	const struct world *world = arg;

	return world->taken < world->written || world->hung_up;
}

/* Gives up to BUFFER bytes; 0: the end. */
static unsigned try_read(struct world *world)
{
	unsigned *packet = &world->packets[world->taken];
	unsigned given;

	if (world->taken == world->written)
		return 0;
	given = *packet < BUFFER ? *packet : BUFFER;
	*packet -= given;
	if (*packet == 0)
		world->taken++;
	world->bytes_read += given;
	return given;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct until readable;
	struct fm_sleep work;
	unsigned given;
	bool ended;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	while (!self->ended) {
		FM_AWAIT(until_init(&self->readable, &self->world->readable, "terminal", is_readable,
				    self->world));
		self->given = try_read(self->world);
		self->ended = self->given == 0;
		/* I07: short, so the last */
		if (self->world->broken && self->world->hung_up && self->given < BUFFER)
			self->ended = true;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
	}
	/* BUG: packets are lost */
	FM_ALWAYS(self->world->bytes_read == self->world->bytes_written, "all output is read");
	FM_END;
}

struct child {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
};

static void write_packet(struct world *world)
{
	const unsigned bytes = 1 + (unsigned)fm_random(2 * BUFFER);

	world->packets[world->written++] = bytes;
	world->bytes_written += bytes;
	fm_waitq_wake_all(&world->readable);
}

FM_ASYNC(child)
{
	FM_BEGIN;
	while (self->world->written < PACKETS) {
		write_packet(self->world);
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(2) * FM_MS));
	}
	self->world->hung_up = true;
	fm_waitq_wake_all(&self->world->readable);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->readable);
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, child, world));
}

CORPUS(early_hangup, "i07-early-hangup", .claim = "what was written before the hang-up is read after it",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
