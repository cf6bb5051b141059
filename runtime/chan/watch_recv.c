/*
 * Receiving from a watch: compare the version there is with the one seen. A wake is only a reason to look:
 * the version may have been seen meanwhile, so a receiver that finds nothing new waits on.
 */
#include "watch_internal.h"

#define KIND "watch"

const void *fm_watch_borrow(const struct fm_watch_rx *rx)
{
	return rx->chan->value;
}

const void *fm_watch_borrow_and_update(struct fm_watch_rx *rx)
{
	rx->seen = rx->chan->version;
	return rx->chan->value;
}

int fm_watch_has_changed(const struct fm_watch_rx *rx, bool *changed)
{
	*changed = rx->seen != rx->chan->version;
	return rx->chan->txs > 0 ? FM_OK : FM_ERR_CLOSED;
}

void fm_watch_mark_changed(struct fm_watch_rx *rx)
{
	rx->seen = rx->chan->version - 1;
	fm_waitq_wake_all(&rx->chan->receivers); /* one of them may wait for this receiver */
}

void fm_watch_mark_unchanged(struct fm_watch_rx *rx)
{
	rx->seen = rx->chan->version;
}

static enum fm_poll changed_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_watch_changed *self = FM_CONTAINER_OF(future, struct fm_watch_changed, fut);
	struct fm__watch *chan = self->rx->chan;
	const bool changed = self->rx->seen != chan->version;

	if (!changed && chan->txs > 0)
		return fm__chan_wait(&chan->receivers, &self->waiter, cx, KIND, future);
	if (!fm_coop(cx))
		return FM_PENDING;
	self->rx->seen = chan->version;
	if (changed)
		fm_observe_item("watch", chan, false);
	return fm_ready(future, changed ? FM_OK : FM_ERR_CLOSED);
}

static void changed_drop(struct fm_future *future)
{
	struct fm_watch_changed *self = FM_CONTAINER_OF(future, struct fm_watch_changed, fut);

	fm__chan_unwait(&self->rx->chan->receivers, &self->waiter, future);
}

static void changed_renew(struct fm_future *future)
{
	struct fm_watch_changed *self = FM_CONTAINER_OF(future, struct fm_watch_changed, fut);

	fm_watch_changed_init(self, self->rx);
}

static const struct fm_future_ops changed_ops = {
	.name = "fm_watch_changed",
	.poll = changed_poll,
	.drop = changed_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = changed_renew,
};

struct fm_future *fm_watch_changed_init(struct fm_watch_changed *self, struct fm_watch_rx *rx)
{
	fm_future_init(&self->fut, &changed_ops);
	self->rx = rx;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
