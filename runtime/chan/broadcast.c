/*
 * A broadcast channel's life, and sending: the oldest item makes room, and everybody who waits is woken.
 *
 * An item is destroyed from a copy on the stack, when its place may be used again already: so item_drop may
 * send, receive and subscribe.
 */
#include "broadcast_internal.h"

int fm_broadcast_new_with(const struct fm_broadcast_config *config, struct fm_broadcast_tx **tx)
{
	const size_t place_bytes = sizeof(struct fm__place) + fm__chan_round(config->item_bytes);
	struct fm_env *env = fm_env_current();
	struct fm__broadcast *chan;
	size_t bytes;

	*tx = NULL;
	if (config->capacity == 0 || config->capacity > FM__CHAN_CAPACITY_MAX ||
	    config->item_bytes > FM__CHAN_ITEM_BYTES_MAX ||
	    (config->item_drop && config->item_bytes > FM__CHAN_OWNED_BYTES_MAX) ||
	    __builtin_mul_overflow(config->capacity, place_bytes, &bytes) ||
	    __builtin_add_overflow(bytes, sizeof(*chan), &bytes) || !env)
		return FM_ERR_INVALID;
	chan = env->ops->alloc(env, bytes);
	if (!chan)
		return FM_ERR_NOMEM;
	*chan = (struct fm__broadcast){
		.next = config->start,
		.capacity = config->capacity,
		.txs = 1,
		.write = chan->places,
		.oldest = chan->places,
		.end = (char *)chan->places + config->capacity * place_bytes,
		.item_bytes = (uint32_t)config->item_bytes,
		.place_bytes = (uint32_t)place_bytes,
		.item_drop = config->item_drop,
		.item_clone = config->item_clone,
		.env = env,
		.bytes = bytes,
	};
	fm_waitq_init(&chan->receivers);
	fm_waitq_init(&chan->closers);
	*tx = (struct fm_broadcast_tx *)chan;
	return FM_OK;
}

int fm_broadcast_new(size_t item_bytes, size_t capacity, void (*item_drop)(void *item),
		     struct fm_broadcast_tx **tx)
{
	const struct fm_broadcast_config config = {
		.item_bytes = item_bytes,
		.capacity = capacity,
		.item_drop = item_drop,
		.start = fm_counters_from(),
	};

	return fm_broadcast_new_with(&config, tx);
}

void fm__broadcast_free_if_last(struct fm__broadcast *chan)
{
	if (chan->txs > 0 || chan->rxs > 0 || chan->pins > 0)
		return;
	fm__chan_expect_nobody(&chan->receivers);
	fm__chan_expect_nobody(&chan->closers);
	chan->env->ops->free(chan->env, chan, chan->bytes);
}

struct fm_broadcast_tx *fm_broadcast_tx_clone(struct fm_broadcast_tx *tx)
{
	fm__broadcast_of(tx)->txs++;
	return tx;
}

void fm_broadcast_tx_drop(struct fm_broadcast_tx *tx)
{
	struct fm__broadcast *chan = fm__broadcast_of(tx);

	if (!tx || --chan->txs > 0)
		return;
	fm__chan_expect_nobody(&chan->closers);
	if (chan->rxs == 0)
		fm__broadcast_free_if_last(chan);
	else
		fm_waitq_wake_all(&chan->receivers);
}

static void put(struct fm__broadcast *chan, const void *item)
{
	struct fm__place *place = chan->write;

	fm__chan_copy(place->item, item, chan->item_bytes);
	place->unseen = chan->rxs;
	chan->write = fm__broadcast_after(chan, place);
	chan->kept++;
	chan->next++;
	fm_observe_item("broadcast", chan, true);
}

/* The ring is full and its items own something. Not inlined: the copy has the item's size. */
static __attribute__((noinline)) void put_over_owned(struct fm__broadcast *chan, const void *item)
{
	void (*const item_drop)(void *) = chan->item_drop;
	uint64_t evicted[chan->item_bytes / 8 + 1];

	fm__chan_copy(evicted, chan->oldest->item, chan->item_bytes);
	fm__broadcast_retire(chan);
	put(chan, item);
	fm_waitq_wake_all(&chan->receivers);
	item_drop(evicted);
}

int fm_broadcast_send(struct fm_broadcast_tx *tx, const void *item, size_t *receivers)
{
	struct fm__broadcast *chan = fm__broadcast_of(tx);

	if (receivers)
		*receivers = chan->rxs;
	if (chan->rxs == 0)
		return FM_ERR_CLOSED;
	if (chan->kept == chan->capacity) {
		if (chan->item_drop) {
			put_over_owned(chan, item);
			return FM_OK;
		}
		fm__broadcast_retire(chan);
	}
	put(chan, item);
	fm_waitq_wake_all(&chan->receivers);
	return FM_OK;
}

size_t fm_broadcast_len(const struct fm_broadcast_tx *tx)
{
	return fm__broadcast_of(tx)->kept;
}

size_t fm_broadcast_receiver_count(const struct fm_broadcast_tx *tx)
{
	return fm__broadcast_of(tx)->rxs;
}
