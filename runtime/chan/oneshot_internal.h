/*
 * The layout of a oneshot: 8 bytes of state, the receiver's waker, and one place that holds first the waker
 * of a sender that waits for the close, then the item. Sending ends the sender, so the two never live at
 * once.
 *
 *     | item_bytes 4 | flags 1 | - 3 | rx_waker 8 | item, or tx_waker: >= 8 | item_drop 8, where OWNING |
 */
#ifndef FM_ONESHOT_INTERNAL_H
#define FM_ONESHOT_INTERNAL_H

#include "internal.h"

#include <fm/oneshot.h>

enum {
	FM__ONESHOT_SENT = 1,        /* the item is there */
	FM__ONESHOT_TX_GONE = 2,     /* sent, or given back */
	FM__ONESHOT_RX_CLOSED = 4,   /* no more sends */
	FM__ONESHOT_RX_GONE = 8,     /* nobody receives */
	FM__ONESHOT_TX_WAITING = 16, /* tx_waker lives */
	FM__ONESHOT_OWNING = 32,     /* item_drop stands behind the item */
};

struct fm_oneshot {
	uint32_t item_bytes;
	uint8_t flags;
	struct fm_waker rx_waker;
	union {
		struct fm_waker tx_waker;
		uint64_t item; /* where it begins: it may be longer */
	};
};

_Static_assert(sizeof(struct fm_oneshot) == 24, "a oneshot of 8 bytes is meant to be small");

static inline char *fm__oneshot_item(struct fm_oneshot *chan)
{
	return (char *)chan + offsetof(struct fm_oneshot, item);
}

/* The sender's closed-waker, out of its slot; none where nobody waits. */
static inline struct fm_waker fm__oneshot_take_tx_waker(struct fm_oneshot *chan)
{
	if (!(chan->flags & FM__ONESHOT_TX_WAITING))
		return FM_WAKER_NONE;
	chan->flags &= (uint8_t)~FM__ONESHOT_TX_WAITING;
	return chan->tx_waker;
}

/* The receiving side lets go: the item, if any, is destroyed unless it was moved out. */
void fm__oneshot_release_rx(struct fm_oneshot *chan, bool moved);
void fm__oneshot_close(struct fm_oneshot *chan);

#endif
