/*
 * fm/timer.h -- a deadline in an executor's timer heap; what sleep, timeout and interval are made of.
 *
 * The node lives in its owner's future. Timers fire in the order of their deadlines, equal ones in the order in
 * which they were armed. Deadlines are absolute; FM_NS_MAX never fires and is not even kept.
 */
#ifndef FM_TIMER_H
#define FM_TIMER_H

#include <fm/future.h>

struct fm_timer {
	struct fm_timer *child; /* first child in the pairing heap */
	struct fm_timer *next;  /* next sibling, or next of a train, or of those due */
	struct fm_timer *prev;  /* previous sibling, or the parent of a first child */
	struct fm_timer *train; /* of one in the heap: the first of those that hang behind it */
	fm_ns deadline_ns;
	uint64_t order; /* of arming: breaks ties */
	struct fm_waker waker;
	struct fm_executor *executor; /* whose heap it is in; NULL: not armed */
};

static inline void fm_timer_init(struct fm_timer *timer)
{
	*timer = (struct fm_timer){ .deadline_ns = FM_NS_MAX };
}

/*
 * fm_timer_arm -- wake the task of this poll when the clock reads deadline_ns. Re-arming moves it; with the same
 * deadline it keeps its place and takes the newer waker. Cost: O(1); no allocation.
 */
void fm_timer_arm(struct fm_timer *timer, fm_ns deadline_ns, struct fm_context *cx);

/* fm_timer_move -- another deadline for whoever waits, who keeps waiting. Not armed: nothing. */
void fm_timer_move(struct fm_timer *timer, fm_ns deadline_ns);

/* fm_timer_disarm -- leave the heap, also while due timers are being fired. Not armed: nothing. O(log n) amortised. */
void fm_timer_disarm(struct fm_timer *timer);

static inline bool fm_timer_armed(const struct fm_timer *timer)
{
	return timer->executor != NULL;
}

#endif
