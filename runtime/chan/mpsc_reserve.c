/*
 * Reserving: take a slot now, say later what goes into it.
 *
 * A permit counts as a sender, so that it may outlive the handle it came from; and the receiver of a closed
 * channel waits for it. Both are looked at whenever a permit goes, however it goes: the receiver is woken
 * by the last.
 */
#include "mpsc_internal.h"

/* The slot becomes a permit; `granted`: it is held, and reported, already. */
static void give_permit(struct fm__mpsc *chan, struct fm_mpsc_tx *tx, struct fm_mpsc_permit *permit,
			bool granted)
{
	chan->permits++;
	chan->txs++;
	permit->tx = tx;
	if (granted)
		return;
	chan->held++;
	fm_observe_grant(FM__MPSC_SLOT_KIND, &chan->senders, NULL);
}

static enum fm_poll reserve_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mpsc_reserve *self = FM_CONTAINER_OF(future, struct fm_mpsc_reserve, fut);
	struct fm__mpsc *chan = fm__mpsc_of_tx(self->slot.tx);
	const int status = fm__mpsc_slot_poll(chan, &self->slot, future, cx);

	if (status == FM_ERR_AGAIN)
		return FM_PENDING;
	if (status == FM_OK)
		give_permit(chan, self->slot.tx, &self->permit, self->slot.granted);
	return fm_ready(future, status);
}

static void reserve_drop(struct fm_future *future)
{
	fm__mpsc_slot_drop(&FM_CONTAINER_OF(future, struct fm_mpsc_reserve, fut)->slot, future);
}

static void reserve_renew(struct fm_future *future)
{
	struct fm_mpsc_reserve *self = FM_CONTAINER_OF(future, struct fm_mpsc_reserve, fut);

	fm_mpsc_reserve_init(self, self->slot.tx);
}

static const struct fm_future_ops reserve_ops = {
	.name = "fm_mpsc_reserve",
	.poll = reserve_poll,
	.drop = reserve_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = reserve_renew,
};

struct fm_future *fm_mpsc_reserve_init(struct fm_mpsc_reserve *self, struct fm_mpsc_tx *tx)
{
	fm_future_init(&self->fut, &reserve_ops);
	fm__mpsc_slot_init(&self->slot, tx);
	self->permit.tx = NULL;
	return &self->fut;
}

int fm_mpsc_try_reserve(struct fm_mpsc_tx *tx, struct fm_mpsc_permit *permit)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(tx);
	const int status = fm__mpsc_slot_try(chan);

	permit->tx = NULL;
	if (status == FM_OK)
		give_permit(chan, tx, permit, false);
	return status;
}

/*
 * The permit is used up: its count of the senders' side goes, and what the receiver waits for may have
 * come.
 */
static void end_permit(struct fm__mpsc *chan, bool sent)
{
	fm_observe_release(&chan->senders);
	chan->pins++;
	if (!sent)
		fm__mpsc_offer_slot(chan);
	if (--chan->txs == 0) {
		fm__chan_expect_nobody(&chan->senders);
		fm__chan_expect_nobody(&chan->closers);
	}
	if (sent || fm__mpsc_ended(chan))
		fm__mpsc_wake_receiver(chan);
	chan->pins--;
	fm__mpsc_free_if_last(chan);
}

int fm_mpsc_permit_send(struct fm_mpsc_permit *permit, const void *item)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(permit->tx);
	bool sent;

	if (!permit->tx)
		return FM_ERR_CLOSED;
	permit->tx = NULL;
	chan->permits--;
	chan->held--;
	sent = !chan->rx_gone;
	if (sent)
		fm__mpsc_push(chan, item);
	end_permit(chan, sent);
	return sent ? FM_OK : FM_ERR_CLOSED;
}

void fm_mpsc_permit_release(struct fm_mpsc_permit *permit)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(permit->tx);

	if (!permit->tx)
		return;
	permit->tx = NULL;
	chan->permits--;
	chan->held--;
	end_permit(chan, false);
}
