/*
 * fm/watch.h -- one value, of which receivers want the newest: they see that it changed, not how often.
 * Semantics are tokio's.
 *
 * Receivers look at the value in place. A borrowed pointer is good until the next send or the end of the
 * channel, so never across an await. Versions are compared for being equal only; they may start anywhere
 * and wrap.
 */
#ifndef FM_WATCH_H
#define FM_WATCH_H

#include <fm/waitq.h>

struct fm_watch_tx; /* a sender: a counted handle */
struct fm_watch_rx; /* a receiver: it knows which version it has seen */

struct fm_watch_config {
	size_t item_bytes; /* 0 is legal; at most 2^30, and 16 KiB with an item_drop */
	/*
	 * Destroys a value that was replaced, and the last one with the channel. NULL: nothing. It may use
	 * the channel.
	 */
	void (*item_drop)(void *item);
	uint64_t version; /* of the initial value; any value works */
};

/*
 * fm_watch_new -- a channel with a value, a sender, and no receivers yet: subscribe.
 *
 * Shape:     initial points to item_bytes bytes, copied bitwise; stored aligned to 8.
 * Errors:    FM_OK          the value is the channel's
 *            FM_ERR_NOMEM   *tx is NULL; the value is still the caller's
 *            FM_ERR_INVALID the same; a field of the config is out of its bounds, or no executor is running
 * Ownership: the caller gives *tx back with fm_watch_tx_drop.
 * Cost:      one allocation.
 */
int fm_watch_new(size_t item_bytes, const void *initial, void (*item_drop)(void *item),
		 struct fm_watch_tx **tx);
int fm_watch_new_with(const struct fm_watch_config *config, const void *initial, struct fm_watch_tx **tx);

/* fm_watch_tx_clone -- one more handle to the same senders' side. Cannot fail. */
struct fm_watch_tx *fm_watch_tx_clone(struct fm_watch_tx *tx);

/* fm_watch_tx_drop -- give a sender back. After the last one receivers still see the value. NULL: nothing. */
void fm_watch_tx_drop(struct fm_watch_tx *tx);

/*
 * fm_watch_subscribe -- a receiver that has seen the value there is; fm_watch_rx_clone -- one that has seen
 * what `from` has.
 *
 * Errors:    FM_OK; FM_ERR_NOMEM: *rx is NULL.
 * Ownership: the caller gives *rx back with fm_watch_rx_drop (NULL: nothing).
 */
int fm_watch_subscribe(struct fm_watch_tx *tx, struct fm_watch_rx **rx);
int fm_watch_rx_clone(const struct fm_watch_rx *from, struct fm_watch_rx **rx);
void fm_watch_rx_drop(struct fm_watch_rx *rx);

/*
 * fm_watch_send -- replace the value.
 *
 * Errors:    FM_OK          the item is the channel's, the value before is destroyed
 *            FM_ERR_CLOSED  there is no receiver; nothing happened, the item is still the caller's
 * Order:     waiting receivers are woken in the order in which they began to wait.
 * Cost:      O(receivers that wait); no allocation.
 */
int fm_watch_send(struct fm_watch_tx *tx, const void *item);

/*
 * fm_watch_send_replace -- replace the value, receivers or not. The value before is moved to *old; NULL:
 * destroyed.
 */
void fm_watch_send_replace(struct fm_watch_tx *tx, const void *item, void *old);

/* fm_watch_send_modify -- change the value in place, receivers or not. `modify` must not use the channel. */
void fm_watch_send_modify(struct fm_watch_tx *tx, void (*modify)(void *value, void *argument),
			  void *argument);

/*
 * fm_watch_send_if_modified -- the same; receivers are told only where `modify` gives true, which is given
 * back.
 */
bool fm_watch_send_if_modified(struct fm_watch_tx *tx, bool (*modify)(void *value, void *argument),
			       void *argument);

/* fm_watch_tx_borrow, fm_watch_borrow -- the value, in place. The receiver does not count it as seen. */
const void *fm_watch_tx_borrow(const struct fm_watch_tx *tx);
const void *fm_watch_borrow(const struct fm_watch_rx *rx);

/* fm_watch_borrow_and_update -- the value, which the receiver has seen then. */
const void *fm_watch_borrow_and_update(struct fm_watch_rx *rx);

/*
 * fm_watch_has_changed -- whether there is a version that this receiver has not seen.
 * Errors: FM_OK: *changed is set; FM_ERR_CLOSED: it is set too, and all senders are gone.
 */
int fm_watch_has_changed(const struct fm_watch_rx *rx, bool *changed);

/* fm_watch_mark_changed -- count the value as not seen; fm_watch_mark_unchanged -- count it as seen. */
void fm_watch_mark_changed(struct fm_watch_rx *rx);
void fm_watch_mark_unchanged(struct fm_watch_rx *rx);

size_t fm_watch_receiver_count(const struct fm_watch_tx *tx);

/*
 * fm_watch_changed_init -- wait for a version that this receiver has not seen.
 *
 * Errors:    at READY, fut.status is
 *              FM_OK          there is one, and it counts as seen now
 *              FM_ERR_CLOSED  there is none, and all senders are gone
 * Ownership: borrows rx until READY or drop.
 * Cancel:    SAFE: nothing counts as seen.
 * Order:     receivers are woken in the order of their first poll.
 * Cost:      O(1); no allocation.
 */
struct fm_watch_changed {
	struct fm_future fut;
	struct fm_watch_rx *rx;
	struct fm_waiter waiter;
};

struct fm_future *fm_watch_changed_init(struct fm_watch_changed *self, struct fm_watch_rx *rx);

/*
 * fm_watch_wait_for_init -- wait for a value that the predicate holds for, the one there is included.
 *
 * Shape:     the predicate may be asked twice about a value, and must not use the channel.
 * Errors:    at READY, fut.status is
 *              FM_OK          it holds for the value there is, which counts as seen
 *              FM_ERR_CLOSED  it does not hold for the last value, and all senders are gone
 * Ownership: borrows rx and argument until READY or drop.
 * Cancel:    SAFE: the values asked about count as seen, but for one for which it held.
 * Cost:      O(1) and one question a version; no allocation.
 */
struct fm_watch_wait_for {
	struct fm_future fut;
	struct fm_watch_rx *rx;
	bool (*predicate)(const void *value, void *argument);
	void *argument;
	uint64_t asked; /* the version the predicate did not hold for, once `any` */
	bool any;
	struct fm_waiter waiter;
};

struct fm_future *fm_watch_wait_for_init(struct fm_watch_wait_for *self, struct fm_watch_rx *rx,
					 bool (*predicate)(const void *value, void *argument),
					 void *argument);

/*
 * fm_watch_tx_closed_init -- wait until there is no receiver. READY at once where there is none yet.
 *
 * Errors:    at READY, fut.status is FM_OK. A subscription may end that state again.
 * Ownership: borrows tx until READY or drop. Cancel: SAFE. Order: of the first poll. Cost: O(1); no
 *            allocation.
 */
struct fm_watch_tx_closed {
	struct fm_future fut;
	struct fm_watch_tx *tx;
	struct fm_waiter waiter;
};

struct fm_future *fm_watch_tx_closed_init(struct fm_watch_tx_closed *self, struct fm_watch_tx *tx);

#endif
