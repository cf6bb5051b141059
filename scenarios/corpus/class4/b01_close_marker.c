/*
 * A ring of slots, each with the position that it holds: the close must not take one.
 *
 * Corpus B01 (tokio #2425, #2448). The last sender's drop writes a marker at the next position; a receiver
 * whose oldest value stood there sees that the slot holds another position, and believes that it has lagged.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define SLOTS 2
#define VALUES 4

struct slot {
	unsigned position;
	bool closes;
};

struct ring {
	bool broken;
	bool closed;
	unsigned tail; /* the position written next */
	struct slot slots[SLOTS];
	struct fm_waitq receivers;
};

static void ring_put(struct ring *ring, bool closes)
{
	ring->slots[ring->tail % SLOTS] = (struct slot){ ring->tail, closes };
	ring->tail++;
}

static void ring_send(struct ring *ring)
{
	ring_put(ring, false);
	fm_waitq_wake_all(&ring->receivers);
}

static void ring_close(struct ring *ring)
{
	if (ring->broken)
		ring_put(ring, true); /* B01: over the oldest value there is */
	ring->closed = true;
	fm_waitq_wake_all(&ring->receivers);
}

/* READY with FM_OK: the value of `position`; FM_ERR_LAGGED; FM_ERR_CLOSED. */
struct recv {
	struct fm_future fut;
	struct ring *ring;
	struct fm_waiter waiter;
	unsigned *next; /* the receiver's position */
	unsigned position;
};

static int take(struct recv *self)
{
	const struct slot *slot = &self->ring->slots[*self->next % SLOTS];

	if (*self->next == self->ring->tail)
		return FM_ERR_CLOSED;
	if (slot->position != *self->next) {
		*self->next = self->ring->tail - SLOTS;
		return FM_ERR_LAGGED;
	}
	if (slot->closes)
		return FM_ERR_CLOSED;
	self->position = (*self->next)++;
	return FM_OK;
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (*self->next == self->ring->tail && !self->ring->closed) {
		twin_wait(&self->ring->receivers, &self->waiter, "broadcast", self->ring, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, take(self));
}

static void recv_drop(struct fm_future *future)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	twin_leave(&self->waiter, self->ring, future);
}

static const struct fm_future_ops recv_ops = { .name = "recv", .poll = recv_poll, .drop = recv_drop };

static struct fm_future *recv_init(struct recv *self, struct ring *ring, unsigned *next)
{
	fm_future_init(&self->fut, &recv_ops);
	fm_waiter_init(&self->waiter);
	self->ring = ring;
	self->next = next;
	return &self->fut;
}

struct world {
	bool broken;
	struct ring ring;
	unsigned sent;
};

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->world->sent < VALUES; self->world->sent++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		ring_send(&self->world->ring);
	}
	ring_close(&self->world->ring);
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct recv recv;
	struct fm_sleep work;
	unsigned next;
	unsigned before; /* `next` before the receive */
};

/* What a model of the ring says: of all that was sent the last SLOTS are there. */
static bool lagged_rightly(const struct receiver *self)
{
	const unsigned sent = self->world->sent + !self->world->ring.closed;

	return self->recv.fut.status != FM_ERR_LAGGED || self->before + SLOTS < sent;
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	do {
		self->before = self->next;
		FM_AWAIT(recv_init(&self->recv, &self->world->ring, &self->next));
		/* BUG: lagged, by no value */
		FM_ALWAYS(lagged_rightly(self), "only values push values out");
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
	} while (self->recv.fut.status != FM_ERR_CLOSED);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->ring.broken = world->broken;
	fm_waitq_init(&world->ring.receivers);
	fm_sim_start(TWIN_TASK(host, sender, world));
	fm_sim_start(TWIN_TASK(host, receiver, world));
}

CORPUS(close_marker, "b01-close-marker", .claim = "a receiver lags only where values have pushed out values",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
