/*
 * A replica that follows changes: after a lag it must take a fresh snapshot, for what it has missed will
 * not come.
 *
 * Corpus B07, second mechanism (mdk #606). The lag is skipped like a hiccup, and the next change is applied
 * to a state that it was not made for.
 */
#include "../corpus.h"

#include <fm/broadcast.h>
#include <fm/sleep.h>

#define CHANGES 8

struct world {
	bool broken;
	struct fm_broadcast_tx *changes;
	struct fm_broadcast_rx *rx;
	unsigned version; /* of the original, for snapshots too */
};

struct original {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	size_t receivers;
};

FM_ASYNC(original)
{
	FM_BEGIN;
	while (self->world->version < CHANGES) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		self->world->version++;
		fm_broadcast_send(self->world->changes, &self->world->version, &self->receivers);
	}
	fm_broadcast_tx_drop(self->world->changes);
	FM_END;
}

struct replica {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_recv recv;
	struct fm_sleep work;
	unsigned version;
	unsigned change; /* makes this version out of the one before */
};

FM_ASYNC(replica)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->world->rx, &self->change));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			break;
		if (self->recv.fut.status == FM_ERR_LAGGED &&
		    !self->world->broken) /* B07b: as if nothing was */
			self->version = self->world->version;
		if (self->recv.fut.status == FM_ERR_LAGGED || self->change <= self->version)
			continue;
		/* BUG: changes are missing */
		FM_ALWAYS(self->change == self->version + 1, "no change is left out");
		self->version = self->change;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_broadcast_new(sizeof(unsigned), 2, NULL, &world->changes) == FM_OK,
		     "no broadcast");
	FM_SIM_CHECK(sim, fm_broadcast_subscribe(world->changes, &world->rx) == FM_OK, "no receiver");
	fm_sim_start(TWIN_TASK(host, original, world));
	fm_sim_start(TWIN_TASK(host, replica, world));
}

static void end(struct fm_sim *sim, void *state)
{
	(void)sim;
	fm_broadcast_rx_drop(((struct world *)state)->rx);
}

CORPUS(silent_gap, "b07b-silent-gap", .claim = "a change is applied to the state that it was made for",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
