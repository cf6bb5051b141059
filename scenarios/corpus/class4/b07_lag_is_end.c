/*
 * A session that forwards events to a slow client: having lagged is no reason to hang up.
 *
 * Corpus B07 (savvagent #17, spark-sdk #540). "While there is an event" ends at the first lag, and the client
 * never hears of anything again.
 */
#include "../corpus.h"

#include <fm/broadcast.h>
#include <fm/mpsc.h>
#include <fm/sleep.h>

#define EVENTS 8

struct world {
	bool broken;
	struct fm_broadcast_tx *events;
	struct fm_broadcast_rx *session;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *client;
};

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned event;
	size_t receivers;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	for (; self->event < EVENTS; self->event++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		fm_broadcast_send(self->world->events, &self->event, &self->receivers);
	}
	fm_broadcast_tx_drop(self->world->events);
	FM_END;
}

struct session {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_recv recv;
	struct fm_mpsc_send send;
	unsigned event;
};

static bool goes_on(const struct session *self)
{
	if (self->recv.fut.status == FM_ERR_LAGGED)
		return !self->world->broken; /* B07: a lag is taken for the end */
	return self->recv.fut.status == FM_OK;
}

FM_ASYNC(session)
{
	FM_BEGIN;
	do {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->world->session, &self->event));
		if (self->recv.fut.status == FM_OK)
			FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->event));
	} while (goes_on(self));
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	unsigned event;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	do {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->client, &self->event));
		/* BUG: the session has ended before the events did */
		FM_ALWAYS(self->recv.fut.status == FM_OK, "a client hears of the last event");
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	} while (self->event != EVENTS - 1);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_broadcast_new(sizeof(unsigned), 2, NULL, &world->events) == FM_OK,
		     "no broadcast");
	FM_SIM_CHECK(sim, fm_broadcast_subscribe(world->events, &world->session) == FM_OK, "no receiver");
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->tx, &world->client) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, source, world));
	fm_sim_start(TWIN_TASK(host, session, world));
	fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_broadcast_rx_drop(world->session);
	fm_mpsc_rx_drop(world->client);
}

CORPUS(lag_is_end, "b07-lag-is-end", .claim = "a client hears of the last event, whatever it has missed",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
