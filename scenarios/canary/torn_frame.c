/*
 * Frames read in a select: what a dropped read had taken from the stream must stay with the reader.
 *
 * Corpus C01. fm_read_exact is LOSSY: dropped half way, its bytes are gone from the stream. A reader that
 * starts the frame again takes the rest of this frame for the length of the next.
 */
#include "canary.h"

#include <fm/duplex.h>
#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

#define FRAMES 6
#define COMMANDS 4
#define BODY_MAX 4

struct world {
	bool broken;
	struct fm_duplex *near;
	struct fm_duplex *far;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned frames;
	unsigned commands;
};

static size_t length_of(unsigned frame)
{
	return 1 + frame % BODY_MAX;
}

static char letter_of(unsigned frame)
{
	return (char)('a' + frame);
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
	unsigned sent;
	char frame[1 + BODY_MAX];
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	for (; self->sent < FRAMES; self->sent++) {
		self->frame[0] = (char)length_of(self->sent);
		for (size_t i = 1; i <= length_of(self->sent); i++)
			self->frame[i] = letter_of(self->sent);
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near), self->frame,
					   1 + length_of(self->sent)));
		FM_ALWAYS(self->write.fut.status == FM_OK, "the reader listens until all frames were sent");
	}
	fm_stream_close(fm_duplex_stream(self->world->near));
	FM_END;
}

struct commander {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
	struct fm_mpsc_send send;
	unsigned sent;
};

FM_ASYNC(commander)
{
	FM_BEGIN;
	for (; self->sent < COMMANDS; self->sent++) {
		FM_AWAIT(fm_yield_init(&self->yield));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->sent));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_read_exact read;
	struct fm_mpsc_recv recv;
	unsigned command;
	bool commanded; /* commands may still come */
	size_t have;    /* bytes of the frame that are there */
	size_t need;
	char frame[1 + BODY_MAX];
};

static void take_frame(struct reader *self)
{
	for (size_t i = 1; i < self->have; i++)
		FM_ALWAYS(self->frame[i] == letter_of(self->world->frames), "a frame arrives as it was sent");
	self->world->frames++;
	self->have = 0;
}

FM_ASYNC(reader)
{
	FM_BEGIN;
	self->commanded = true;
	while (self->world->frames < FRAMES || self->commanded) {
		self->need = self->have ? 1 + length_of(self->world->frames) : 1;
		FM_AWAIT(FM_SELECT(
			&self->select, self->branch,
			FM_IF(self->world->frames < FRAMES,
			      fm_read_exact_init(&self->read, fm_duplex_stream(self->world->far),
						 self->frame + self->have, self->need - self->have)),
			FM_IF(self->commanded,
			      fm_mpsc_recv_init(&self->recv, self->world->rx, &self->command))));
		if (self->select.winner == 1) {
			if (self->world->frames < FRAMES && !self->world->broken)
				self->have +=
					self->read.done; /* C01: what the dropped read took is forgotten */
			if (self->recv.fut.status == FM_OK)
				self->world->commands++;
			else
				self->commanded = false;
			continue;
		}
		FM_ALWAYS(self->read.fut.status == FM_OK, "a frame does not end in its middle");
		self->have = self->need;
		if (self->have > 1)
			take_frame(self);
		else
			FM_ALWAYS((size_t)self->frame[0] == length_of(self->world->frames),
				  "a frame's length is the one that was sent");
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(3, &world->near, &world->far) == FM_OK, "no pipe");
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, writer, world));
	fm_sim_start(TWIN_TASK(host, commander, world));
	fm_sim_start(TWIN_TASK(host, reader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_duplex_free(world->near);
	fm_duplex_free(world->far);
	fm_mpsc_rx_drop(world->rx);
	FM_SIM_CHECK(sim, world->frames == FRAMES, "%u of %u frames arrived", world->frames, FRAMES);
	FM_SIM_CHECK(sim, world->commands == COMMANDS, "%u of %u commands arrived", world->commands,
		     COMMANDS);
}

CANARY(torn_frame, "torn-frame", .claim = "the frames received are the frames sent",
       .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
