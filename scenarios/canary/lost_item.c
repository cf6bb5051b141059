/*
 * A proxy with one slot between two channels: the item leaves the slot when it was sent, not when sending
 * begins.
 *
 * Corpus C05. Taken out of the slot for a send that a select then drops, the item is in nobody's hands.
 */
#include "canary.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

#define ITEMS 6
#define PINGS 6

struct wire {
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

struct world {
	bool broken;
	struct wire in;
	struct wire out;
	struct wire control;
	unsigned sent;
	unsigned received;
};

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	for (; self->world->sent < ITEMS; self->world->sent++) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->in.tx, &self->world->sent));
		FM_ALWAYS(self->send.fut.status == FM_OK, "the proxy takes all items");
	}
	fm_mpsc_tx_drop(self->world->in.tx);
	FM_END;
}

struct pinger {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	struct fm_mpsc_send send;
	unsigned pings;
};

FM_ASYNC(pinger)
{
	FM_BEGIN;
	for (; self->pings < PINGS; self->pings++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->control.tx, &self->pings));
	}
	fm_mpsc_tx_drop(self->world->control.tx);
	FM_END;
}

struct proxy {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[3];
	struct fm_mpsc_recv recv;
	struct fm_mpsc_recv control;
	struct fm_mpsc_send send;
	unsigned slot;
	unsigned sending;
	unsigned ping;
	bool full;
	bool open;
	bool controlled;
};

static const unsigned *to_send(struct proxy *self)
{
	self->sending = self->slot;
	if (self->world->broken)
		self->full = false; /* C05: out of the slot before anybody has it */
	return &self->sending;
}

FM_ASYNC(proxy)
{
	FM_BEGIN;
	self->open = true;
	self->controlled = true;
	while (self->open || self->full || self->controlled) {
		FM_AWAIT(FM_SELECT(
			&self->select, self->branch,
			FM_IF(self->open && !self->full,
			      fm_mpsc_recv_init(&self->recv, self->world->in.rx, &self->slot)),
			FM_IF(self->full, fm_mpsc_send_init(&self->send, self->world->out.tx, to_send(self))),
			FM_IF(self->controlled,
			      fm_mpsc_recv_init(&self->control, self->world->control.rx, &self->ping))));
		switch (self->select.winner) {
		case 0:
			self->full = self->open = self->recv.fut.status == FM_OK;
			break;
		case 1:
			self->full = false;
			break;
		default:
			self->controlled = self->control.fut.status == FM_OK;
			break;
		}
	}
	fm_mpsc_tx_drop(self->world->out.tx);
	FM_END;
}

struct sink {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	unsigned item;
};

FM_ASYNC(sink)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->out.rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->received++;
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	}
	FM_END;
}

static void open_wire(struct fm_sim *sim, struct wire *wire)
{
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &wire->tx, &wire->rx) == FM_OK,
		     "no channel");
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	open_wire(sim, &world->in);
	open_wire(sim, &world->out);
	open_wire(sim, &world->control);
	fm_sim_start(TWIN_TASK(host, source, world));
	fm_sim_start(TWIN_TASK(host, pinger, world));
	fm_sim_start(TWIN_TASK(host, proxy, world));
	fm_sim_start(TWIN_TASK(host, sink, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->in.rx);
	fm_mpsc_rx_drop(world->out.rx);
	fm_mpsc_rx_drop(world->control.rx);
	FM_SIM_CHECK(sim, world->sent == world->received, "%u items were sent and %u received", world->sent,
		     world->received);
}

CANARY(lost_item, "lost-item", .claim = "every item that the proxy took comes out of it",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
