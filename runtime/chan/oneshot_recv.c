/*
 * Receiving from a oneshot. The future owns the receiving side and leaves the item in the channel when it
 * is READY: so a receiver that waits costs three words, and the caller fetches the item where it wants it.
 */
#include "oneshot_internal.h"

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_oneshot_recv *self = FM_CONTAINER_OF(future, struct fm_oneshot_recv, fut);
	struct fm_oneshot *chan = self->chan;

	if (chan && !(chan->flags & (FM__ONESHOT_SENT | FM__ONESHOT_TX_GONE | FM__ONESHOT_RX_CLOSED))) {
		if (fm_waker_is_none(chan->rx_waker))
			fm_observe_wait("oneshot", chan, future);
		fm_waker_store(&chan->rx_waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (chan && (chan->flags & FM__ONESHOT_SENT)) {
		fm_observe_item("oneshot", chan, false);
		return fm_ready(future, FM_OK);
	}
	self->chan = NULL;
	if (chan)
		fm__oneshot_release_rx(chan, false);
	return fm_ready(future, FM_ERR_CLOSED);
}

static void recv_drop(struct fm_future *future)
{
	struct fm_oneshot_recv *self = FM_CONTAINER_OF(future, struct fm_oneshot_recv, fut);
	struct fm_oneshot *chan = self->chan;

	if (!chan)
		return;
	self->chan = NULL;
	if (!fm_waker_is_none(chan->rx_waker)) {
		fm_observe_unwait(chan, future);
		fm_waker_drop(&chan->rx_waker);
	}
	fm__oneshot_release_rx(chan, false);
}

static const struct fm_future_ops recv_ops = {
	.name = "fm_oneshot_recv",
	.poll = recv_poll,
	.drop = recv_drop,
	.cancel = FM_CANCEL_LOSSY,
};

struct fm_future *fm_oneshot_recv_init(struct fm_oneshot_recv *self, struct fm_oneshot_rx *rx)
{
	fm_future_init(&self->fut, &recv_ops);
	self->chan = rx->chan;
	rx->chan = NULL;
	return &self->fut;
}

void *fm_oneshot_peek(const struct fm_oneshot_recv *self)
{
	if (!self->chan || !fm_future_is_ready(&self->fut))
		return NULL;
	return fm__oneshot_item(self->chan);
}

int fm_oneshot_take(struct fm_oneshot_recv *self, void *out)
{
	struct fm_oneshot *chan = self->chan;

	if (!chan || !fm_future_is_ready(&self->fut))
		return FM_ERR_EMPTY;
	self->chan = NULL;
	if (out)
		fm__chan_copy(out, fm__oneshot_item(chan), chan->item_bytes);
	fm__oneshot_release_rx(chan, out != NULL);
	return FM_OK;
}

void fm_oneshot_recv_close(struct fm_oneshot_recv *self)
{
	if (self->chan)
		fm__oneshot_close(self->chan);
}
