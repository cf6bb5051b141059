/*
 * A replica takes a copy of the state and then follows its changes: what changes between the copy and the
 * subscription is in neither.
 */
#include "newcomer.h"

#include <fm/broadcast.h>

#define CHANGES 5

struct world {
	bool broken;
	unsigned value;
	struct fm_broadcast_tx *tx;
};

struct replica {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_tx *tx; /* its own, until it has subscribed */
	struct fm_broadcast_rx *rx;
	struct fm_broadcast_recv recv;
	struct fm_yield yield;
	unsigned value;
	unsigned change;
};

FM_ASYNC(replica)
{
	FM_BEGIN;
	if (self->world->broken) /* planted: first the copy, then the subscription */
		self->value = self->world->value;
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_ALWAYS(fm_broadcast_subscribe(self->tx, &self->rx) == FM_OK, "subscribed");
	fm_broadcast_tx_drop(self->tx);
	if (!self->world->broken)
		self->value = self->world->value;
	for (;;) {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->rx, &self->change));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			break;
		self->value += self->change;
	}
	/* BUG: a change is missing */
	FM_ALWAYS(self->value == CHANGES, "the replica has all changes");
	fm_broadcast_rx_drop(self->rx);
	FM_END;
}

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	while (self->world->value < CHANGES) {
		self->world->value++;
		fm_broadcast_send(self->world->tx, &(unsigned){ 1 }, &(size_t){ 0 });
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	fm_broadcast_tx_drop(self->world->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct replica *replica;

	FM_SIM_CHECK(sim, fm_broadcast_new(sizeof(unsigned), 16, NULL, &world->tx) == FM_OK, "no channel");
	replica = TWIN_TASK(host, replica, world);
	replica->tx = fm_broadcast_tx_clone(world->tx);
	fm_sim_start(replica);
	fm_sim_start(TWIN_TASK(host, source, world));
}

NEWCOMER(snapshot_gap, "snapshot-gap", .claim = "a replica misses no change", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
