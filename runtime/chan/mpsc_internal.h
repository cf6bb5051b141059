/*
 * The layout of an mpsc channel and its fast paths: a slot taken, an item pushed, an item popped.
 *
 * Items lie in blocks. A small bounded channel has one block, behind the channel itself, that is used as a
 * ring; others take blocks as they fill and keep one spare. Both push and pop by a pointer that moves on by
 * one item and, at the end of its block, takes a step that is out of line: no index, no division, one
 * predictable branch.
 *
 * Slots are not counted while all is simple: as long as nobody holds one without an item in it (`held` is
 * 0), an item in the queue is a slot in use, and one comparison says both "not full" and "not closed". All
 * else is out of line. Memory is promised to permits: there is always room for as many items.
 */
#ifndef FM_MPSC_INTERNAL_H
#define FM_MPSC_INTERNAL_H

#include "internal.h"

#include <fm/mpsc.h>

struct fm__block {
	struct fm__block *next;
	char items[];
};

struct fm__mpsc {
	char *write; /* where the next item goes; at write_end: into the next block */
	char *write_end;
	char *read; /* the oldest item; at read_end: in the next block */
	char *read_end;
	size_t queued; /* items to be received */
	size_t held;   /* slots handed over or of permits; together with queued at most capacity */
	size_t limit;  /* capacity; 0 once closed */
	uint32_t item_bytes;
	uint32_t stride;            /* from item to item; 1 where items have no bytes */
	struct fm_waitq senders;    /* who waits for a slot; only while there is none */
	struct fm_future *receiver; /* the receive that waits; NULL: none */
	struct fm_waker rx_waker;   /* its waker */
	struct fm_waitq closers;    /* who waits for the close */
	bool closed;
	bool rx_gone;
	bool ring;          /* one block, in the channel's own allocation */
	uint32_t pins;      /* calls under way that need the channel after calling out */
	size_t permits;     /* of those held */
	size_t txs;         /* senders' handles and permits */
	size_t capacity;    /* SIZE_MAX: unbounded */
	size_t block_bytes; /* of a block's items */
	size_t spare_count;
	struct fm__block *spares;
	struct fm__block *write_block;
	struct fm__block *read_block;
	void (*item_drop)(void *item);
	struct fm_env *env;
	size_t bytes;             /* of this allocation */
	struct fm__block first[]; /* the ring's */
};

static inline struct fm__mpsc *fm__mpsc_of_tx(const struct fm_mpsc_tx *tx)
{
	return (struct fm__mpsc *)tx;
}

static inline struct fm__mpsc *fm__mpsc_of_rx(const struct fm_mpsc_rx *rx)
{
	return (struct fm__mpsc *)rx;
}

/* The same for what is not the poll of a future, which tells by its charge or its wait that it touches the channel. */
static inline struct fm__mpsc *fm__mpsc_touch_tx(const struct fm_mpsc_tx *tx)
{
	fm_observe_touch(tx);
	return fm__mpsc_of_tx(tx);
}

static inline struct fm__mpsc *fm__mpsc_touch_rx(const struct fm_mpsc_rx *rx)
{
	fm_observe_touch(rx);
	return fm__mpsc_of_rx(rx);
}

/* At the end of the block: go on in the next. Writing only where there is room. */
void fm__mpsc_step_write(struct fm__mpsc *chan);
void fm__mpsc_step_read(struct fm__mpsc *chan);
/* Memory for one more item besides those of permits; false: there is none. */
bool fm__mpsc_make_room(struct fm__mpsc *chan);
void fm__mpsc_free_blocks(struct fm__mpsc *chan);
void fm__mpsc_free_if_last(struct fm__mpsc *chan);
/* A slot that is nobody's goes to the oldest that waits; there is one. */
void fm__mpsc_hand_over(struct fm__mpsc *chan);
/* So many slots that are nobody's go to those that wait longest, as far as there are any. */
void fm__mpsc_hand_over_many(struct fm__mpsc *chan, size_t slots);

#define FM__MPSC_ITEM_KIND "mpsc"

static inline void fm__mpsc_push(struct fm__mpsc *chan, const void *item)
{
	if (FM_UNLIKELY(chan->write == chan->write_end))
		fm__mpsc_step_write(chan);
	fm__chan_copy(chan->write, item, chan->item_bytes);
	chan->write += chan->stride;
	chan->queued++;
	fm_observe_item(FM__MPSC_ITEM_KIND, chan, true);
}

/* The oldest item, out of the queue; valid until the next pop or push. */
static inline char *fm__mpsc_pop(struct fm__mpsc *chan)
{
	char *item;

	if (FM_UNLIKELY(chan->read == chan->read_end))
		fm__mpsc_step_read(chan);
	item = chan->read;
	chan->read += chan->stride;
	chan->queued--;
	return item;
}

/* A slot is nobody's any more: its item was popped, or `held` has been counted down. */
static inline void fm__mpsc_offer_slot(struct fm__mpsc *chan)
{
	if (FM_UNLIKELY(!fm_list_empty(&chan->senders.waiters)))
		fm__mpsc_hand_over(chan);
}

static inline void fm__mpsc_wake_receiver(struct fm__mpsc *chan)
{
	if (!chan->receiver)
		return;
	chan->receiver = NULL;
	fm_waker_wake(&chan->rx_waker);
}

/* Empty, and no item can come any more. */
static inline bool fm__mpsc_ended(const struct fm__mpsc *chan)
{
	return chan->queued == 0 && (chan->txs == 0 || (chan->closed && chan->permits == 0));
}

/*
 * A slot and memory for an item, without waiting, in mpsc_slot.c: FM_OK, or why not. FM_OK changes nothing:
 * the caller pushes, or counts a permit.
 */
int fm__mpsc_slot_try_slow(struct fm__mpsc *chan);

static inline bool fm__mpsc_slot_is_simple(const struct fm__mpsc *chan)
{
	return FM_LIKELY(chan->held == 0 && chan->queued < chan->limit && chan->write != chan->write_end);
}

static inline int fm__mpsc_slot_try(struct fm__mpsc *chan)
{
	return fm__mpsc_slot_is_simple(chan) ? FM_OK : fm__mpsc_slot_try_slow(chan);
}

/*
 * The same for a future that may wait; FM_ERR_AGAIN: PENDING. After FM_OK, slot->granted says whether the
 * slot was handed over, and is counted in `held` still.
 */
int fm__mpsc_slot_poll_slow(struct fm_mpsc_slot *slot, struct fm_future *future, struct fm_context *cx);
void fm__mpsc_slot_drop(struct fm_mpsc_slot *slot, struct fm_future *future);

static inline int fm__mpsc_slot_poll(struct fm__mpsc *chan, struct fm_mpsc_slot *slot,
				     struct fm_future *future, struct fm_context *cx)
{
	if (!fm__mpsc_slot_is_simple(chan))
		return fm__mpsc_slot_poll_slow(slot, future, cx);
	return fm_coop_on(cx, chan) ? FM_OK : FM_ERR_AGAIN;
}

#define FM__MPSC_SLOT_KIND "mpsc send"

static inline void fm__mpsc_slot_init(struct fm_mpsc_slot *slot, struct fm_mpsc_tx *tx)
{
	slot->tx = tx;
	fm_waiter_init(&slot->waiter);
	slot->granted = false;
}

#endif
