/*
 * Receiving from a broadcast: look how far behind the end this receiver is. Nothing is handed to a waiting
 * receive; a wake says only that there may be something, so one that is dropped has lost nothing.
 */
#include "broadcast_internal.h"

static void leave_place(struct fm__broadcast *chan, struct fm__place *place)
{
	if (--place->unseen == 0)
		fm__broadcast_reap(chan);
}

/* The last to come takes the item itself, where copies are made; others get what item_clone makes. */
static void clone_out(struct fm__broadcast *chan, struct fm__place *place, void *out)
{
	if (place->unseen > 1 || place != chan->oldest) {
		chan->item_clone(out, place->item);
		leave_place(chan, place);
		return;
	}
	fm__chan_copy(out, place->item, chan->item_bytes);
	place->unseen = 0;
	fm__broadcast_retire(chan);
	fm__broadcast_reap(chan);
}

/* Behind what is kept, or copies are made. Not inlined, so that the way of a plain item stays short. */
static __attribute__((noinline)) int receive_slow(struct fm_broadcast_rx *rx, uint64_t behind, void *out,
						  uint64_t *missed)
{
	struct fm__broadcast *chan = rx->chan;
	struct fm__place *place = rx->at;

	if (behind > chan->kept) {
		*missed = behind - chan->kept;
		fm_observe_lost("broadcast", *missed);
		rx->position = chan->next - chan->kept;
		rx->at = chan->oldest;
		return FM_ERR_LAGGED;
	}
	rx->position++;
	rx->at = fm__broadcast_after(chan, place);
	clone_out(chan, place, out);
	fm_observe_item("broadcast", chan, false);
	return FM_OK;
}

/* The receiver is `behind` > 0 items behind the end. */
static inline int receive(struct fm_broadcast_rx *rx, uint64_t behind, void *out, uint64_t *missed)
{
	struct fm__broadcast *chan = rx->chan;
	struct fm__place *place = rx->at;

	if (FM_UNLIKELY(behind > chan->kept || chan->item_clone))
		return receive_slow(rx, behind, out, missed);
	rx->position++;
	rx->at = fm__broadcast_after(chan, place);
	fm__chan_copy(out, place->item, chan->item_bytes);
	leave_place(chan, place);
	fm_observe_item("broadcast", chan, false);
	return FM_OK;
}

static __attribute__((noinline)) enum fm_poll wait(struct fm_broadcast_recv *self, struct fm_context *cx)
{
	return fm__chan_wait(&self->rx->chan->receivers, &self->waiter, cx, "broadcast", &self->fut);
}

static enum fm_poll recv_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_broadcast_recv *self = FM_CONTAINER_OF(future, struct fm_broadcast_recv, fut);
	const uint64_t behind = self->rx->chan->next - self->rx->position;

	if (behind == 0 && self->rx->chan->txs > 0)
		return wait(self, cx);
	if (!fm_coop(cx))
		return FM_PENDING;
	if (behind == 0)
		return fm_ready(future, FM_ERR_CLOSED);
	return fm_ready(future, receive(self->rx, behind, self->out, &self->missed));
}

static void recv_drop(struct fm_future *future)
{
	struct fm_broadcast_recv *self = FM_CONTAINER_OF(future, struct fm_broadcast_recv, fut);

	fm__chan_unwait(&self->rx->chan->receivers, &self->waiter, future);
}

static void recv_renew(struct fm_future *future)
{
	struct fm_broadcast_recv *self = FM_CONTAINER_OF(future, struct fm_broadcast_recv, fut);

	fm_broadcast_recv_init(self, self->rx, self->out);
}

static const struct fm_future_ops recv_ops = {
	.name = "fm_broadcast_recv",
	.poll = recv_poll,
	.drop = recv_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = recv_renew,
};

struct fm_future *fm_broadcast_recv_init(struct fm_broadcast_recv *self, struct fm_broadcast_rx *rx,
					 void *out)
{
	fm_future_init(&self->fut, &recv_ops);
	self->rx = rx;
	self->out = out;
	self->missed = 0;
	fm_waiter_init(&self->waiter);
	return &self->fut;
}

int fm_broadcast_try_recv(struct fm_broadcast_rx *rx, void *out, uint64_t *missed)
{
	const uint64_t behind = rx->chan->next - rx->position;
	uint64_t ignored;

	if (behind == 0)
		return rx->chan->txs > 0 ? FM_ERR_EMPTY : FM_ERR_CLOSED;
	return receive(rx, behind, out, missed ? missed : &ignored);
}
