/*
 * A channel closed by its receiver while permits are out: each way of giving one back may be what ends the
 * drain.
 *
 * Corpus W07 (tokio #2854, #8075). Sending wakes the receiver, and so does the last sender that goes; a
 * permit that comes back unused, from a sender that is aborted, only goes back to the count.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define SENDERS 3

struct chan {
	bool broken;
	bool closed;
	unsigned out; /* permits */
	unsigned items;
	struct fm_waker receiver;
};

/* A permit lives in its sender's frame, and comes back when that is dropped. */
struct permit {
	struct fm_defer defer;
	struct chan *chan;
};

static void permit_come_back(struct fm_defer *defer)
{
	struct chan *chan = FM_CONTAINER_OF(defer, struct permit, defer)->chan;

	chan->out--;
	if (!chan->broken) /* W07: closed and idle, and the receiver is not told */
		fm_waker_wake(&chan->receiver);
}

static void permit_send(struct chan *chan)
{
	chan->out--;
	chan->items++;
	fm_waker_wake(&chan->receiver);
}

struct recv {
	struct fm_future fut;
	struct chan *chan;
};

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct chan *chan = FM_CONTAINER_OF(future, struct recv, fut)->chan;

	if (!chan->items && (!chan->closed || chan->out)) {
		fm_waker_store(&chan->receiver, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(&chan->receiver);
	if (!chan->items)
		return fm_ready(future, FM_ERR_CLOSED);
	chan->items--;
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct recv, fut)->chan->receiver);
}

static const struct fm_future_ops recv_ops = { .name = "recv", .poll = recv_poll, .drop = recv_drop };

static struct fm_future *recv_init(struct recv *self, struct chan *chan)
{
	fm_future_init(&self->fut, &recv_ops);
	self->chan = chan;
	return &self->fut;
}

struct world {
	bool broken;
	struct chan chan;
};

struct sender {
	struct fm_async async;
	struct world *world;
	struct permit permit;
	struct fm_sleep think;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, (1 + fm_random(4)) * FM_MS));
	fm_undefer(&self->async, &self->permit.defer);
	permit_send(&self->world->chan);
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct recv recv;
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	self->world->chan.closed = true;
	do {
		/* BUG: drained, and not told */
		FM_AWAIT(recv_init(&self->recv, &self->world->chan));
	} while (self->recv.fut.status == FM_OK);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->chan.broken = world->broken;
	world->chan.out = SENDERS;
	fm_sim_start(TWIN_TASK(host, receiver, world));
	for (unsigned i = 0; i < SENDERS; i++) {
		struct sender *sender = TWIN_TASK(host, sender, world);

		sender->permit.chan = &world->chan;
		fm_defer(&sender->async, &sender->permit.defer, permit_come_back);
		fm_sim_cancellable(sim, fm_sim_start(sender));
	}
}

CORPUS(last_permit, "w07-last-permit", .claim = "a closed channel ends when the last permit has come back",
       .faults = FM_SIM_FAULTS_GENTLE, .deadline_ns = FM_SEC);
