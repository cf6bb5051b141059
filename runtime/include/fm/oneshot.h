/*
 * fm/oneshot.h -- a channel for one item: one sender, one receiver, 24 bytes for an item of 8.
 *
 * The item stays in the channel until the receiver takes it, so a receive future is three words. Handles
 * are one word and may be moved, or sent by value through another channel; NULL in them means given back.
 * Semantics are tokio's. A channel has no room to remember its environment: it is made and given back while
 * its executor runs.
 */
#ifndef FM_ONESHOT_H
#define FM_ONESHOT_H

#include <fm/future.h>

struct fm_oneshot;

/* The sending side; movable by assignment, one owner. */
struct fm_oneshot_tx {
	struct fm_oneshot *chan; /* NULL: sent, or given back */
};

/* The receiving side; movable by assignment, one owner. */
struct fm_oneshot_rx {
	struct fm_oneshot *chan; /* NULL: received, handed to a future, or given back */
};

/*
 * fm_oneshot_new -- a channel for one item of item_bytes (0 is legal: a mere signal).
 *
 * Shape:     items are copied bitwise and stored aligned to 8.
 * Errors:    FM_OK
 *            FM_ERR_NOMEM    *tx and *rx are empty
 *            FM_ERR_INVALID  item_bytes > 2^30, or no executor is running
 * Ownership: the caller owns both sides and gives back each.
 * Cost:      one allocation of 16 + max(8, item_bytes rounded up to 8) bytes.
 */
int fm_oneshot_new(size_t item_bytes, struct fm_oneshot_tx *tx, struct fm_oneshot_rx *rx);

/*
 * fm_oneshot_new_owning -- the same, of items that own something: one that was sent and is never taken is
 * given to item_drop, as its channel is freed.
 *
 * Errors:    as fm_oneshot_new.
 * Cost:      8 bytes more.
 */
int fm_oneshot_new_owning(size_t item_bytes, void (*item_drop)(void *item), struct fm_oneshot_tx *tx,
			  struct fm_oneshot_rx *rx);

/*
 * fm_oneshot_send -- send the item.
 *
 * Errors:    FM_OK          the item is the channel's
 *            FM_ERR_CLOSED  the receiver is gone or has closed; *item untouched and still the caller's
 * Ownership: tx is given back in either case.
 * Cost:      O(1); no allocation.
 */
int fm_oneshot_send(struct fm_oneshot_tx *tx, const void *item);

/* fm_oneshot_tx_drop -- give the sender back unsent: the receiver sees FM_ERR_CLOSED. Empty: nothing. */
void fm_oneshot_tx_drop(struct fm_oneshot_tx *tx);

/* Whether a send would give FM_ERR_CLOSED. */
bool fm_oneshot_is_closed(const struct fm_oneshot_tx *tx);

/*
 * fm_oneshot_closed_init -- wait until the receiver is gone or has closed: nobody wants the item any more.
 *
 * Shape:     one at a time for a sender.
 * Errors:    at READY, fut.status is
 *              FM_OK          a send would fail
 *              FM_ERR_CLOSED  the sender itself was given back meanwhile
 * Ownership: borrows *tx, which stays where it is until READY or drop.
 * Cancel:    SAFE.
 * Cost:      O(1); no allocation.
 */
struct fm_oneshot_closed {
	struct fm_future fut;
	struct fm_oneshot_tx *tx;
};

struct fm_future *fm_oneshot_closed_init(struct fm_oneshot_closed *self, struct fm_oneshot_tx *tx);

/*
 * fm_oneshot_recv_init -- wait for the item.
 *
 * Errors:    at READY, fut.status is
 *              FM_OK          the item waits to be taken: fm_oneshot_take
 *              FM_ERR_CLOSED  the sender was given back unsent, or the receiver had closed before the send
 * Ownership: takes *rx over (it is empty then). After FM_OK the caller owes one fm_oneshot_take.
 * Cancel:    LOSSY: drop gives the receiver back; an item that was sent is destroyed. To wait again later,
 *            keep the future and poll it by reference.
 * Cost:      O(1); no allocation.
 */
struct fm_oneshot_recv {
	struct fm_future fut;
	struct fm_oneshot *chan; /* NULL: taken, closed, or dropped */
};

_Static_assert(sizeof(struct fm_oneshot_recv) == 24, "a waiting receiver is meant to be small");

struct fm_future *fm_oneshot_recv_init(struct fm_oneshot_recv *self, struct fm_oneshot_rx *rx);

/*
 * fm_oneshot_take -- move the item out of a receive that ended with FM_OK; the channel is freed.
 *
 * Shape:     out points to item_bytes writable bytes; NULL: the item is destroyed instead.
 * Errors:    FM_OK
 *            FM_ERR_EMPTY  the receive is not READY with FM_OK, or the item was taken; *out untouched
 * Cost:      O(1). Legal at any time after the initialiser, so it may stand in a defer.
 */
int fm_oneshot_take(struct fm_oneshot_recv *self, void *out);

/*
 * fm_oneshot_peek -- the item of a receive that ended with FM_OK, in place until it is taken; NULL: there
 * is none.
 */
void *fm_oneshot_peek(const struct fm_oneshot_recv *self);

/*
 * fm_oneshot_try_recv -- take the item if it is there.
 *
 * Errors:    FM_OK          moved to *out; rx is empty
 *            FM_ERR_EMPTY   not sent yet; rx is still the caller's
 *            FM_ERR_CLOSED  nothing comes any more; rx is empty
 */
int fm_oneshot_try_recv(struct fm_oneshot_rx *rx, void *out);

/*
 * fm_oneshot_close, fm_oneshot_recv_close -- from now on sends fail; an item sent before can still be
 * received. The sender's fm_oneshot_closed is woken, and so is the receive itself.
 */
void fm_oneshot_close(struct fm_oneshot_rx *rx);
void fm_oneshot_recv_close(struct fm_oneshot_recv *self);

/* fm_oneshot_rx_drop -- give the receiver back; an item that was sent is destroyed. Empty: nothing. */
void fm_oneshot_rx_drop(struct fm_oneshot_rx *rx);

#endif
