/*
 * Sending: take a slot, push the item, wake the receiver where it waits. The item is read when it is sent,
 * not before.
 */
#include "mpsc_internal.h"

static enum fm_poll send_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mpsc_send *self = FM_CONTAINER_OF(future, struct fm_mpsc_send, fut);
	struct fm__mpsc *chan = fm__mpsc_of_tx(self->slot.tx);
	const int status = fm__mpsc_slot_poll(chan, &self->slot, future, cx);

	if (status == FM_ERR_AGAIN)
		return FM_PENDING;
	if (status == FM_OK) {
		if (FM_UNLIKELY(self->slot.granted)) {
			chan->held--;
			fm_observe_release(&chan->senders);
		}
		fm__mpsc_push(chan, self->item);
		fm__mpsc_wake_receiver(chan);
	}
	return fm_ready(future, status);
}

static void send_drop(struct fm_future *future)
{
	fm__mpsc_slot_drop(&FM_CONTAINER_OF(future, struct fm_mpsc_send, fut)->slot, future);
}

static void send_renew(struct fm_future *future)
{
	struct fm_mpsc_send *self = FM_CONTAINER_OF(future, struct fm_mpsc_send, fut);

	fm_mpsc_send_init(self, self->slot.tx, self->item);
}

static const struct fm_future_ops send_ops = {
	.name = "fm_mpsc_send",
	.poll = send_poll,
	.drop = send_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = send_renew,
};

struct fm_future *fm_mpsc_send_init(struct fm_mpsc_send *self, struct fm_mpsc_tx *tx, const void *item)
{
	fm_future_init(&self->fut, &send_ops);
	fm__mpsc_slot_init(&self->slot, tx);
	self->item = item;
	return &self->fut;
}

int fm_mpsc_try_send(struct fm_mpsc_tx *tx, const void *item)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(tx);
	const int status = fm__mpsc_slot_try(chan);

	if (status == FM_OK) {
		fm__mpsc_push(chan, item);
		fm__mpsc_wake_receiver(chan);
	}
	return status;
}

int fm_mpsc_send_now(struct fm_mpsc_tx *tx, const void *item)
{
	if (fm__mpsc_touch_tx(tx)->capacity != SIZE_MAX)
		return FM_ERR_INVALID;
	return fm_mpsc_try_send(tx, item);
}
