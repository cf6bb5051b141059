/*
 * fm/timeout.h -- a future that is given only so much time.
 */
#ifndef FM_TIMEOUT_H
#define FM_TIMEOUT_H

#include <fm/timer.h>

struct fm_timeout {
	struct fm_future fut;
	struct fm_future *inner;
	struct fm_timer timer;
	fm_ns deadline_ns; /* or the length, until it is known when it began */
	bool begun;
};

/*
 * fm_timeout_init -- await `inner`, for at most length_ns (begun as fm_sleep_init's).
 *
 * Errors:    fut.status is inner's own status, or
 *              FM_ERR_TIMEOUT  the deadline has passed and inner was dropped
 *            An inner that ends so itself is told apart by fm_future_is_ready(inner).
 * Ownership: inner is the timeout's; its outputs may be read when it has ended.
 * Cancel:    what inner says.
 * Order:     inner is polled first: where it is READY it wins, even after the deadline (tokio's order). The
 *            deadline is looked at in every poll, also where inner has spent the whole budget.
 * Cost:      inner's, and a timer; no allocation. A length beyond the end of time never elapses.
 */
struct fm_future *fm_timeout_init(struct fm_timeout *self, struct fm_future *inner, fm_ns length_ns);

/* fm_timeout_at_init -- the same with an absolute deadline. */
struct fm_future *fm_timeout_at_init(struct fm_timeout *self, struct fm_future *inner, fm_ns deadline_ns);

#endif
