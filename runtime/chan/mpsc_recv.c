/*
 * Receiving: pop the oldest item, then hand its slot to the oldest that waits for one.
 *
 * There is one receiver and it waits in one future at a time, so its waker is a field of the channel. A
 * receive that was woken and is dropped loses nothing: the item is still in the channel, for the next.
 */
#include "mpsc_internal.h"

#define KIND "mpsc recv"

/* Nothing is queued: wait, or tell the end. Not inlined, so that the way of an item stays short. */
static __attribute__((noinline)) enum fm_poll wait_or_end(struct fm__mpsc *chan, struct fm_future *future,
							  struct fm_context *cx)
{
	if (fm__mpsc_ended(chan))
		return fm_coop_on(cx, chan) ? fm_ready(future, FM_ERR_CLOSED) : FM_PENDING;
	if (chan->receiver != future) {
		if (chan->receiver)
			fm_contract_broken(future, "a second receive waits on the same channel");
		chan->receiver = future;
		fm_observe_wait(KIND, &chan->receiver, future);
	}
	fm_observe_touch(chan);
	fm_waker_store(&chan->rx_waker, cx);
	return FM_PENDING;
}

static void recv_leave(struct fm__mpsc *chan, struct fm_future *future)
{
	if (chan->receiver != future)
		return;
	chan->receiver = NULL;
	fm_observe_unwait(&chan->receiver, future);
	fm_waker_drop(&chan->rx_waker);
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mpsc_recv *self = FM_CONTAINER_OF(future, struct fm_mpsc_recv, fut);
	struct fm__mpsc *chan = fm__mpsc_of_rx(self->rx);

	if (chan->queued == 0)
		return wait_or_end(chan, future, cx);
	if (!fm_coop_on(cx, chan))
		return FM_PENDING;
	fm__chan_copy(self->out, fm__mpsc_pop(chan), chan->item_bytes);
	fm_observe_item(FM__MPSC_ITEM_KIND, chan, false);
	fm__mpsc_offer_slot(chan);
	return fm_ready(future, FM_OK);
}

static void recv_drop(struct fm_future *future)
{
	recv_leave(fm__mpsc_touch_rx(FM_CONTAINER_OF(future, struct fm_mpsc_recv, fut)->rx), future);
}

static void recv_renew(struct fm_future *future)
{
	struct fm_mpsc_recv *self = FM_CONTAINER_OF(future, struct fm_mpsc_recv, fut);

	fm_mpsc_recv_init(self, self->rx, self->out);
}

static const struct fm_future_ops recv_ops = {
	.name = "fm_mpsc_recv",
	.poll = recv_poll,
	.drop = recv_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = recv_renew,
};

struct fm_future *fm_mpsc_recv_init(struct fm_mpsc_recv *self, struct fm_mpsc_rx *rx, void *out)
{
	fm_future_init(&self->fut, &recv_ops);
	self->rx = rx;
	self->out = out;
	return &self->fut;
}

static enum fm_poll recv_many_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mpsc_recv_many *self = FM_CONTAINER_OF(future, struct fm_mpsc_recv_many, fut);
	struct fm__mpsc *chan = fm__mpsc_of_rx(self->rx);
	char *out = self->out;

	if (self->limit > 0 && chan->queued == 0)
		return wait_or_end(chan, future, cx);
	if (!fm_coop_on(cx, chan))
		return FM_PENDING;
	for (; self->count < self->limit && chan->queued; self->count++) {
		fm__chan_copy(out, fm__mpsc_pop(chan), chan->item_bytes);
		fm_observe_item(FM__MPSC_ITEM_KIND, chan, false);
		out += chan->item_bytes;
	}
	if (FM_UNLIKELY(!fm_list_empty(&chan->senders.waiters)))
		fm__mpsc_hand_over_many(chan, self->count);
	return fm_ready(future, FM_OK);
}

static void recv_many_drop(struct fm_future *future)
{
	recv_leave(fm__mpsc_touch_rx(FM_CONTAINER_OF(future, struct fm_mpsc_recv_many, fut)->rx), future);
}

static void recv_many_renew(struct fm_future *future)
{
	struct fm_mpsc_recv_many *self = FM_CONTAINER_OF(future, struct fm_mpsc_recv_many, fut);

	fm_mpsc_recv_many_init(self, self->rx, self->out, self->limit);
}

static const struct fm_future_ops recv_many_ops = {
	.name = "fm_mpsc_recv_many",
	.poll = recv_many_poll,
	.drop = recv_many_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = recv_many_renew,
};

struct fm_future *fm_mpsc_recv_many_init(struct fm_mpsc_recv_many *self, struct fm_mpsc_rx *rx, void *out,
					 size_t limit)
{
	fm_future_init(&self->fut, &recv_many_ops);
	self->rx = rx;
	self->out = out;
	self->limit = limit;
	self->count = 0;
	return &self->fut;
}

int fm_mpsc_try_recv(struct fm_mpsc_rx *rx, void *out)
{
	struct fm__mpsc *chan = fm__mpsc_touch_rx(rx);

	if (chan->queued == 0)
		return fm__mpsc_ended(chan) ? FM_ERR_CLOSED : FM_ERR_EMPTY;
	fm__chan_copy(out, fm__mpsc_pop(chan), chan->item_bytes);
	fm_observe_item(FM__MPSC_ITEM_KIND, chan, false);
	fm__mpsc_offer_slot(chan);
	return FM_OK;
}
