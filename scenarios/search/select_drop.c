/*
 * A consumer logs what it receives, in a select against a tick. The branch that receives also locks the log: a tick that comes
 * while it waits for the lock drops the branch, and with it the message.
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
	struct fm_mutex log_lock;
	unsigned logged;
	struct wire messages;
	struct wire ticks;
};

struct take {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_mutex_lock lock;
	unsigned message;
};

FM_ASYNC(take)
{
	FM_BEGIN;
	FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->messages.rx, &self->message));
	if (self->recv.fut.status != FM_OK)
		FM_RETURN(self->recv.fut.status);
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->log_lock));
	self->world->logged++;
	fm_mutex_unlock(&self->world->log_lock);
	FM_END;
}

static struct fm_future *take_init(struct take *self, struct world *world)
{
	self->world = world;
	return FM_ASYNC_INIT(self, take);
}

struct consumer {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct take take;
	struct fm_mpsc_recv tick;
	unsigned ticked;
	bool messages;
	bool ticks;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	self->messages = self->ticks = true;
	take_init(&self->take, self->world);
	while (self->messages) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch,
				   FM_KEEP(&self->take.async.fut),
				   FM_IF(self->ticks, fm_mpsc_recv_init(&self->tick, self->world->ticks.rx,
									&self->ticked))));
		if (self->select.winner == 0) {
			self->messages = self->take.async.fut.status == FM_OK;
			take_init(&self->take, self->world);
			continue;
		}
		self->ticks = self->tick.fut.status == FM_OK;
		if (self->world->base.broken && self->ticks) { /* the fixed one goes on with the branch it has */
			fm_drop(&self->take.async.fut);
			take_init(&self->take, self->world);
		}
	}
	FM_END;
}

struct producer {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mpsc_send send;
	unsigned sent;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (; self->sent < MESSAGES; self->sent++) {
		FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->messages.tx, &self->sent));
	}
	fm_mpsc_tx_drop(self->world->messages.tx);
	FM_END;
}

struct ticker {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mpsc_send send;
	unsigned tick;
};

FM_ASYNC(ticker)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->ticks.tx, &self->tick));
	fm_mpsc_tx_drop(self->world->ticks.tx);
	FM_END;
}

struct holder {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
};

FM_ASYNC(holder)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->log_lock));
	FM_AWAIT(hop_init(&self->pad));
	fm_mutex_unlock(&self->world->log_lock);
	FM_END;
}

static void open_wire(struct fm_sim *sim, struct wire *wire)
{
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), MESSAGES, NULL, &wire->tx, &wire->rx) == FM_OK, "no channel");
}

static void setup(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->log_lock);
	open_wire(sim, &world->messages);
	open_wire(sim, &world->ticks);
	fm_sim_start(TWIN_TASK(host, consumer, world));
	fm_sim_start(TWIN_TASK(host, producer, world));
	fm_sim_start(TWIN_TASK(host, ticker, world));
	fm_sim_start(TWIN_TASK(host, holder, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->messages.rx);
	fm_mpsc_rx_drop(world->ticks.rx);
	FM_SIM_CHECK(sim, world->logged == MESSAGES, "%u messages of %d are logged", world->logged, MESSAGES);
}

SEARCH(select_drop, "select-drop", .claim = "every message is logged", .end = end);
