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

/*
 * What the receiver that stands at *next gets: FM_OK: the value of that position; FM_ERR_LAGGED;
 * FM_ERR_CLOSED.
 */
static int ring_take(const struct ring *ring, unsigned *next)
{
	const struct slot *slot = &ring->slots[*next % SLOTS];

	if (*next == ring->tail)
		return FM_ERR_CLOSED;
	if (slot->position != *next) {
		*next = ring->tail - SLOTS;
		return FM_ERR_LAGGED;
	}
	if (slot->closes)
		return FM_ERR_CLOSED;
	++*next;
	return FM_OK;
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
	struct until arrived;
	struct fm_sleep work;
	unsigned next;
	int got;
};

static bool has_next(const void *receiver)
{
	const struct receiver *self = receiver;

	return self->next != self->world->ring.tail || self->world->ring.closed;
}

/* Whether what it gets is what a model of the ring says: of all that was sent the last SLOTS are there. */
static bool receive(struct receiver *self)
{
	const bool behind = self->next + SLOTS < self->world->sent;

	self->got = ring_take(&self->world->ring, &self->next);
	return (self->got == FM_ERR_LAGGED) == behind;
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	do {
		FM_AWAIT(until_init(&self->arrived, &self->world->ring.receivers, "value", has_next, self));
		/* BUG: lagged, by no value */
		FM_ALWAYS(receive(self), "only values push values out");
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
	} while (self->got != FM_ERR_CLOSED);
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
