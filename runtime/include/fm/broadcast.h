/*
 * fm/broadcast.h -- every receiver gets every item; who falls behind by more than the capacity is told how
 * much it missed. Semantics are tokio's, but for the capacity, which is exactly the one asked for.
 *
 * Sending never waits: it overwrites the oldest item. An item is kept until every receiver that was there
 * when it was sent has passed it. Handles are counted pointers of the executor's thread.
 */
#ifndef FM_BROADCAST_H
#define FM_BROADCAST_H

#include <fm/waitq.h>

struct fm_broadcast_tx; /* a sender: a counted handle */
struct fm_broadcast_rx; /* a receiver: its own place in the sequence */

struct fm_broadcast_config {
	size_t item_bytes; /* 0 is legal; at most 2^30, and 16 KiB with an item_drop */
	size_t capacity;   /* items kept for slow receivers; 1 to 2^31 */
	/*
	 * Destroys an item that the last receiver has passed, or that was overwritten. NULL: nothing. It
	 * may use the channel.
	 */
	void (*item_drop)(void *item);
	/*
	 * Makes the copy that a receiver gets, as of items that are counted references. NULL: a bitwise
	 * copy, which owns nothing where there is an item_drop. The last receiver gets the item itself.
	 * Must not use the channel.
	 */
	void (*item_clone)(void *to, const void *from);
	uint64_t start; /* the position of the first item; any value works, wrapping too */
};

/*
 * fm_broadcast_new -- a channel with a sender and no receivers yet: subscribe.
 *
 * Errors:    FM_OK
 *            FM_ERR_NOMEM    *tx is NULL
 *            FM_ERR_INVALID  a field of the config is out of its bounds, sizes overflow, or no executor is
 *                            running
 * Ownership: the caller gives *tx back with fm_broadcast_tx_drop.
 * Cost:      one allocation of about capacity * (8 + item_bytes) bytes.
 */
int fm_broadcast_new(size_t item_bytes, size_t capacity, void (*item_drop)(void *item),
		     struct fm_broadcast_tx **tx);
int fm_broadcast_new_with(const struct fm_broadcast_config *config, struct fm_broadcast_tx **tx);

/* fm_broadcast_tx_clone -- one more handle to the same senders' side. Cannot fail. */
struct fm_broadcast_tx *fm_broadcast_tx_clone(struct fm_broadcast_tx *tx);

/*
 * fm_broadcast_tx_drop -- give a sender back. After the last one the receivers see FM_ERR_CLOSED behind all
 * items kept for them. NULL: nothing.
 */
void fm_broadcast_tx_drop(struct fm_broadcast_tx *tx);

/*
 * fm_broadcast_subscribe -- a receiver of what is sent from now on; fm_broadcast_resubscribe -- the same
 * from a receiver.
 *
 * Errors:    FM_OK; FM_ERR_NOMEM: *rx is NULL.
 * Ownership: the caller gives *rx back with fm_broadcast_rx_drop.
 */
int fm_broadcast_subscribe(struct fm_broadcast_tx *tx, struct fm_broadcast_rx **rx);
int fm_broadcast_resubscribe(const struct fm_broadcast_rx *from, struct fm_broadcast_rx **rx);

/*
 * fm_broadcast_rx_drop -- give a receiver back; it passes what it had not received. NULL: nothing. O(what
 * it passes).
 */
void fm_broadcast_rx_drop(struct fm_broadcast_rx *rx);

/*
 * fm_broadcast_send -- send to all receivers there are.
 *
 * Shape:     *receivers, where not NULL, is set to how many.
 * Errors:    FM_OK          the item is the channel's
 *            FM_ERR_CLOSED  there is no receiver; the item is untouched and still the caller's; a later
 *                           send may do
 * Order:     waiting receivers are woken in the order in which they began to wait.
 * Cost:      O(receivers that wait); no allocation.
 */
int fm_broadcast_send(struct fm_broadcast_tx *tx, const void *item, size_t *receivers);

/* fm_broadcast_len -- items kept; those that all receivers have passed do not count. */
size_t fm_broadcast_len(const struct fm_broadcast_tx *tx);
size_t fm_broadcast_receiver_count(const struct fm_broadcast_tx *tx);

/* fm_broadcast_rx_len -- items sent and not received by this receiver, those it has missed included. */
uint64_t fm_broadcast_rx_len(const struct fm_broadcast_rx *rx);

/*
 * fm_broadcast_recv_init -- receive the next item.
 *
 * Shape:     out points to item_bytes writable bytes.
 * Errors:    at READY, fut.status is
 *              FM_OK          one item copied to *out
 *              FM_ERR_LAGGED  self->missed items were overwritten before this receiver got to them; *out
 *                             untouched; the next receive gives the oldest item kept
 *              FM_ERR_CLOSED  all senders are gone, and everything kept was received; *out untouched
 * Ownership: borrows rx and out, unmoved, until READY or drop.
 * Cancel:    SAFE: the receiver stays where it is.
 * Order:     items in the order sent.
 * Cost:      O(1); no allocation.
 */
struct fm_broadcast_recv {
	struct fm_future fut;
	struct fm_broadcast_rx *rx;
	void *out;
	uint64_t missed;
	struct fm_waiter waiter;
};

struct fm_future *fm_broadcast_recv_init(struct fm_broadcast_recv *self, struct fm_broadcast_rx *rx,
					 void *out);

/*
 * fm_broadcast_try_recv -- receive now or not at all.
 *
 * Errors:    FM_OK, FM_ERR_LAGGED (*missed is set; missed may be NULL), FM_ERR_CLOSED as
 *            fm_broadcast_recv_init; FM_ERR_EMPTY: nothing yet.
 */
int fm_broadcast_try_recv(struct fm_broadcast_rx *rx, void *out, uint64_t *missed);

/*
 * fm_broadcast_tx_closed_init -- wait until there is no receiver. READY at once where there is none yet.
 *
 * Errors:    at READY, fut.status is FM_OK. A subscription may end that state again.
 * Ownership: borrows tx until READY or drop. Cancel: SAFE. Order: of the first poll. Cost: O(1); no
 *            allocation.
 */
struct fm_broadcast_tx_closed {
	struct fm_future fut;
	struct fm_broadcast_tx *tx;
	struct fm_waiter waiter;
};

struct fm_future *fm_broadcast_tx_closed_init(struct fm_broadcast_tx_closed *self,
					      struct fm_broadcast_tx *tx);

#endif
