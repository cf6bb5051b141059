/*
 * A watch channel's life, and sending: the value is replaced, its version moves on, everybody who waits is
 * woken. The value before is destroyed last, from a copy on the stack, so item_drop may send again.
 */
#include "watch_internal.h"

int fm_watch_new_with(const struct fm_watch_config *config, const void *initial, struct fm_watch_tx **tx)
{
	struct fm_env *env = fm_env_current();
	struct fm__watch *chan;

	*tx = NULL;
	if (config->item_bytes > FM__CHAN_ITEM_BYTES_MAX ||
	    (config->item_drop && config->item_bytes > FM__CHAN_OWNED_BYTES_MAX) || !env)
		return FM_ERR_INVALID;
	chan = env->ops->alloc(env, sizeof(*chan) + config->item_bytes);
	if (!chan)
		return FM_ERR_NOMEM;
	*chan = (struct fm__watch){
		.version = config->version,
		.txs = 1,
		.item_drop = config->item_drop,
		.env = env,
		.item_bytes = config->item_bytes,
	};
	fm_waitq_init(&chan->receivers);
	fm_waitq_init(&chan->closers);
	fm__chan_copy(chan->value, initial, chan->item_bytes);
	*tx = (struct fm_watch_tx *)chan;
	return FM_OK;
}

int fm_watch_new(size_t item_bytes, const void *initial, void (*item_drop)(void *item),
		 struct fm_watch_tx **tx)
{
	const struct fm_watch_config config = {
		.item_bytes = item_bytes,
		.item_drop = item_drop,
		.version = fm_counters_from(),
	};

	return fm_watch_new_with(&config, initial, tx);
}

static void free_if_last(struct fm__watch *chan)
{
	if (chan->txs > 0 || chan->rxs > 0)
		return;
	fm__chan_expect_nobody(&chan->receivers);
	fm__chan_expect_nobody(&chan->closers);
	if (chan->item_drop)
		chan->item_drop(chan->value);
	chan->env->ops->free(chan->env, chan, sizeof(*chan) + chan->item_bytes);
}

struct fm_watch_tx *fm_watch_tx_clone(struct fm_watch_tx *tx)
{
	fm__watch_of(tx)->txs++;
	return tx;
}

void fm_watch_tx_drop(struct fm_watch_tx *tx)
{
	struct fm__watch *chan = fm__watch_of(tx);

	if (!tx || --chan->txs > 0)
		return;
	fm__chan_expect_nobody(&chan->closers);
	if (chan->rxs == 0)
		free_if_last(chan);
	else
		fm_waitq_wake_all(&chan->receivers);
}

static int new_receiver(struct fm__watch *chan, uint64_t seen, struct fm_watch_rx **out)
{
	struct fm_watch_rx *rx = chan->env->ops->alloc(chan->env, sizeof(*rx));

	*out = rx;
	if (!rx)
		return FM_ERR_NOMEM;
	*rx = (struct fm_watch_rx){ .chan = chan, .seen = seen };
	chan->rxs++;
	return FM_OK;
}

int fm_watch_subscribe(struct fm_watch_tx *tx, struct fm_watch_rx **rx)
{
	return new_receiver(fm__watch_of(tx), fm__watch_of(tx)->version, rx);
}

int fm_watch_rx_clone(const struct fm_watch_rx *from, struct fm_watch_rx **rx)
{
	return new_receiver(from->chan, from->seen, rx);
}

void fm_watch_rx_drop(struct fm_watch_rx *rx)
{
	struct fm__watch *chan;

	if (!rx)
		return;
	chan = rx->chan;
	chan->env->ops->free(chan->env, rx, sizeof(*rx));
	if (--chan->rxs > 0)
		return;
	if (chan->txs == 0)
		free_if_last(chan);
	else
		fm_waitq_wake_all(&chan->closers);
}

static void tell(struct fm__watch *chan)
{
	chan->version++;
	fm_observe_item("watch", chan, true);
	fm_waitq_wake_all(&chan->receivers);
}

/* Not inlined: the copy has the value's size. */
static __attribute__((noinline)) void replace_owned(struct fm__watch *chan, const void *item)
{
	void (*const item_drop)(void *) = chan->item_drop;
	uint64_t before[chan->item_bytes / 8 + 1];

	fm__chan_copy(before, chan->value, chan->item_bytes);
	fm__chan_copy(chan->value, item, chan->item_bytes);
	tell(chan);
	item_drop(before);
}

void fm_watch_send_replace(struct fm_watch_tx *tx, const void *item, void *old)
{
	struct fm__watch *chan = fm__watch_of(tx);

	if (!old && chan->item_drop) {
		replace_owned(chan, item);
		return;
	}
	if (old)
		fm__chan_copy(old, chan->value, chan->item_bytes);
	fm__chan_copy(chan->value, item, chan->item_bytes);
	tell(chan);
}

int fm_watch_send(struct fm_watch_tx *tx, const void *item)
{
	if (fm__watch_of(tx)->rxs == 0)
		return FM_ERR_CLOSED;
	fm_watch_send_replace(tx, item, NULL);
	return FM_OK;
}

void fm_watch_send_modify(struct fm_watch_tx *tx, void (*modify)(void *value, void *argument), void *argument)
{
	struct fm__watch *chan = fm__watch_of(tx);

	modify(chan->value, argument);
	tell(chan);
}

bool fm_watch_send_if_modified(struct fm_watch_tx *tx, bool (*modify)(void *value, void *argument),
			       void *argument)
{
	struct fm__watch *chan = fm__watch_of(tx);

	if (!modify(chan->value, argument))
		return false;
	tell(chan);
	return true;
}

const void *fm_watch_tx_borrow(const struct fm_watch_tx *tx)
{
	return fm__watch_of(tx)->value;
}

size_t fm_watch_receiver_count(const struct fm_watch_tx *tx)
{
	return fm__watch_of(tx)->rxs;
}
