/*
 * An entry in a list of waiters that keeps the waker it was made with, however often its future is polled.
 *
 * Corpus W23, second mechanism (flume #33, f3e136f). Polled again, the receiver finds itself in the list
 * and leaves it at that.
 */
#include "../corpus.h"

#include <fm/sleep.h>

struct chan {
	bool broken;
	unsigned items;
	struct fm_waitq receivers;
};

struct recv {
	struct fm_future fut;
	struct chan *chan;
	struct fm_waiter waiter;
};

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (!self->chan->items) {
		if (!self->chan->broken ||
		    !fm_waiter_queued(&self->waiter)) /* W23b: the first poll's waker for good */
			twin_wait(&self->chan->receivers, &self->waiter, "item", self->chan, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	self->chan->items--;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	twin_leave(&self->waiter, self->chan, future);
	if (self->chan->items)
		fm_waitq_wake_first(&self->chan->receivers);
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
};

struct receiver {
	struct fm_async async;
	struct world *world;
	struct recv recv;
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	/* BUG: the waker kept is that of an older poll */
	FM_AWAIT(recv_init(&self->recv, &self->world->chan));
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(3) * FM_MS));
	self->world->chan.items++;
	fm_waitq_wake_first(&self->world->chan.receivers);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->chan.broken = world->broken;
	fm_waitq_init(&world->chan.receivers);
	for (unsigned i = 0; i < 2; i++) {
		fm_sim_start(TWIN_TASK(host, receiver, world));
		fm_sim_start(TWIN_TASK(host, sender, world));
	}
}

CORPUS(first_waker, "w23b-first-waker", .claim = "an item wakes a receiver, however often that was polled",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
