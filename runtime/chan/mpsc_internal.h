/*
 * The layout of an mpsc channel and its fast paths: a slot taken, an item pushed, an item popped.
 *
 * Items lie in blocks. A small bounded channel has one block, behind the channel itself, that is used as a
 * ring; others take blocks as they fill and keep one spare. Both push and pop by a pointer that moves on by
 * one item and, at the end of its block, takes a step that is out of line: no index, no division, one
 * predictable branch.
 *
 * `room` counts the pushes that cannot fail. It never falls below `permits`, so using a permit needs no
 * memory. A ring's room never ends.
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
	size_t queued;  /* items to be received */
	size_t free;    /* slots that nobody has; > 0 only while nobody waits for one */
	size_t room;    /* pushes for which there is memory */
	size_t permits; /* slots held by permits */
	size_t txs;     /* senders' handles and permits */
	uint32_t item_bytes;
	uint32_t stride;            /* from item to item; 1 where items have no bytes */
	struct fm_future *receiver; /* the receive that waits; NULL: none */
	struct fm_waker rx_waker;   /* its waker */
	struct fm_waitq senders;    /* who waits for a slot */
	struct fm_waitq closers;    /* who waits for the close */
	bool closed;
	bool rx_gone;
	bool ring;       /* one block, in the channel's own allocation */
	uint32_t pins;   /* calls under way that need the channel after calling out */
	size_t capacity; /* SIZE_MAX: unbounded */
	size_t block_items;
	struct fm__block *write_block;
	struct fm__block *read_block;
	struct fm__block *spares;
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

/* At the end of the block: go on in the next. Only where room says that there is one. */
void fm__mpsc_step_write(struct fm__mpsc *chan);
void fm__mpsc_step_read(struct fm__mpsc *chan);
/* One more block, or the only one anew; false: no memory. */
bool fm__mpsc_grow(struct fm__mpsc *chan);
void fm__mpsc_free_blocks(struct fm__mpsc *chan);
void fm__mpsc_free_if_last(struct fm__mpsc *chan);
/* A slot got free while somebody waits for one. */
void fm__mpsc_hand_over(struct fm__mpsc *chan);

/* Memory for one more push besides those promised to permits. */
static inline bool fm__mpsc_has_room(struct fm__mpsc *chan)
{
	return FM_LIKELY(chan->room > chan->permits) || fm__mpsc_grow(chan);
}

static inline void fm__mpsc_push(struct fm__mpsc *chan, const void *item)
{
	if (FM_UNLIKELY(chan->write == chan->write_end))
		fm__mpsc_step_write(chan);
	fm__chan_copy(chan->write, item, chan->item_bytes);
	chan->write += chan->stride;
	chan->room--;
	chan->queued++;
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

/* A slot that is nobody's any more: to the oldest that waits, or free. */
static inline void fm__mpsc_release_slot(struct fm__mpsc *chan)
{
	if (FM_UNLIKELY(fm_waitq_first(&chan->senders) != NULL))
		fm__mpsc_hand_over(chan);
	else
		chan->free++;
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

#define FM__MPSC_SLOT_KIND "mpsc send"

/* What a send and a reserve do with a slot where the fast path below does not hold; in mpsc_slot.c. */
int fm__mpsc_slot_poll_slow(struct fm_mpsc_slot *slot, struct fm_future *future, struct fm_context *cx,
			    bool holds);
void fm__mpsc_slot_drop(struct fm_mpsc_slot *slot, struct fm_future *future);

/*
 * FM_OK: a slot and memory for an item are the caller's; FM_ERR_AGAIN: PENDING; else how the future ends.
 * `holds`: the slot is reported as held from now on, else as used.
 */
static inline int fm__mpsc_slot_poll(struct fm__mpsc *chan, struct fm_mpsc_slot *slot,
				     struct fm_future *future, struct fm_context *cx, bool holds)
{
	if (FM_UNLIKELY(chan->free == 0 || chan->closed || slot->granted || chan->room <= chan->permits))
		return fm__mpsc_slot_poll_slow(slot, future, cx, holds);
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	chan->free--;
	if (holds)
		fm_observe_grant(FM__MPSC_SLOT_KIND, &chan->senders, NULL);
	return FM_OK;
}

static inline void fm__mpsc_slot_init(struct fm_mpsc_slot *slot, struct fm_mpsc_tx *tx)
{
	slot->tx = tx;
	fm_waiter_init(&slot->waiter);
	slot->granted = false;
}

/* FM_OK: the running task took a slot, and there is memory for an item; else why not. */
static inline int fm__mpsc_slot_try(struct fm__mpsc *chan)
{
	if (FM_UNLIKELY(chan->closed))
		return FM_ERR_CLOSED;
	if (chan->free == 0)
		return FM_ERR_FULL;
	if (!fm__mpsc_has_room(chan))
		return FM_ERR_NOMEM;
	chan->free--;
	return FM_OK;
}

#endif
