/*
 * A worker that is told to stop takes what is still in its channel, and only then says that it is closed: what is accepted in
 * between is in nobody's hands.
 */
#include "search.h"

#include <fm/mpsc.h>
#include <fm/select.h>

#define MESSAGES 3

struct wire {
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

struct world {
	struct search_world base;
	struct fm_mutex lock;
	bool closed;
	struct wire messages;
	struct wire shutdown;
	unsigned accepted;
	unsigned received;
};

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_mpsc_recv recv;
	struct fm_mpsc_recv stop;
	struct fm_mutex_lock lock;
	struct pad pad;
	unsigned message;
};

static void take_the_rest(struct worker *self)
{
	while (fm_mpsc_try_recv(self->world->messages.rx, &self->message) == FM_OK)
		self->world->received++;
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch,
				   fm_mpsc_recv_init(&self->recv, self->world->messages.rx, &self->message),
				   fm_mpsc_recv_init(&self->stop, self->world->shutdown.rx, &self->message)));
		if (self->select.winner == 1)
			break;
		self->world->received++;
	}
	if (self->world->base.broken)
		take_the_rest(self);
	FM_AWAIT(hop_init(&self->pad));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->closed = true;
	fm_mutex_unlock(&self->world->lock);
	if (!self->world->base.broken)
		take_the_rest(self);
	FM_END;
}

struct producer {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
	struct fm_mpsc_send send;
	unsigned sent;
	bool open;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (; self->sent < MESSAGES; self->sent++) {
		FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		self->open = !self->world->closed;
		if (self->world->base.broken) /* the fixed one sends under the lock */
			fm_mutex_unlock(&self->world->lock);
		if (self->open) {
			FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->messages.tx, &self->sent));
			self->world->accepted++;
		}
		if (!self->world->base.broken)
			fm_mutex_unlock(&self->world->lock);
	}
	FM_END;
}

struct stopper {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mpsc_send send;
	unsigned stop;
};

FM_ASYNC(stopper)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->shutdown.tx, &self->stop));
	FM_END;
}

static void open_wire(struct fm_sim *sim, struct wire *wire)
{
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), MESSAGES, NULL, &wire->tx, &wire->rx) == FM_OK, "no channel");
}

static void setup(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->lock);
	open_wire(sim, &world->messages);
	open_wire(sim, &world->shutdown);
	fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, producer, world));
	fm_sim_start(TWIN_TASK(host, stopper, world));
}

static void close_wire(struct wire *wire)
{
	fm_mpsc_tx_drop(wire->tx);
	fm_mpsc_rx_drop(wire->rx);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	close_wire(&world->messages);
	close_wire(&world->shutdown);
	FM_SIM_CHECK(sim, world->received == world->accepted, "%u messages were accepted, %u received",
		     world->accepted, world->received);
}

SEARCH(drain, "drain", .claim = "what was accepted is received", .end = end);
