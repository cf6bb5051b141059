/*
 * Waiting for a value that a predicate holds for. Each version is asked about once, and again only where
 * the budget put off a yes. A version that was asked about in vain counts as seen.
 */
#include "watch_internal.h"

static enum fm_poll wait_for_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_watch_wait_for *self = FM_CONTAINER_OF(future, struct fm_watch_wait_for, fut);
	struct fm__watch *chan = self->rx->chan;
	int status = FM_ERR_AGAIN;

	if (!self->any || self->asked != chan->version) {
		if (self->predicate(chan->value, self->argument)) {
			status = FM_OK;
		} else {
			self->any = true;
			self->asked = chan->version;
			self->rx->seen = chan->version;
		}
	}
	if (status == FM_ERR_AGAIN && chan->txs == 0)
		status = FM_ERR_CLOSED;
	if (status == FM_ERR_AGAIN)
		return fm__chan_wait(&chan->receivers, &self->waiter, cx, "watch", future);
	if (!fm_coop(cx))
		return FM_PENDING;
	fm__chan_unwait(&chan->receivers, &self->waiter, future);
	self->rx->seen = chan->version;
	if (status == FM_OK)
		fm_observe_item("watch", chan, false);
	return fm_ready(future, status);
}

static void wait_for_drop(struct fm_future *future)
{
	struct fm_watch_wait_for *self = FM_CONTAINER_OF(future, struct fm_watch_wait_for, fut);

	fm__chan_unwait(&self->rx->chan->receivers, &self->waiter, future);
}

static void wait_for_renew(struct fm_future *future)
{
	struct fm_watch_wait_for *self = FM_CONTAINER_OF(future, struct fm_watch_wait_for, fut);

	fm_watch_wait_for_init(self, self->rx, self->predicate, self->argument);
}

static const struct fm_future_ops wait_for_ops = {
	.name = "fm_watch_wait_for",
	.poll = wait_for_poll,
	.drop = wait_for_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = wait_for_renew,
};

struct fm_future *fm_watch_wait_for_init(struct fm_watch_wait_for *self, struct fm_watch_rx *rx,
					 bool (*predicate)(const void *value, void *argument), void *argument)
{
	fm_future_init(&self->fut, &wait_for_ops);
	self->rx = rx;
	self->predicate = predicate;
	self->argument = argument;
	self->asked = 0;
	self->any = false;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
