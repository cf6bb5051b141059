/*
 * A channel without room, whose sender writes straight into a receiver that waits: one that is then dropped
 * must hand the value on.
 *
 * Corpus C07 (kanal #50). Both branches of a select were served at once; the one that loses takes its value
 * with it, and the sender believes that it arrived.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

struct chan {
	bool broken;
	bool returned; /* a value that its receiver did not take; the next one does */
	unsigned value;
	struct fm_waitq receivers;
	struct fm_waitq senders;
};

struct recv {
	struct fm_future fut;
	struct chan *chan;
	struct fm_waiter waiter;
	bool full;
	unsigned value;
};

static bool hand_over(struct chan *chan, unsigned value)
{
	struct fm_waiter *first = fm_waitq_first(&chan->receivers);
	struct recv *recv = first ? FM_CONTAINER_OF(first, struct recv, waiter) : NULL;

	if (!recv)
		return false;
	recv->full = true;
	recv->value = value;
	fm_waiter_wake(first);
	return true;
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	if (!self->full && !self->chan->returned) {
		twin_wait(&self->chan->receivers, &self->waiter, "value", self->chan, future, cx);
		fm_waitq_wake_first(&self->chan->senders);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (!self->full) {
		self->chan->returned = false;
		self->value = self->chan->value;
	}
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	struct recv *self = FM_CONTAINER_OF(future, struct recv, fut);

	twin_leave(&self->waiter, self->chan, future);
	if (!self->full || self->chan->broken) /* C07: the value goes with the future */
		return;
	if (!hand_over(self->chan, self->value)) {
		self->chan->returned = true;
		self->chan->value = self->value;
	}
}

static const struct fm_future_ops recv_ops = { .name = "recv", .poll = recv_poll, .drop = recv_drop };

static struct fm_future *recv_init(struct recv *self, struct chan *chan)
{
	fm_future_init(&self->fut, &recv_ops);
	fm_waiter_init(&self->waiter);
	self->chan = chan;
	self->full = false;
	return &self->fut;
}

struct send {
	struct fm_future fut;
	struct chan *chan;
	struct fm_waiter waiter;
	unsigned value;
};

static enum fm_poll send_poll(struct fm_future *future, struct fm_context *cx)
{
	struct send *self = FM_CONTAINER_OF(future, struct send, fut);

	if (!fm_waitq_first(&self->chan->receivers)) {
		twin_wait(&self->chan->senders, &self->waiter, "receiver", self->chan, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	hand_over(self->chan, self->value);
	return fm_ready(future, FM_OK);
}

static void send_drop(struct fm_future *future)
{
	struct send *self = FM_CONTAINER_OF(future, struct send, fut);

	twin_leave(&self->waiter, self->chan, future);
}

static const struct fm_future_ops send_ops = { .name = "send", .poll = send_poll, .drop = send_drop };

static struct fm_future *send_init(struct send *self, struct chan *chan, unsigned value)
{
	fm_future_init(&self->fut, &send_ops);
	fm_waiter_init(&self->waiter);
	self->chan = chan;
	self->value = value;
	return &self->fut;
}

struct world {
	bool broken;
	struct chan chans[2];
};

struct sender {
	struct fm_async async;
	struct world *world;
	struct chan *chan;
	struct fm_sleep think;
	struct send send;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
	FM_AWAIT(send_init(&self->send, self->chan, 1));
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct recv recv[2];
	bool open[2];
};

static struct fm_future *next_value(struct receiver *self)
{
	struct chan *chans = self->world->chans;

	return FM_SELECT(&self->select, self->branch,
			 FM_IF(self->open[0], recv_init(&self->recv[0], &chans[0])),
			 FM_IF(self->open[1], recv_init(&self->recv[1], &chans[1])));
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	self->open[0] = self->open[1] = true;
	while (self->open[0] || self->open[1]) {
		/* BUG: waits for a value that was dropped */
		FM_AWAIT(next_value(self));
		self->open[self->select.winner] = false;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_sim_start(TWIN_TASK(host, receiver, world));
	for (unsigned i = 0; i < FM_COUNT_OF(world->chans); i++) {
		struct sender *sender = TWIN_TASK(host, sender, world);

		world->chans[i].broken = world->broken;
		fm_waitq_init(&world->chans[i].receivers);
		fm_waitq_init(&world->chans[i].senders);
		sender->chan = &world->chans[i];
		fm_sim_start(sender);
	}
}

CORPUS(lost_handoff, "c07-lost-handoff", .claim = "a value that was handed over arrives",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
