/*
 * A frame that says two things, more window and no more data, must wake whoever waits for either.
 *
 * Corpus W17, second mechanism (rust-yamux #190). WINDOW_UPDATE with FIN sets the end of reading and wakes
 * the writer, as any window update does; the reader sleeps on.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define FRAMES 3

struct world {
	bool broken;
	unsigned data; /* frames not read */
	unsigned window;
	bool fin;
	struct fm_waitq reader;
	struct fm_waitq writer;
};

static bool readable(const void *world)
{
	return ((const struct world *)world)->data > 0 || ((const struct world *)world)->fin;
}

static bool writable(const void *world)
{
	return ((const struct world *)world)->window > 0;
}

static void on_data(struct world *world)
{
	world->data++;
	fm_waitq_wake_all(&world->reader);
}

static void on_window_update(struct world *world, unsigned by, bool fin)
{
	world->window += by;
	world->fin = world->fin || fin;
	fm_waitq_wake_all(&world->writer);
	if (fin && !world->broken) /* W17b: the end of the data is in a frame about the window */
		fm_waitq_wake_all(&world->reader);
}

struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned sent;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	for (; self->sent < FRAMES; self->sent++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		on_data(self->world);
	}
	FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
	on_window_update(self->world, 1, true);
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct until bytes;
	struct fm_sleep work;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (;;) {
		/* BUG: nothing more comes, and nobody says so */
		FM_AWAIT(until_init(&self->bytes, &self->world->reader, "data", readable, self->world));
		if (!self->world->data)
			break;
		self->world->data--;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	}
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct until window;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(until_init(&self->window, &self->world->writer, "window", writable, self->world));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->reader);
	fm_waitq_init(&world->writer);
	fm_sim_start(TWIN_TASK(host, peer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, writer, world));
}

CORPUS(silent_fin, "w17b-silent-fin", .claim = "a reader hears of the end, in whatever frame it comes",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
