/*
 * fm/waitq.h -- a queue of futures that wait, first come first served; what locks and channels are made of.
 *
 * A waiter lives in its future. Waking never polls; it takes the waiter out of the queue first, so that whoever is woken may
 * wait again at once.
 */
#ifndef FM_WAITQ_H
#define FM_WAITQ_H

#include <fm/future.h>

struct fm_waitq {
	struct fm_list waiters; /* oldest first */
};

struct fm_waiter {
	struct fm_list link; /* points at itself when it waits in no queue */
	struct fm_waker waker;
};

static inline void fm_waitq_init(struct fm_waitq *queue)
{
	fm_list_init(&queue->waiters);
}

static inline void fm_waiter_init(struct fm_waiter *waiter)
{
	fm_list_init(&waiter->link);
	waiter->waker = FM_WAKER_NONE;
}

static inline bool fm_waiter_queued(const struct fm_waiter *waiter)
{
	return !fm_list_empty(&waiter->link);
}

static inline struct fm_waiter *fm_waitq_first(const struct fm_waitq *queue)
{
	return fm_list_empty(&queue->waiters) ?
		       NULL :
		       FM_CONTAINER_OF(queue->waiters.next, struct fm_waiter, link);
}

/* fm_waitq_wait -- wait at the end of the queue; one that waits already keeps its place and takes this poll's waker. */
static inline void fm_waitq_wait(struct fm_waitq *queue, struct fm_waiter *waiter, const struct fm_context *cx)
{
	if (!fm_waiter_queued(waiter))
		fm_list_push_back(&queue->waiters, &waiter->link);
	fm_waker_store(&waiter->waker, cx);
}

/* fm_waiter_leave -- leave whatever queue it waits in, unwoken, and forget the waker. */
static inline void fm_waiter_leave(struct fm_waiter *waiter)
{
	fm_list_unlink(&waiter->link);
	fm_waker_drop(&waiter->waker);
}

/* fm_waiter_wake -- out of the queue, then woken. */
static inline void fm_waiter_wake(struct fm_waiter *waiter)
{
	fm_list_unlink(&waiter->link);
	fm_waker_wake(&waiter->waker);
}

/* fm_waitq_wake_first -- wake the oldest; false: nobody waits. */
static inline bool fm_waitq_wake_first(struct fm_waitq *queue)
{
	struct fm_waiter *first = fm_waitq_first(queue);

	if (!first)
		return false;
	fm_waiter_wake(first);
	return true;
}

/* fm_waitq_wake_all -- wake those that wait now, oldest first; ones that come back meanwhile wait for the next. */
static inline void fm_waitq_wake_all(struct fm_waitq *queue)
{
	struct fm_list due;

	/* Mostly there is nobody, or one. */
	if (fm_list_empty(&queue->waiters))
		return;
	if (queue->waiters.next == queue->waiters.prev) {
		fm_waiter_wake(fm_waitq_first(queue));
		return;
	}
	fm_list_init(&due);
	fm_list_splice_back(&due, &queue->waiters);
	while (!fm_list_empty(&due))
		fm_waiter_wake(FM_CONTAINER_OF(due.next, struct fm_waiter, link));
}

#endif
