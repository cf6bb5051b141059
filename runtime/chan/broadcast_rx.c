/*
 * A broadcast receiver's life: subscribed at the end of what was sent, and passing all that it did not
 * receive when it goes, so that nothing is kept for nobody.
 */
#include "broadcast_internal.h"

static int subscribe(struct fm__broadcast *chan, struct fm_broadcast_rx **out)
{
	struct fm_broadcast_rx *rx = chan->env->ops->alloc(chan->env, sizeof(*rx));

	*out = rx;
	if (!rx)
		return FM_ERR_NOMEM;
	*rx = (struct fm_broadcast_rx){ .chan = chan, .position = chan->next, .at = chan->write };
	chan->rxs++;
	return FM_OK;
}

int fm_broadcast_subscribe(struct fm_broadcast_tx *tx, struct fm_broadcast_rx **rx)
{
	return subscribe(fm__broadcast_of(tx), rx);
}

int fm_broadcast_resubscribe(const struct fm_broadcast_rx *from, struct fm_broadcast_rx **rx)
{
	return subscribe(from->chan, rx);
}

/* Not inlined: the copy has the item's size. */
static __attribute__((noinline)) void retire_owned(struct fm__broadcast *chan)
{
	uint64_t gone[chan->item_bytes / 8 + 1];

	fm__chan_copy(gone, chan->oldest->item, chan->item_bytes);
	fm__broadcast_retire(chan);
	chan->item_drop(gone);
}

void fm__broadcast_reap(struct fm__broadcast *chan)
{
	chan->pins++; /* item_drop may give back the last handle */
	while (chan->kept && chan->oldest->unseen == 0) {
		if (chan->item_drop)
			retire_owned(chan);
		else
			fm__broadcast_retire(chan);
	}
	chan->pins--;
}

void fm_broadcast_rx_drop(struct fm_broadcast_rx *rx)
{
	struct fm__broadcast *chan;
	uint64_t behind;

	if (!rx)
		return;
	chan = rx->chan;
	behind = chan->next - rx->position;
	if (behind > chan->kept) {
		behind = chan->kept;
		rx->at = chan->oldest;
	}
	/*
	 * All are passed before any is destroyed: whoever is called then finds a ring without this
	 * receiver.
	 */
	for (; behind > 0; behind--) {
		rx->at->unseen--;
		rx->at = fm__broadcast_after(chan, rx->at);
	}
	chan->rxs--;
	chan->env->ops->free(chan->env, rx, sizeof(*rx));
	fm__broadcast_reap(chan);
	if (chan->rxs > 0)
		return;
	if (chan->txs > 0)
		fm_waitq_wake_all(&chan->closers);
	else
		fm__broadcast_free_if_last(chan);
}

uint64_t fm_broadcast_rx_len(const struct fm_broadcast_rx *rx)
{
	return rx->chan->next - rx->position;
}
