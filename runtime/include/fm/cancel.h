/*
 * fm/cancel.h -- a cancellation token: one side says stop, any number of others hear it, for good.
 *
 * Tokens form a tree. Cancelling one cancels its descendants, never its ancestors or siblings. A token is a
 * counted handle on the heap, since tasks share it; giving back the last handle cancels nothing, and the
 * children go on as children of its parent. All belong to one executor's thread.
 */
#ifndef FM_CANCEL_H
#define FM_CANCEL_H

#include <fm/waitq.h>

struct fm_cancel;

/*
 * fm_cancel_new -- a token without a parent, not cancelled.
 *
 * Errors:    NULL: no memory, or no executor is running on this thread.
 * Ownership: the caller owns a handle and gives it back with fm_cancel_unref; that may be after the
 *            executor's end, while its environment lasts.
 * Cost:      one allocation.
 */
struct fm_cancel *fm_cancel_new(void);

/*
 * fm_cancel_child -- a token that is cancelled with `parent`, and at once if that is cancelled already.
 *
 * Errors:    NULL: no memory.
 * Ownership: as fm_cancel_new; the parent's handle stays the caller's, and may be given back before the
 *            child's.
 * Cost:      one allocation.
 */
struct fm_cancel *fm_cancel_child(struct fm_cancel *parent);

/* fm_cancel_ref -- one more handle to the same token; gives the token. */
struct fm_cancel *fm_cancel_ref(struct fm_cancel *self);

/*
 * fm_cancel_unref -- give a handle back. NULL: nothing.
 *
 * Errors: a broken contract when it is the last while a future waits for the token.
 * Cost:   O(1); the last one of a token without a parent O(children).
 */
void fm_cancel_unref(struct fm_cancel *self);

/*
 * fm_cancel_cancel -- cancel the token and all below it. Cancelled already: nothing.
 *
 * Order: first everything is marked, then all waiters are woken: a token's before those of its children,
 *        children in the order of their creation, the waiters of one token in the order in which they came.
 * Cost:  O(tokens below and their waiters), without recursion or allocation. A waker may call anything here.
 */
void fm_cancel_cancel(struct fm_cancel *self);

bool fm_cancel_cancelled(const struct fm_cancel *self);

/*
 * fm_cancel_wait_init -- wait until the token is cancelled.
 *
 * Errors:    at READY, fut.status is FM_OK.
 * Ownership: borrows the token: the caller keeps a handle, and self unmoved, until READY or drop.
 * Cancel:    SAFE: nothing is lost; wait again at will.
 * Cost:      O(1); no allocation, no system call.
 */
struct fm_cancel_wait {
	struct fm_future fut;
	struct fm_cancel *token;
	struct fm_waiter waiter;
	bool waiting; /* has queued */
};

struct fm_future *fm_cancel_wait_init(struct fm_cancel_wait *self, struct fm_cancel *token);

/*
 * fm_cancel_run_init -- run a future until it is READY or the token is cancelled, whichever is first.
 *
 * Errors:    at READY, fut.status is
 *              FM_ERR_CANCELLED  the token was cancelled; the future was dropped, unpolled since
 *              else              the future's own status; its outputs may be read
 *            A future may have FM_ERR_CANCELLED as its own status: then it is READY, not dropped.
 * Ownership: the future belongs to self from here on: dropping self drops it, polled or not. The token is
 *            borrowed.
 * Cancel:    as the future's own; self adds no loss.
 * Order:     the token is looked at first in every poll, so a cancelled token never lets the future go on; a
 *            future that becomes READY in the poll that cancels the token is READY.
 * Cost:      O(1) a poll above the future's own.
 */
struct fm_cancel_run {
	struct fm_future fut;
	struct fm_future *inner;
	struct fm_cancel_wait wait;
};

struct fm_future *fm_cancel_run_init(struct fm_cancel_run *self, struct fm_cancel *token,
				     struct fm_future *inner);

#endif
