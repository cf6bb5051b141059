/*
 * fm/mpsc.h -- a queue of items from many senders to one receiver, bounded or not. Semantics are tokio's.
 *
 * A bounded channel has `capacity` slots. A send takes a slot and puts an item in it; a reserve takes one
 * and gives a permit for it, so that what is to be sent can be made later; the slot is free again when the
 * receiver has the item. Who waits for a slot waits first come, first served, and a slot is handed to the
 * oldest waiting future as it gets free: one that is dropped with a slot in its hand passes it on.
 *
 * Handles are counted pointers of the executor's thread. Futures never outlive what they borrow; a permit
 * is a handle of its own.
 */
#ifndef FM_MPSC_H
#define FM_MPSC_H

#include <fm/waitq.h>

struct fm_mpsc_tx; /* a sender: a counted handle */
struct fm_mpsc_rx; /* the receiver: the only one */

/*
 * fm_mpsc_new -- a bounded channel.
 *
 * Shape:     items of item_bytes (0 is legal), copied bitwise, stored aligned to 8 at most. item_drop
 *            (NULL: nothing) destroys items that are never received.
 * Errors:    FM_OK
 *            FM_ERR_NOMEM    *tx and *rx are NULL
 *            FM_ERR_INVALID  capacity is 0 or above 2^31, item_bytes above 2^30, their product overflows,
 *                            or no executor is running
 * Ownership: the caller gives back both handles: fm_mpsc_tx_drop, fm_mpsc_rx_drop.
 * Cost:      one allocation, which holds all items where they fit 64 KiB; a larger channel takes memory as
 *            it fills.
 */
int fm_mpsc_new(size_t item_bytes, size_t capacity, void (*item_drop)(void *item), struct fm_mpsc_tx **tx,
		struct fm_mpsc_rx **rx);

/* fm_mpsc_new_unbounded -- a channel whose senders never wait. Errors and ownership as fm_mpsc_new. */
int fm_mpsc_new_unbounded(size_t item_bytes, void (*item_drop)(void *item), struct fm_mpsc_tx **tx,
			  struct fm_mpsc_rx **rx);

/* fm_mpsc_tx_clone -- one more handle to the same senders' side. Cannot fail. */
struct fm_mpsc_tx *fm_mpsc_tx_clone(struct fm_mpsc_tx *tx);

/*
 * fm_mpsc_tx_drop -- give a sender back. After the last one the receiver sees FM_ERR_CLOSED behind the
 * items. NULL: nothing.
 */
void fm_mpsc_tx_drop(struct fm_mpsc_tx *tx);

/*
 * fm_mpsc_rx_drop -- close, and give the receiver back: the items in the channel are destroyed. NULL:
 * nothing.
 */
void fm_mpsc_rx_drop(struct fm_mpsc_rx *rx);

/*
 * fm_mpsc_close -- as the receiver: no more sends and reserves. Waiting ones get FM_ERR_CLOSED; items in
 * the channel and those of permits given out before still come.
 */
void fm_mpsc_close(struct fm_mpsc_rx *rx);

/* Whether a send would give FM_ERR_CLOSED. */
bool fm_mpsc_is_closed(const struct fm_mpsc_tx *tx);

/* fm_mpsc_capacity -- slots that are free now; fm_mpsc_capacity_max -- all. Unbounded: SIZE_MAX. */
size_t fm_mpsc_capacity(const struct fm_mpsc_tx *tx);
size_t fm_mpsc_capacity_max(const struct fm_mpsc_tx *tx);

/* fm_mpsc_len -- items that can be received now; permits do not count. */
size_t fm_mpsc_len(const struct fm_mpsc_rx *rx);

/*
 * fm_mpsc_try_send -- send now or not at all.
 *
 * Errors:    FM_OK          the item is the channel's
 *            FM_ERR_FULL    no slot is free
 *            FM_ERR_CLOSED  the receiver has closed or is gone
 *            FM_ERR_NOMEM   a channel that takes memory as it fills could not
 * Ownership: but for FM_OK the item is untouched and still the caller's.
 * Cost:      O(1); an allocation a block of items where memory is taken as the channel fills.
 */
int fm_mpsc_try_send(struct fm_mpsc_tx *tx, const void *item);

/*
 * fm_mpsc_send_now -- send to an unbounded channel. Errors: FM_OK, FM_ERR_CLOSED, FM_ERR_NOMEM as
 * fm_mpsc_try_send; FM_ERR_INVALID for a bounded channel.
 */
int fm_mpsc_send_now(struct fm_mpsc_tx *tx, const void *item);

/* A future's place in the queue for slots. */
struct fm_mpsc_slot {
	struct fm_mpsc_tx *tx;
	struct fm_waiter waiter;
	bool granted; /* a slot was handed over and not used yet */
};

/*
 * fm_mpsc_send_init -- send, waiting for a slot.
 *
 * Shape:     item points to item_bytes bytes, read at the poll that gives READY.
 * Errors:    at READY, fut.status is FM_OK, FM_ERR_CLOSED or FM_ERR_NOMEM, as fm_mpsc_try_send.
 * Ownership: borrows tx and item, unmoved, until READY or drop; but for FM_OK the item is still the caller's.
 * Cancel:    SAFE: nothing was sent; a slot that had been handed over passes on to the next.
 * Order:     waiting sends and reserves in the order of their first poll; items in the order sent.
 * Cost:      O(1); no allocation in a channel of up to 64 KiB.
 */
