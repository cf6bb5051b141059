/*
 * Waiting for a slot: what a send and a reserve have in common.
 *
 * A slot that gets free is handed to the oldest waiting future at once, so nobody can overtake it. The
 * price is that one who waits and is not polled holds a slot: that is reported as a grant. A future that
 * ends without using its slot hands it on.
 */
#include "mpsc_internal.h"

_Static_assert(offsetof(struct fm_mpsc_send, slot) == sizeof(struct fm_future) &&
		       offsetof(struct fm_mpsc_reserve, slot) == sizeof(struct fm_future),
	       "the future stands before its slot");

static void grant(struct fm__mpsc *chan, struct fm_waiter *first)
{
	struct fm_mpsc_slot *slot = FM_CONTAINER_OF(first, struct fm_mpsc_slot, waiter);

	slot->granted = true;
	chan->held++;
	fm_observe_grant(FM__MPSC_SLOT_KIND, &chan->senders, (struct fm_future *)slot - 1);
}

void fm__mpsc_hand_over(struct fm__mpsc *chan)
{
	struct fm_waiter *first = fm_waitq_first(&chan->senders);

	grant(chan, first);
	fm_waiter_wake(first);
}

/* All are given out before the first wake: who is called by it could send into a slot that is promised already. */
void fm__mpsc_hand_over_many(struct fm__mpsc *chan, size_t slots)
{
	struct fm_waiter *first;
	struct fm_waitq due;

	fm_waitq_init(&due);
	for (; slots > 0 && (first = fm_waitq_first(&chan->senders)); slots--) {
		grant(chan, first);
		fm_list_unlink(&first->link);
		fm_list_push_back(&due.waiters, &first->link);
	}
	fm_waitq_wake_all(&due);
}

static void give_up(struct fm__mpsc *chan, struct fm_mpsc_slot *slot)
{
	if (!slot->granted)
		return;
	slot->granted = false;
	chan->held--;
	fm_observe_release(&chan->senders);
	fm__mpsc_offer_slot(chan);
}

int fm__mpsc_slot_try_slow(struct fm__mpsc *chan)
{
	if (chan->closed)
		return FM_ERR_CLOSED;
	if (chan->queued + chan->held >= chan->capacity)
		return FM_ERR_FULL;
	return fm__mpsc_make_room(chan) ? FM_OK : FM_ERR_NOMEM;
}

int fm__mpsc_slot_poll_slow(struct fm_mpsc_slot *slot, struct fm_future *future, struct fm_context *cx)
{
	struct fm__mpsc *chan = fm__mpsc_of_tx(slot->tx);
	int status = FM_OK;

	if (!slot->granted && !chan->closed && chan->queued + chan->held >= chan->capacity) {
		fm_observe_touch(chan);
		fm__chan_wait(&chan->senders, &slot->waiter, cx, FM__MPSC_SLOT_KIND, future);
		return FM_ERR_AGAIN;
	}
	if (!fm_coop_on(cx, chan))
		return FM_ERR_AGAIN;
	if (chan->closed)
		status = FM_ERR_CLOSED;
	else if (!fm__mpsc_make_room(chan))
		status = FM_ERR_NOMEM;
	if (status != FM_OK)
		give_up(chan, slot);
	return status;
}

void fm__mpsc_slot_drop(struct fm_mpsc_slot *slot, struct fm_future *future)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(slot->tx);
	struct fm_waker waker = slot->waiter.waker; /* there is one where the wake that tells of the grant is still to come */

	if (!slot->granted) {
		fm__chan_unwait(&chan->senders, &slot->waiter, future);
		return;
	}
	fm_list_unlink(&slot->waiter.link);
	give_up(chan, slot);
	fm_waker_drop(&waker);
}
