/*
 * Two senders and one receiver on a channel with one slot, small enough that `fermata explore` runs every schedule of it: no order of
 * theirs loses an item or leaves somebody asleep. Nothing else is checked in steps or drawn, so that schedules which differ
 * in the order of independent steps alone are run once.
 */
#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm_sim/scenario.h>

enum { SENDERS = 2, ITEMS = 2, SLOTS = 1 };

struct world {
	unsigned received;
};

struct sender {
	struct fm_async async;
	struct fm_defer close;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_send send;
	unsigned sent;
};

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_mpsc_rx *rx;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->sent < ITEMS; self->sent++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->sent));
	FM_END;
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (;; self->world->received++) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			FM_RETURN(FM_OK);
	}
	FM_END;
}

static void sender_closes(struct fm_defer *defer)
{
	fm_mpsc_tx_drop(FM_CONTAINER_OF(defer, struct sender, close)->tx);
}

static void receiver_closes(struct fm_defer *defer)
{
	fm_mpsc_rx_drop(FM_CONTAINER_OF(defer, struct receiver, close)->rx);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct receiver *receiver = fm_sim_alloc(host, sizeof(*receiver), "receiver");
	struct fm_mpsc_tx *tx;

	FM_ASYNC_INIT(receiver, receiver);
	fm_defer(&receiver->async, &receiver->close, receiver_closes);
	receiver->world = state;
	fm_mpsc_new(sizeof(unsigned), SLOTS, NULL, &tx, &receiver->rx);
	for (unsigned i = 0; i < SENDERS; i++) {
		struct sender *sender = fm_sim_alloc(host, sizeof(*sender), "sender");

		FM_ASYNC_INIT(sender, sender);
		fm_defer(&sender->async, &sender->close, sender_closes);
		sender->tx = i + 1 < SENDERS ? fm_mpsc_tx_clone(tx) : tx;
		fm_sim_start(sender);
	}
	fm_sim_start(receiver);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->received == SENDERS * ITEMS, "%u of %d items arrived", world->received, SENDERS * ITEMS);
}

FM_SCENARIO(two_senders) = {
	.name = "example/two-senders",
	.claim = "what two send through one slot is received, in whatever order they come",
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
