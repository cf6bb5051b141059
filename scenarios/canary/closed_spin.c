/*
 * A select loop over a channel that has closed: "closed" is an answer at once, each time it is asked.
 *
 * Corpus F15. The loop goes on at the end of the responses as if one had come, and turns for ever without
 * letting the clock move; its own backoff timer never fires.
 */
#include "canary.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

#define RESPONSES 3

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned answered;
	unsigned retried;
};

struct upstream {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	unsigned sent;
};

FM_ASYNC(upstream)
{
	FM_BEGIN;
	for (; self->sent < RESPONSES; self->sent++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->sent));
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_mpsc_recv recv;
	struct fm_sleep backoff;
	unsigned response;
	bool open;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	self->open = true;
	while (self->world->retried == 0) {
		FM_AWAIT(FM_SELECT(
			&self->select, self->branch,
			FM_IF(self->open, fm_mpsc_recv_init(&self->recv, self->world->rx, &self->response)),
			fm_sleep_init(&self->backoff, 10 * FM_MS)));
		if (self->select.winner == 1) {
			self->world->retried++;
			continue;
		}
		if (self->recv.fut.status == FM_OK)
			self->world->answered++;
		else if (!self->world->broken) /* F15: asks the closed channel again and again */
			self->open = false;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, upstream, world));
	fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->rx);
	FM_SIM_CHECK(sim, world->answered == RESPONSES, "%u of %u responses", world->answered, RESPONSES);
}

CANARY(closed_spin, "closed-spin", .claim = "after the last response the client backs off", .steps_max = 200,
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
