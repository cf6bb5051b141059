/*
 * A broadcast ring that is closed while full: closing must not cost the oldest value its place.
 *
 * Corpus B01. The close is written into the ring as one more entry, over a value that nobody has seen yet;
 * its receiver is told that it lagged, though it was no further behind than the ring is long.
 */
#include "canary.h"

#include <fm/sleep.h>

#define CAPACITY 2
#define VALUES 5

static const char kind[] = "broadcast";

struct ring {
	bool broken;
	bool closed;
	unsigned written;
	struct {
		unsigned value;
		bool marker;
	} entries[CAPACITY];
	struct fm_waitq receivers;
};

struct recv {
	struct fm_future fut;
	struct ring *ring;
	struct fm_waiter waiter;
	unsigned *next; /* the receiver's place */
	unsigned value;
	unsigned missed;
};

static void ring_write(struct ring *ring, unsigned value, bool marker)
{
	ring->entries[ring->written % CAPACITY].value = value;
	ring->entries[ring->written % CAPACITY].marker = marker;
	ring->written++;
}

static void ring_send(struct ring *ring, unsigned value)
{
	ring_write(ring, value, false);
	fm_waitq_wake_all(&ring->receivers);
}

static void ring_close(struct ring *ring)
{
	if (ring->broken)
		ring_write(ring, 0, true); /* B01: the close takes a value's place */
	ring->closed = true;
	fm_waitq_wake_all(&ring->receivers);
}

static int ring_take(struct ring *ring, struct recv *recv)
{
	const unsigned at = *recv->next % CAPACITY;

	if (ring->written - *recv->next > CAPACITY) {
		recv->missed = ring->written - CAPACITY - *recv->next;
		*recv->next += recv->missed;
		return FM_ERR_LAGGED;
	}
	if (*recv->next == ring->written || ring->entries[at].marker)
		return FM_ERR_CLOSED;
	recv->value = ring->entries[at].value;
	++*recv->next;
	return FM_OK;
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (*self->next == self->ring->written && !self->ring->closed) {
		twin_wait(&self->ring->receivers, &self->waiter, kind, self->ring, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, ring_take(self->ring, self));
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
	while (self->world->sent < VALUES) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(2) * FM_MS));
		ring_send(&self->world->ring, self->world->sent++);
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
	unsigned seen; /* values received or reported as missed: what a model of the ring says */
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(recv_init(&self->recv, &self->world->ring, &self->next));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			break;
		if (self->recv.fut.status == FM_ERR_LAGGED) {
			self->seen += self->recv.missed;
			FM_ALWAYS(self->world->sent - self->seen == CAPACITY,
				  "only values push values out of the ring");
			continue;
		}
		FM_ALWAYS(self->recv.value == self->seen,
			  "values come in order and none is skipped in silence");
		self->seen++;
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	}
	FM_ALWAYS(self->seen == VALUES, "the end comes after the last value");
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
	fm_sim_start(TWIN_TASK(host, receiver, world));
}

CANARY(closing_marker, "closing-marker",
       .claim = "a receiver no further behind than the ring is long gets every value before the end",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC);
