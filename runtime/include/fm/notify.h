/*
 * fm/notify.h -- tell tasks that something has changed, without saying what.
 *
 * The semantics are those of tokio's Notify: notify_one wakes the oldest waiter, or is remembered, once at
 * most, for the next; notify_all wakes those who wait now, among them every future initialised before the
 * call, and is remembered for nobody else. So the pattern that loses no change is: initialise the future,
 * look at the state, then await the future.
 *
 * Where tokio lets a future that notify_all has reached before its first poll also swallow a remembered
 * notify_one, this one leaves that to the next.
 */
#ifndef FM_NOTIFY_H
#define FM_NOTIFY_H

#include <fm/waitq.h>

struct fm_notify {
	struct fm_waitq waiters;
	uint64_t generation; /* of notify_all: a future that finds another than at its start was reached */
	uint32_t unclaimed;  /* futures that notify_one has reached and that were not polled since */
	bool permit;         /* a notify_one that found nobody; never while somebody waits */
};

struct fm_notified {
	struct fm_future fut;
	struct fm_notify *notify;
	struct fm_waiter waiter;
	uint64_t generation; /* at the initialisation */
	uint32_t state;      /* idle, waiting, reached by one or by all */
	bool reported;       /* the observer knows that it waits */
};

/* fm_notify_init -- nobody was notified yet; the generation starts at fm_counters_from. */
void fm_notify_init(struct fm_notify *self);

/* fm_notify_init_at -- the generation may start anywhere: it wraps, and only its changes mean anything. */
void fm_notify_init_at(struct fm_notify *self, uint64_t generation);

/*
 * fm_notify_drop -- the end of its memory; a remembered notification is forgotten.
 *
 * Errors: a broken contract while somebody waits, or was reached by notify_one and neither polled nor
 *         dropped since.
 */
void fm_notify_drop(struct fm_notify *self);

/*
 * fm_notified_init -- wait for a notification.
 *
 * Errors:    at READY, fut.status is FM_OK.
 * Ownership: the caller keeps self, unmoved from the first poll or fm_notified_enable, and the notify until
 *            READY or drop.
 * Cancel:    LOSSY: a notify_all that had reached it, or that comes before it is made anew, so look again at
 *            what it told of. Of a notify_one nothing is lost: drop passes it to the next, or has it
 *            remembered. Its place in the queue is lost.
 * Order:     first come, first served, in the order of the first poll or fm_notified_enable.
 * Cost:      O(1); no allocation, no system call.
 */
struct fm_future *fm_notified_init(struct fm_notified *self, struct fm_notify *notify);

/*
 * fm_notified_enable -- join the queue without a poll, so that a notify_one from now on reaches this future
 * in its turn.
 *
 * true: it was notified already, and will be READY when polled; dropped instead, it passes a notify_one on.
 * Enabling again asks again. Cost: O(1).
 */
bool fm_notified_enable(struct fm_notified *self);

/* fm_notify_one -- reach the oldest waiter, or be remembered for the next, once however often. Cost: O(1). */
void fm_notify_one(struct fm_notify *self);

/*
 * fm_notify_all -- reach everybody who waits, and every future initialised and not yet polled; remembered by
 * nobody else. A notification that notify_one has left is not touched. Order: woken oldest first. Cost:
 * O(waiters).
 */
void fm_notify_all(struct fm_notify *self);

#endif
