/*
 * fm/waker.h -- the promise that somebody will be polled again.
 *
 * A waker is one word that owns a counted reference: to a task, or (lowest bit
 * set) to a wakeable of the caller's own making, such as the sub-waker of a
 * combinator or the checked waker of the simulator.
 *
 * Waking is legal from any thread, at any time, also after the task has ended.
 * Two wakes before a poll are one. Identity belongs to the poll of a future, so
 * a future keeps the waker of its newest poll and no older one: fm_waker_store.
 */
#ifndef FM_WAKER_H
#define FM_WAKER_H

#include <fm/base.h>

struct fm_task;
struct fm_context;
struct fm_wakeable;

/* No waker is {0}. */
struct fm_waker {
	uintptr_t bits;
};

/*
 * What a wakeable of one's own implements. Every operation may be called from any
 * thread; none of them may poll a future.
 */
struct fm_waker_ops {
	struct fm_waker (*clone)(struct fm_wakeable *self);
	void (*wake)(struct fm_wakeable *self); /* keeps the reference */
	void (*drop)(struct fm_wakeable *self); /* gives the reference back */
	bool (*will_wake)(const struct fm_wakeable *self, struct fm_waker other);
};

struct fm_wakeable {
	const struct fm_waker_ops *ops;
};

#define FM_WAKER_NONE ((struct fm_waker){ 0 })

static inline bool fm_waker_is_none(struct fm_waker waker)
{
	return waker.bits == 0;
}

static inline struct fm_waker fm_waker_of(struct fm_wakeable *wakeable)
{
	return (struct fm_waker){ (uintptr_t)wakeable + 1 };
}

static inline struct fm_wakeable *fm_waker_wakeable(struct fm_waker waker)
{
	return (waker.bits & 1) ? (struct fm_wakeable *)(waker.bits - 1) : NULL;
}

/*
 * fm_waker_clone -- another counted reference to the same.
 * Ownership: the caller owns the result and drops it. Cost: O(1), no lock; the simulator allocates.
 */
struct fm_waker fm_waker_clone(struct fm_waker waker);

/* fm_waker_wake_by_ref -- schedule the task; the caller keeps its reference. No waker: nothing. */
void fm_waker_wake_by_ref(struct fm_waker waker);

/* fm_waker_drop -- give the reference back and forget it: *waker is none then. */
void fm_waker_drop(struct fm_waker *waker);

/* fm_waker_wake -- take the waker out of *waker, wake, and drop it. The slot is empty before the wake. */
void fm_waker_wake(struct fm_waker *waker);

/* Whether waking `a` wakes the very poll that `b` belongs to. */
bool fm_waker_will_wake(struct fm_waker a, struct fm_waker b);

/*
 * fm_waker_store -- keep the waker of this poll in *slot, replacing an older one.
 * What every leaf calls before it returns PENDING. Does nothing where *slot will wake this poll already.
 */
void fm_waker_store(struct fm_waker *slot, const struct fm_context *cx);

#endif
