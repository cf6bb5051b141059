/* A writer sends frames into a pipe and listens for commands at the same time. */
#include "newcomer.h"

#include <fm/duplex.h>
#include <fm/env.h>
#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <string.h>

enum { FRAMES = 4, FRAME = 16 };

struct world {
	bool broken;
	struct fm_duplex *a, *b;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	size_t bytes;
	int commands;
};

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_write_all write;
	struct fm_mpsc_recv recv;
	char frame[FRAME];
	size_t sent;
	int i, command;
	bool open;
};

static void writer_close(struct fm_defer *d)
{
	struct world *w = FM_CONTAINER_OF(d, struct writer, close)->world;

	fm_duplex_free(w->a);
	fm_mpsc_rx_drop(w->rx);
}

FM_ASYNC(writer)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->close, writer_close);
	self->open = true;
	for (self->i = 0; self->i < FRAMES; self->i++) {
		memset(self->frame, 'a' + self->i, FRAME);
		self->sent = 0;
		for (;;) {
			FM_AWAIT(FM_SELECT(&self->select, self->branch,
					   fm_write_all_init(&self->write, fm_duplex_stream(self->world->a),
							     self->frame + self->sent, FRAME - self->sent),
					   FM_IF(self->open, fm_mpsc_recv_init(&self->recv, self->world->rx,
									       &self->command))));
			if (self->select.winner == 0)
				break;
			if (!self->world->broken) /* planted: the frame begins again */
				self->sent += self->write.done;
			if (self->select.fut.status == FM_ERR_CLOSED)
				self->open = false;
			else
				self->world->commands++;
		}
		if (self->select.fut.status != FM_OK)
			FM_RETURN(self->select.fut.status);
	}
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_read read;
	struct fm_sleep sleep;
	char into[10];
};

static void reader_close(struct fm_defer *d)
{
	fm_duplex_free(FM_CONTAINER_OF(d, struct reader, close)->world->b);
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->close, reader_close);
	for (;;) {
		FM_AWAIT(fm_read_init(&self->read, fm_duplex_stream(self->world->b), self->into,
				      sizeof(self->into)));
		if (self->read.fut.status != FM_OK || self->read.done == 0)
			FM_RETURN(self->read.fut.status);
		self->world->bytes += self->read.done;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	}
	FM_END;
}

struct commander {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_mpsc_send send;
	int i;
};

FM_ASYNC(commander)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 2; self->i++) {
		FM_AWAIT(fm_sleep_init(&self->sleep, (8 - fm_random(8)) * FM_MS));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->i));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_duplex_new(FRAME, &world->a, &world->b);
	fm_mpsc_new(sizeof(int), 1, NULL, &world->tx, &world->rx);
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, commander, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: what of a frame was written before a command came is written again */
	FM_SIM_CHECK(sim, world->bytes == FRAMES * FRAME, "%zu bytes", world->bytes);
}

NEWCOMER(half_frame, "half-frame", .claim = "four frames are read, of 64 bytes",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
