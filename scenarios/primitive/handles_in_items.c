/*
 * Items that own a handle of the very channel that they are in: destroying the last of them gives back the last handle, in the
 * middle of what destroys it. Nothing is left, and nothing is touched that is gone.
 */
#include "primitive.h"

#include <fm/broadcast.h>
#include <fm/mpsc.h>

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

struct owner {
	struct fm_async async;
	struct world *world;
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
	.faults = FM_SIM_FAULT_WAKE,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
