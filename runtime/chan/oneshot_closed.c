/*
 * Waiting, as the sender, until nobody wants the item. Its waker lies where the item will: one wait at a
 * time.
 */
#include "oneshot_internal.h"

static enum fm_poll closed_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_oneshot *chan = FM_CONTAINER_OF(future, struct fm_oneshot_closed, fut)->tx->chan;

	if (chan && !(chan->flags & (FM__ONESHOT_RX_CLOSED | FM__ONESHOT_RX_GONE))) {
		if (!(chan->flags & FM__ONESHOT_TX_WAITING)) {
			chan->tx_waker = FM_WAKER_NONE;
			chan->flags |= FM__ONESHOT_TX_WAITING;
			fm_observe_wait("oneshot closed", &chan->tx_waker, future);
		}
		fm_waker_store(&chan->tx_waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	return fm_ready(future, chan ? FM_OK : FM_ERR_CLOSED);
}

static void closed_drop(struct fm_future *future)
{
	struct fm_oneshot *chan = FM_CONTAINER_OF(future, struct fm_oneshot_closed, fut)->tx->chan;
	struct fm_waker waker;

	if (!chan || !(chan->flags & FM__ONESHOT_TX_WAITING))
		return;
	fm_observe_unwait(&chan->tx_waker, future);
	waker = fm__oneshot_take_tx_waker(chan);
	fm_waker_drop(&waker);
}

static void closed_renew(struct fm_future *future)
{
	struct fm_oneshot_closed *self = FM_CONTAINER_OF(future, struct fm_oneshot_closed, fut);

	fm_oneshot_closed_init(self, self->tx);
}

static const struct fm_future_ops closed_ops = {
	.name = "fm_oneshot_closed",
	.poll = closed_poll,
	.drop = closed_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = closed_renew,
};

struct fm_future *fm_oneshot_closed_init(struct fm_oneshot_closed *self, struct fm_oneshot_tx *tx)
{
	fm_future_init(&self->fut, &closed_ops);
	self->tx = tx;
	return &self->fut;
}
