/* Waiting, as a sender, for the receiver to close or go. */
#include "mpsc_internal.h"

static enum fm_poll closed_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mpsc_tx_closed *self = FM_CONTAINER_OF(future, struct fm_mpsc_tx_closed, fut);
	struct fm__mpsc *chan = fm__mpsc_of_tx(self->tx);

	if (!chan->closed) {
		fm_observe_touch(chan);
		return fm__chan_wait(&chan->closers, &self->waiter, cx, "mpsc closed", future);
	}
	if (!fm_coop_on(cx, chan))
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static void closed_drop(struct fm_future *future)
{
	struct fm_mpsc_tx_closed *self = FM_CONTAINER_OF(future, struct fm_mpsc_tx_closed, fut);

	fm__chan_unwait(&fm__mpsc_touch_tx(self->tx)->closers, &self->waiter, future);
}

static void closed_renew(struct fm_future *future)
{
	struct fm_mpsc_tx_closed *self = FM_CONTAINER_OF(future, struct fm_mpsc_tx_closed, fut);

	fm_mpsc_tx_closed_init(self, self->tx);
}

static const struct fm_future_ops closed_ops = {
	.name = "fm_mpsc_tx_closed",
	.poll = closed_poll,
	.drop = closed_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = closed_renew,
};

struct fm_future *fm_mpsc_tx_closed_init(struct fm_mpsc_tx_closed *self, struct fm_mpsc_tx *tx)
{
	fm_future_init(&self->fut, &closed_ops);
	self->tx = tx;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}
