/*
 * A channel that was closed while slots were still reserved: the last slot given back unused ends the drain.
 *
 * Corpus W07. After the close recv waits only for what is reserved. Giving a reservation back is the one
 * event that can end that wait without an item.
 */
#include "canary.h"

#include <fm/sleep.h>

#define PRODUCERS 3

static const char kind[] = "mpsc recv";

struct chan {
	bool broken;
	bool closed;
	unsigned reserved;
	unsigned queued;
	struct fm_waitq receiver;
};

struct recv {
	struct fm_future fut;
	struct chan *chan;
	struct fm_waiter waiter;
};

static bool drained(const struct chan *chan)
{
	return chan->closed && chan->reserved == 0 && chan->queued == 0;
}

static void reservation_send(struct chan *chan)
{
	chan->reserved--;
	chan->queued++;
	fm_waitq_wake_all(&chan->receiver);
}

static void reservation_release(struct chan *chan)
{
	chan->reserved--;
	if (!chan->broken && drained(chan)) /* W07: who waits for the end is not told of it */
		fm_waitq_wake_all(&chan->receiver);
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (self->chan->queued == 0 && !drained(self->chan)) {
		twin_wait(&self->chan->receiver, &self->waiter, kind, self->chan, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (self->chan->queued == 0)
		return fm_ready(future, FM_ERR_CLOSED);
	self->chan->queued--;
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	twin_leave(&self->waiter, self->chan, future);
}

static const struct fm_future_ops recv_ops = { .name = "recv", .poll = recv_poll, .drop = recv_drop };

static struct fm_future *recv_init(struct recv *self, struct chan *chan)
{
	fm_future_init(&self->fut, &recv_ops);
	fm_waiter_init(&self->waiter);
	self->chan = chan;
	return &self->fut;
}

struct world {
	bool broken;
	struct chan chan;
	unsigned sent;
	unsigned received;
};

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(4) * FM_MS));
	if (fm_random(2) == 0) {
		self->world->sent++;
		reservation_send(&self->world->chan);
	} else {
		reservation_release(&self->world->chan);
	}
	FM_END;
}

struct consumer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct recv recv;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	self->world->chan.closed = true;
	for (;;) {
		FM_AWAIT(recv_init(&self->recv, &self->world->chan));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			break;
		self->world->received++;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->chan.broken = world->broken;
	world->chan.reserved = PRODUCERS;
	fm_waitq_init(&world->chan.receiver);
	for (unsigned i = 0; i < PRODUCERS; i++)
		fm_sim_start(TWIN_TASK(host, producer, world));
	fm_sim_start(TWIN_TASK(host, consumer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->sent == world->received, "%u items were sent and %u received", world->sent,
		     world->received);
}

CANARY(closed_drain, "closed-drain",
       .claim = "a closed channel is drained of all that was sent, and then ends",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
