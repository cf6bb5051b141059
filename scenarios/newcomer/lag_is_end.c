/* Subscribers keep the newest price until the feed ends. */
#include "newcomer.h"

#include <fm/broadcast.h>
#include <fm/env.h>
#include <fm/sleep.h>

enum { PRICES = 12 };

struct world {
	bool broken;
	struct fm_broadcast_tx *tx;
	int last[2];
	int subscribers;
};

struct feed {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	int i;
};

FM_ASYNC(feed)
{
	FM_BEGIN;
	for (self->i = 1; self->i <= PRICES; self->i++) {
		fm_broadcast_send(self->world->tx, &self->i, NULL);
		if (fm_random(3) == 0)
			FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	}
	fm_broadcast_tx_drop(self->world->tx);
	FM_END;
}

struct subscriber {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_rx *rx;
	struct fm_broadcast_recv recv;
	struct fm_sleep sleep;
	int price, id;
};

FM_ASYNC(subscriber)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->rx, &self->price));
		if (self->recv.fut.status == FM_ERR_LAGGED &&
		    !self->world->broken) /* planted: a lag is the end */
			continue;
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->last[self->id] = self->price;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	}
	fm_broadcast_rx_drop(self->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_broadcast_new(sizeof(int), 4, NULL, &world->tx);
	for (int i = 0; i < 2; i++) {
		struct subscriber *s = TWIN_TASK(host, subscriber, world);

		s->id = i;
		fm_broadcast_subscribe(world->tx, &s->rx);
		fm_sim_start(s);
	}
	fm_sim_start(TWIN_TASK(host, feed, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: who lags has left */
	FM_SIM_CHECK(sim, world->last[0] == PRICES && world->last[1] == PRICES, "last prices %d and %d",
		     world->last[0], world->last[1]);
}

NEWCOMER(lag_is_end, "lag-is-end", .claim = "subscribers end with the last price",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
