/*
 * An mpsc channel's life: made, closed from either side, freed when the receiver and the last sender have
 * let go.
 *
 * Waking and destroying call out, and what is called may give handles back: state is committed before, and
 * a pin keeps the channel where it is needed after.
 */
#include "mpsc_internal.h"

#define RING_BYTES_MAX ((size_t)64 * 1024)

static int new_channel(size_t item_bytes, size_t capacity, void (*item_drop)(void *item),
		       struct fm_mpsc_tx **tx, struct fm_mpsc_rx **rx)
{
	const size_t stride = item_bytes ? item_bytes : 1;
	const bool ring = capacity <= RING_BYTES_MAX / stride;
	const size_t bytes =
		sizeof(struct fm__mpsc) +
		(ring ? fm__chan_round(sizeof(struct fm__block) + capacity * stride) : (size_t)0);
	struct fm_env *env = fm_env_current();
	struct fm__mpsc *chan = env->ops->alloc(env, bytes);

	if (!chan)
		return FM_ERR_NOMEM;
	*chan = (struct fm__mpsc){
		.limit = capacity,
		.txs = 1,
		.item_bytes = (uint32_t)item_bytes,
		.stride = (uint32_t)stride,
		.ring = ring,
		.capacity = capacity,
		.item_drop = item_drop,
		.env = env,
		.bytes = bytes,
	};
	fm_waitq_init(&chan->senders);
	fm_waitq_init(&chan->closers);
	if (ring) {
		chan->block_bytes = capacity * stride;
		chan->write = chan->read = chan->first->items;
		chan->write_end = chan->read_end = chan->first->items + chan->block_bytes;
	} else {
		const size_t block_bytes = fm_executor_settings()->chan_block_bytes;

		chan->block_bytes = stride < block_bytes ? block_bytes / stride * stride : stride;
	}
	*tx = (struct fm_mpsc_tx *)chan;
	*rx = (struct fm_mpsc_rx *)chan;
	return FM_OK;
}

int fm_mpsc_new(size_t item_bytes, size_t capacity, void (*item_drop)(void *item), struct fm_mpsc_tx **tx,
		struct fm_mpsc_rx **rx)
{
	size_t product;

	*tx = NULL;
	*rx = NULL;
	if (capacity == 0 || capacity > FM__CHAN_CAPACITY_MAX || item_bytes > FM__CHAN_ITEM_BYTES_MAX ||
	    __builtin_mul_overflow(capacity, item_bytes, &product) || !fm_env_current())
		return FM_ERR_INVALID;
	return new_channel(item_bytes, capacity, item_drop, tx, rx);
}

int fm_mpsc_new_unbounded(size_t item_bytes, void (*item_drop)(void *item), struct fm_mpsc_tx **tx,
			  struct fm_mpsc_rx **rx)
{
	*tx = NULL;
	*rx = NULL;
	if (item_bytes > FM__CHAN_ITEM_BYTES_MAX || !fm_env_current())
		return FM_ERR_INVALID;
	return new_channel(item_bytes, SIZE_MAX, item_drop, tx, rx);
}

void fm__mpsc_free_if_last(struct fm__mpsc *chan)
{
	if (chan->txs > 0 || !chan->rx_gone || chan->pins > 0)
		return;
	fm__mpsc_free_blocks(chan);
	chan->env->ops->free(chan->env, chan, chan->bytes);
}

struct fm_mpsc_tx *fm_mpsc_tx_clone(struct fm_mpsc_tx *tx)
{
	fm__mpsc_touch_tx(tx)->txs++;
	return tx;
}

void fm_mpsc_tx_drop(struct fm_mpsc_tx *tx)
{
	struct fm__mpsc *chan = fm__mpsc_touch_tx(tx);

	if (!tx || --chan->txs > 0)
		return;
	fm__chan_expect_nobody(&chan->senders);
	fm__chan_expect_nobody(&chan->closers);
	if (chan->rx_gone)
		fm__mpsc_free_if_last(chan);
	else
		fm__mpsc_wake_receiver(chan);
}

/* The channel is pinned. */
static void close_channel(struct fm__mpsc *chan)
{
	chan->closed = true;
	chan->limit = 0;
	fm_waitq_wake_all(&chan->senders);
	fm_waitq_wake_all(&chan->closers);
}

void fm_mpsc_close(struct fm_mpsc_rx *rx)
{
	struct fm__mpsc *chan = fm__mpsc_touch_rx(rx);

	chan->pins++;
	close_channel(chan);
	if (fm__mpsc_ended(chan))
		fm__mpsc_wake_receiver(chan);
	chan->pins--;
	fm__mpsc_free_if_last(chan);
}

void fm_mpsc_rx_drop(struct fm_mpsc_rx *rx)
{
	struct fm__mpsc *chan = fm__mpsc_touch_rx(rx);

	if (!rx)
		return;
	if (chan->receiver)
		fm_contract_broken(chan->receiver,
				   "the receiver was given back while this future waits on it");
	chan->pins++;
	chan->rx_gone = true;
	close_channel(chan);
	if (chan->queued)
		fm_observe_lost(FM__MPSC_ITEM_KIND, chan->queued);
	while (chan->queued) { /* nothing is pushed any more, so an item stays while it is destroyed */
		char *item = fm__mpsc_pop(chan);

		if (chan->item_drop)
			chan->item_drop(item);
	}
	chan->pins--;
	fm__mpsc_free_if_last(chan);
}

bool fm_mpsc_is_closed(const struct fm_mpsc_tx *tx)
{
	return fm__mpsc_touch_tx(tx)->closed;
}

size_t fm_mpsc_capacity(const struct fm_mpsc_tx *tx)
{
	const struct fm__mpsc *chan = fm__mpsc_touch_tx(tx);

	return chan->capacity == SIZE_MAX ? SIZE_MAX : chan->capacity - chan->queued - chan->held;
}

size_t fm_mpsc_capacity_max(const struct fm_mpsc_tx *tx)
{
	return fm__mpsc_touch_tx(tx)->capacity;
}

size_t fm_mpsc_len(const struct fm_mpsc_rx *rx)
{
	return fm__mpsc_touch_rx(rx)->queued;
}
