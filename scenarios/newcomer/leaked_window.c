/*
 * Streams over one connection share a window: the sender may have so many bytes under way, and gets them back
 * as they are read.
 *
 * A stream that is dropped with bytes unread must give them back for the connection's sake, although nobody
 * will read them: else the window shrinks with each, until nothing can be sent at all (h2, nghttp2 and others
 * had this).
 */
#include "newcomer.h"

#include <fm/mpsc.h>
#include <fm/semaphore.h>
#include <fm/sleep.h>

#define WINDOW 2
#define STREAMS 3
#define PIECES 3

struct world {
	bool broken;
	struct fm_semaphore window;
};

/* A stream: its reader's frame owns the queue, and with it what was not read. */
struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_rx *rx;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	struct fm_defer close;
	unsigned piece;
};

static void reader_close(struct fm_defer *defer)
{
	struct reader *self = FM_CONTAINER_OF(defer, struct reader, close);

	fm_mpsc_close(self->rx);
	if (!self->world->broken) { /* planted: unread bytes stay counted */
		while (fm_mpsc_try_recv(self->rx, &self->piece) == FM_OK)
			fm_semaphore_release(&self->world->window, 1);
	}
	fm_mpsc_rx_drop(self->rx);
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->rx, &self->piece));
		if (self->recv.fut.status != FM_OK)
			break;
		fm_semaphore_release(&self->world->window, 1);
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	}
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx[STREAMS];
	struct fm_semaphore_acquire acquire;
	unsigned stream;
	unsigned piece;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->piece < PIECES; self->piece++) {
		for (self->stream = 0; self->stream < STREAMS; self->stream++) {
			/* BUG: the window is with streams that are gone */
			FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->window, 1));
			if (fm_mpsc_send_now(self->tx[self->stream], &self->piece) != FM_OK)
				fm_semaphore_release(&self->world->window, 1);
		}
	}
	for (unsigned i = 0; i < STREAMS; i++)
		fm_mpsc_tx_drop(self->tx[i]);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct sender *sender = TWIN_TASK(host, sender, world);
	struct reader *reader;

	fm_semaphore_init(&world->window, WINDOW);
	for (unsigned i = 0; i < STREAMS; i++) {
		reader = TWIN_TASK(host, reader, world);
		FM_SIM_CHECK(sim,
			     fm_mpsc_new_unbounded(sizeof(unsigned), NULL, &sender->tx[i], &reader->rx) ==
				     FM_OK,
			     "no channel");
		fm_defer(&reader->async, &reader->close, reader_close);
		fm_sim_cancellable(sim, fm_sim_start(reader));
	}
	fm_sim_start(sender);
}

NEWCOMER(leaked_window, "leaked-window", .claim = "a dropped stream does not hold up the others",
	 .faults = FM_SIM_FAULTS_GENTLE, .deadline_ns = FM_MIN);
