/*
 * A oneshot's life: made, sent or closed, and freed by whichever side lets go last.
 *
 * Every call commits its flags first and wakes last; a side that was woken may free the channel at once.
 */
#include "oneshot_internal.h"

static size_t item_place_bytes(size_t item_bytes)
{
	return item_bytes > 8 ? fm__chan_round(item_bytes) : 8;
}

static size_t oneshot_bytes(const struct fm_oneshot *chan)
{
	return offsetof(struct fm_oneshot, item) + item_place_bytes(chan->item_bytes) +
	       ((chan->flags & FM__ONESHOT_OWNING) ? sizeof(void (*)(void *)) : 0);
}

static void (**item_drop_place(struct fm_oneshot *chan))(void *)
{
	return (void (**)(void *))(void *)(fm__oneshot_item(chan) + item_place_bytes(chan->item_bytes));
}

int fm_oneshot_new_owning(size_t item_bytes, void (*item_drop)(void *item), struct fm_oneshot_tx *tx,
			  struct fm_oneshot_rx *rx)
{
	const struct fm_oneshot shape = {
		.item_bytes = (uint32_t)item_bytes,
		.flags = item_drop ? FM__ONESHOT_OWNING : 0,
	};
	struct fm_oneshot *chan;

	tx->chan = NULL;
	rx->chan = NULL;
	if (item_bytes > FM__CHAN_ITEM_BYTES_MAX || !fm_env_current())
		return FM_ERR_INVALID;
	chan = fm_alloc(oneshot_bytes(&shape));
	if (!chan)
		return FM_ERR_NOMEM;
	*chan = shape;
	if (item_drop)
		*item_drop_place(chan) = item_drop;
	tx->chan = chan;
	rx->chan = chan;
	return FM_OK;
}

int fm_oneshot_new(size_t item_bytes, struct fm_oneshot_tx *tx, struct fm_oneshot_rx *rx)
{
	return fm_oneshot_new_owning(item_bytes, NULL, tx, rx);
}

/* Nobody refers to it any more. */
static void free_oneshot(struct fm_oneshot *chan)
{
	if (chan->flags & FM__ONESHOT_SENT)
		fm_observe_lost("oneshot", 1);
	if ((chan->flags & (FM__ONESHOT_SENT | FM__ONESHOT_OWNING)) ==
	    (FM__ONESHOT_SENT | FM__ONESHOT_OWNING))
		(*item_drop_place(chan))(fm__oneshot_item(chan));
	fm_free(chan, oneshot_bytes(chan));
}

/* The sending side lets go; whoever waits on either side is told. */
static void release_tx(struct fm_oneshot *chan, struct fm_waker tx_waker)
{
	struct fm_waker rx_waker = chan->rx_waker;

	chan->rx_waker = FM_WAKER_NONE;
	chan->flags |= FM__ONESHOT_TX_GONE;
	if (chan->flags & FM__ONESHOT_RX_GONE)
		free_oneshot(chan);
	fm_waker_wake(&rx_waker);
	fm_waker_wake(&tx_waker);
}

int fm_oneshot_send(struct fm_oneshot_tx *tx, const void *item)
{
	struct fm_oneshot *chan = tx->chan;
	struct fm_waker tx_waker;
	int status = FM_ERR_CLOSED;

	if (!chan)
		return FM_ERR_CLOSED;
	tx->chan = NULL;
	tx_waker = fm__oneshot_take_tx_waker(chan);
	if (!(chan->flags & (FM__ONESHOT_RX_CLOSED | FM__ONESHOT_RX_GONE))) {
		fm__chan_copy(fm__oneshot_item(chan), item, chan->item_bytes);
		chan->flags |= FM__ONESHOT_SENT;
		fm_observe_item("oneshot", chan, true);
		status = FM_OK;
	}
	release_tx(chan, tx_waker);
	return status;
}

void fm_oneshot_tx_drop(struct fm_oneshot_tx *tx)
{
	struct fm_oneshot *chan = tx->chan;

	if (!chan)
		return;
	tx->chan = NULL;
	release_tx(chan, fm__oneshot_take_tx_waker(chan));
}

bool fm_oneshot_is_closed(const struct fm_oneshot_tx *tx)
{
	return !tx->chan || (tx->chan->flags & (FM__ONESHOT_RX_CLOSED | FM__ONESHOT_RX_GONE));
}

void fm__oneshot_release_rx(struct fm_oneshot *chan, bool moved)
{
	struct fm_waker tx_waker = fm__oneshot_take_tx_waker(chan);

	if (moved)
		chan->flags &= (uint8_t)~FM__ONESHOT_SENT;
	chan->flags |= FM__ONESHOT_RX_GONE;
	if (chan->flags & FM__ONESHOT_TX_GONE)
		free_oneshot(chan);
	fm_waker_wake(&tx_waker);
}

void fm__oneshot_close(struct fm_oneshot *chan)
{
	struct fm_waker tx_waker = fm__oneshot_take_tx_waker(chan);
	struct fm_waker rx_waker = chan->rx_waker;

	chan->rx_waker = FM_WAKER_NONE;
	chan->flags |= FM__ONESHOT_RX_CLOSED;
	fm_waker_wake(&tx_waker);
	fm_waker_wake(&rx_waker);
}

void fm_oneshot_close(struct fm_oneshot_rx *rx)
{
	if (rx->chan)
		fm__oneshot_close(rx->chan);
}

void fm_oneshot_rx_drop(struct fm_oneshot_rx *rx)
{
	struct fm_oneshot *chan = rx->chan;

	if (!chan)
		return;
	rx->chan = NULL;
	fm__oneshot_release_rx(chan, false);
}

int fm_oneshot_try_recv(struct fm_oneshot_rx *rx, void *out)
{
	struct fm_oneshot *chan = rx->chan;

	if (!chan)
		return FM_ERR_CLOSED;
	if (chan->flags & FM__ONESHOT_SENT) {
		rx->chan = NULL;
		fm__chan_copy(out, fm__oneshot_item(chan), chan->item_bytes);
		fm_observe_item("oneshot", chan, false);
		fm__oneshot_release_rx(chan, true);
		return FM_OK;
	}
	if (!(chan->flags & (FM__ONESHOT_TX_GONE | FM__ONESHOT_RX_CLOSED)))
		return FM_ERR_EMPTY;
	rx->chan = NULL;
	fm__oneshot_release_rx(chan, false);
	return FM_ERR_CLOSED;
}
