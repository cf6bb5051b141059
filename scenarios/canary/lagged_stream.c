/*
 * A forwarder between a broadcast and a slow consumer: having lagged is news, not the end.
 *
 * Corpus B07. The loop goes on while items come, and takes the first lag for the close. Everything after it
 * is never forwarded, and nobody is told.
 */
#include "canary.h"

#include <fm/broadcast.h>
#include <fm/mpsc.h>
#include <fm/sleep.h>

#define EVENTS 10

struct world {
	bool broken;
	struct fm_broadcast_tx *events;
	struct fm_broadcast_rx *heard;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned sent;
	unsigned consumed;
	uint64_t missed; /* as the forwarder reports it */
};

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	size_t receivers;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	while (self->world->sent < EVENTS) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		if (fm_broadcast_send(self->world->events, &self->world->sent, &self->receivers) != FM_OK)
			break;
		self->world->sent++;
	}
	fm_broadcast_tx_drop(self->world->events);
	FM_END;
}

struct forwarder {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_recv recv;
	struct fm_mpsc_send send;
	unsigned event;
};

FM_ASYNC(forwarder)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_broadcast_recv_init(&self->recv, self->world->heard, &self->event));
		if (self->recv.fut.status == FM_ERR_LAGGED &&
		    !self->world->broken) { /* B07: taken for the end */
			self->world->missed += self->recv.missed;
			continue;
		}
		if (self->recv.fut.status != FM_OK)
			break;
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->event));
	}
	fm_broadcast_rx_drop(self->world->heard);
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct consumer {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	unsigned event;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->event));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->consumed++;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_broadcast_new(sizeof(unsigned), 2, NULL, &world->events) == FM_OK,
		     "no broadcast");
	FM_SIM_CHECK(sim, fm_broadcast_subscribe(world->events, &world->heard) == FM_OK, "no receiver");
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, source, world));
	fm_sim_start(TWIN_TASK(host, forwarder, world));
	fm_sim_start(TWIN_TASK(host, consumer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->rx);
	FM_SIM_CHECK(sim, world->sent == EVENTS && world->consumed + world->missed == EVENTS,
		     "of %u events %u were sent, %u consumed, and %u reported as missed", EVENTS, world->sent,
		     world->consumed, (unsigned)world->missed);
}

CANARY(lagged_stream, "lagged-stream", .claim = "every event is consumed or reported as missed",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
