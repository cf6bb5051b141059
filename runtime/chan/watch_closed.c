/* Waiting, as the sender of a watch, until nobody looks: also true before the first subscription. */
#include "watch_internal.h"

static enum fm_poll closed_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_watch_tx_closed *self = FM_CONTAINER_OF(future, struct fm_watch_tx_closed, fut);
	struct fm__watch *chan = fm__watch_of(self->tx);

	if (chan->rxs > 0)
		return fm__chan_wait(&chan->closers, &self->waiter, cx, "watch closed", future);
	if (!fm_coop(cx))
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static void closed_drop(struct fm_future *future)
{
	struct fm_watch_tx_closed *self = FM_CONTAINER_OF(future, struct fm_watch_tx_closed, fut);

	fm__chan_unwait(&fm__watch_of(self->tx)->closers, &self->waiter, future);
}

static void closed_renew(struct fm_future *future)
{
	struct fm_watch_tx_closed *self = FM_CONTAINER_OF(future, struct fm_watch_tx_closed, fut);

	fm_watch_tx_closed_init(self, self->tx);
}

static const struct fm_future_ops closed_ops = {
	.name = "fm_watch_tx_closed",
	.poll = closed_poll,
	.drop = closed_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = closed_renew,
};

struct fm_future *fm_watch_tx_closed_init(struct fm_watch_tx_closed *self, struct fm_watch_tx *tx)
{
	fm_future_init(&self->fut, &closed_ops);
	self->tx = tx;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
