/*
 * fm/sleep.h -- wait for a point in time of the monotonic clock.
 */
#ifndef FM_SLEEP_H
#define FM_SLEEP_H

#include <fm/timer.h>

struct fm_sleep {
	struct fm_future fut;
	struct fm_timer timer;
	fm_ns deadline_ns; /* or the length, until it is known when it began */
	bool begun;
};

/*
 * fm_sleep_init -- sleep for length_ns, counted from this call, or from the first poll where no executor
 * runs yet.
 *
 * Errors:    fut.status is FM_OK.
 * Ownership: the caller keeps the sleep, unmoved once polled, until READY or drop.
 * Cancel:    SAFE. (fm_sleep_until_init started anew with the same deadline goes on where it was; a length
 *            begins again.)
 * Order:     sleeps wake in the order of their deadlines, equal ones in the order of first poll.
 * Cost:      O(1) to wait, O(log n) amortised to drop or end; no allocation. A length that reaches beyond
 *            the end of time never ends. 0 is READY at its first poll that has budget.
 */
struct fm_future *fm_sleep_init(struct fm_sleep *self, fm_ns length_ns);

/*
 * fm_sleep_until_init -- the same for an absolute deadline; one that has passed is READY at its first poll.
 */
struct fm_future *fm_sleep_until_init(struct fm_sleep *self, fm_ns deadline_ns);

/*
 * fm_sleep_reset -- move the deadline, also while somebody waits: he is woken for the new one, no sooner or
 * later. One that is READY or dropped is initialised anew, and may be awaited again.
 */
void fm_sleep_reset(struct fm_sleep *self, fm_ns deadline_ns);

#endif
