/*
 * Items that own a handle of the very channel that they are in: destroying the last of them gives back the last handle, in the
 * middle of what destroys it. Nothing is left, and nothing is touched that is gone.
 */
#include "primitive.h"

#include <fm/broadcast.h>
#include <fm/mpsc.h>
#include <fm/poll_fn.h>

struct world {
	unsigned given_back;
};

static struct world *here;

static void give_back_broadcast(void *item)
{
	here->given_back++;
	fm_broadcast_tx_drop(*(struct fm_broadcast_tx **)item);
}

static void give_back_mpsc(void *item)
{
	here->given_back++;
	fm_mpsc_tx_drop(*(struct fm_mpsc_tx **)item);
}

/* Waits for the close of a channel, and when it is woken gives all handles back, the receiver's too, from within the wake. */
struct quitter {
	struct fm_wakeable wakeable;
	struct fm_mpsc_tx_closed closed;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	bool woken;
};

static struct fm_waker quitter_clone(struct fm_wakeable *self)
{
	return fm_waker_of(self);
}

static void quitter_wake(struct fm_wakeable *wakeable)
{
	struct quitter *self = FM_CONTAINER_OF(wakeable, struct quitter, wakeable);

	if (self->woken || !self->tx)
		return;
	self->woken = true;
	fm_drop(&self->closed.fut);
	fm_mpsc_tx_drop(self->tx);
	fm_mpsc_rx_drop(self->rx);
}

static void quitter_drop(struct fm_wakeable *self)
{
	(void)self;
}

static bool quitter_will_wake(const struct fm_wakeable *self, struct fm_waker other)
{
	return fm_waker_wakeable(other) == self;
}

static const struct fm_waker_ops quitter_ops = { quitter_clone, quitter_wake, quitter_drop, quitter_will_wake };

/* In one poll: begin to wait, close, and be woken. */
static enum fm_poll close_and_lose(void *arg, struct fm_context *cx, int *status)
{
	struct quitter *self = arg;
	struct fm_context own = *cx;

	*status = FM_OK;
	if (fm_mpsc_new(8, 1, NULL, &self->tx, &self->rx) != FM_OK)
		return FM_READY;
	self->woken = false;
	self->wakeable.ops = &quitter_ops;
	own.waker = fm_waker_of(&self->wakeable);
	fm_mpsc_tx_closed_init(&self->closed, self->tx);
	HOLDS(fm_poll(&self->closed.fut, &own) == FM_PENDING, "nobody has closed it");
	fm_mpsc_close(self->rx);
	HOLDS(self->woken, "closed, and nobody was woken");
	return FM_READY;
}

struct owner {
	struct fm_async async;
	struct world *world;
	struct quitter quitter;
	struct fm_poll_fn loses;
	struct fm_yield yield;
	unsigned round;
};

/* The only receiver goes, with items that it never received, and they with the senders' last handles. */
static void broadcast_ends(struct owner *self)
{
	struct fm_broadcast_tx *tx, *own;
	struct fm_broadcast_rx *rx;
	const unsigned before = self->world->given_back;

	if (fm_broadcast_new(sizeof(tx), 2, give_back_broadcast, &tx) != FM_OK)
		return;
	if (fm_broadcast_subscribe(tx, &rx) != FM_OK) {
		fm_broadcast_tx_drop(tx);
		return;
	}
	for (unsigned i = 0; i < 3; i++) {
		own = fm_broadcast_tx_clone(tx);
		HOLDS(fm_broadcast_send(tx, &own, NULL) == FM_OK, "somebody receives");
	}
	HOLDS(self->world->given_back == before + 1, "the oldest of three made room for two");
	fm_broadcast_tx_drop(tx);
	fm_broadcast_rx_drop(rx);
	HOLDS(self->world->given_back == before + 3, "%u of 3 items were destroyed", self->world->given_back - before);
}

static void mpsc_ends(struct owner *self, size_t capacity)
{
	struct fm_mpsc_tx *tx, *own;
	struct fm_mpsc_rx *rx;
	const unsigned before = self->world->given_back;

	if (fm_mpsc_new(sizeof(tx), capacity, give_back_mpsc, &tx, &rx) != FM_OK)
		return;
	for (unsigned i = 0; i < 3; i++) {
		own = fm_mpsc_tx_clone(tx);
		if (fm_mpsc_try_send(tx, &own) != FM_OK)
			give_back_mpsc(&own);
	}
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
	HOLDS(self->world->given_back == before + 3, "%u of 3 items were destroyed", self->world->given_back - before);
}

FM_ASYNC(owner)
{
	FM_BEGIN;
	for (; self->round < 3; self->round++) {
		broadcast_ends(self);
		mpsc_ends(self, 4);
		mpsc_ends(self, 100000);
		FM_AWAIT(fm_poll_fn_init(&self->loses, close_and_lose, &self->quitter));
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	here = state;
	fm_sim_start(PRIMITIVE_TASK(fm_sim_host(sim, "host"), owner, state));
}

FM_SCENARIO(primitive_handles_in_items) = {
	.name = "primitive/handles-in-items",
	.claim = "an item may own the last handle of its own channel",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