struct fm_mpsc_send {
	struct fm_future fut;
	struct fm_mpsc_slot slot;
	const void *item;
};

struct fm_future *fm_mpsc_send_init(struct fm_mpsc_send *self, struct fm_mpsc_tx *tx, const void *item);

/*
 * A slot that is held for one item, and a counted handle to the senders' side; movable by assignment, one
 * owner.
 */
struct fm_mpsc_permit {
	struct fm_mpsc_tx *tx; /* NULL: used, or given back */
};

/*
 * fm_mpsc_reserve_init -- wait for a slot and hold it.
 *
 * Errors:    at READY, fut.status is
 *              FM_OK          self->permit is the caller's, to be used or released
 *              FM_ERR_CLOSED, FM_ERR_NOMEM: as fm_mpsc_try_send; no permit
 * Ownership: borrows tx until READY or drop. The permit keeps the channel, and its senders' side, by itself.
 * Cancel:    SAFE: a slot that had been handed over passes on to the next.
 * Order:     with sends, in the order of the first poll.
 * Cost:      O(1); no allocation in a channel of up to 64 KiB.
 */
struct fm_mpsc_reserve {
	struct fm_future fut;
	struct fm_mpsc_slot slot;
	struct fm_mpsc_permit permit;
};

struct fm_future *fm_mpsc_reserve_init(struct fm_mpsc_reserve *self, struct fm_mpsc_tx *tx);

/*
 * fm_mpsc_try_reserve -- a permit now or not at all. Errors: as fm_mpsc_try_send; *permit is empty but for
 * FM_OK.
 */
int fm_mpsc_try_reserve(struct fm_mpsc_tx *tx, struct fm_mpsc_permit *permit);

/*
 * fm_mpsc_permit_send -- put the item into the slot. Never waits, needs no memory, and works after
 * fm_mpsc_close.
 *
 * Errors:    FM_OK          the item is the channel's
 *            FM_ERR_CLOSED  the receiver is gone, or the permit is empty; the item is untouched
 * Ownership: the permit is used up in either case.
 */
int fm_mpsc_permit_send(struct fm_mpsc_permit *permit, const void *item);

/* fm_mpsc_permit_release -- give the slot back unused, to the next that waits. Empty: nothing. */
void fm_mpsc_permit_release(struct fm_mpsc_permit *permit);

/*
 * fm_mpsc_tx_closed_init -- wait until the receiver has closed or is gone.
 *
 * Errors:    at READY, fut.status is FM_OK.
 * Ownership: borrows tx until READY or drop. Cancel: SAFE. Order: of the first poll. Cost: O(1); no
 *            allocation.
 */
struct fm_mpsc_tx_closed {
	struct fm_future fut;
	struct fm_mpsc_tx *tx;
	struct fm_waiter waiter;
};

struct fm_future *fm_mpsc_tx_closed_init(struct fm_mpsc_tx_closed *self, struct fm_mpsc_tx *tx);

/*
 * fm_mpsc_recv_init -- receive the next item.
 *
 * Shape:     out points to item_bytes writable bytes. One receive at a time: a second one that would wait
 *            is a broken contract.
 * Errors:    at READY, fut.status is
 *              FM_OK          one item moved to *out
 *              FM_ERR_CLOSED  empty, and nothing comes any more: all senders gone, or closed and no permit
 *                             out
 * Ownership: borrows rx and out, unmoved, until READY or drop; the item is the caller's.
 * Cancel:    SAFE: takes nothing.
 * Order:     items in the order sent.
 * Cost:      O(1); no allocation.
 */
struct fm_mpsc_recv {
	struct fm_future fut;
	struct fm_mpsc_rx *rx;
	void *out;
};

struct fm_future *fm_mpsc_recv_init(struct fm_mpsc_recv *self, struct fm_mpsc_rx *rx, void *out);

/*
 * fm_mpsc_recv_many_init -- wait for at least one item, receive all there are up to limit.
 *
 * Shape:     out points to limit * item_bytes writable bytes. A limit of 0 is READY at once.
 * Errors:    at READY, fut.status is FM_OK with self->count items moved to out, or FM_ERR_CLOSED with none.
 * Ownership, Order: as fm_mpsc_recv_init.
 * Cancel:    SAFE: takes nothing.
 * Cost:      O(count); one unit of the task's budget.
 */
struct fm_mpsc_recv_many {
	struct fm_future fut;
	struct fm_mpsc_rx *rx;
	void *out;
	size_t limit;
	size_t count;
};

struct fm_future *fm_mpsc_recv_many_init(struct fm_mpsc_recv_many *self, struct fm_mpsc_rx *rx, void *out,
					 size_t limit);

/*
 * fm_mpsc_try_recv -- receive now or not at all.
 *
 * Errors:    FM_OK          one item moved to *out
 *            FM_ERR_EMPTY   nothing yet
 *            FM_ERR_CLOSED  nothing, and nothing comes any more
 */
int fm_mpsc_try_recv(struct fm_mpsc_rx *rx, void *out);

#endif
