/*
 * What all channels share: how an item is copied, how a future waits and leaves, where memory comes from.
 *
 * A channel remembers the environment it was made in, so that its last handle can be given back anywhere on
 * the thread. An item of 8 bytes, the common case, is copied by one load and one store.
 */
#ifndef FM_CHAN_INTERNAL_H
#define FM_CHAN_INTERNAL_H

#include <fm/env.h>
#include <fm/executor.h>
#include <fm/observe.h>
#include <fm/waitq.h>

#include <string.h>

#define FM__CHAN_ITEM_BYTES_MAX ((size_t)1 << 30)
#define FM__CHAN_CAPACITY_MAX ((size_t)1 << 31)
#define FM__CHAN_OWNED_BYTES_MAX ((size_t)16 * 1024) /* of what is destroyed from a copy on the stack */

static inline size_t fm__chan_round(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

static inline void fm__chan_copy(void *to, const void *from, size_t bytes)
{
	if (FM_LIKELY(bytes == 8))
		memcpy(to, from, 8);
	else if (bytes)
		memcpy(to, from, bytes);
}

/* Waits in `queue` with the waker of this poll; the wait is told once. */
static inline enum fm_poll fm__chan_wait(struct fm_waitq *queue, struct fm_waiter *waiter,
					 const struct fm_context *cx, const char *kind,
					 struct fm_future *future)
{
	if (!fm_waiter_queued(waiter))
		fm_observe_wait(kind, queue, future);
	fm_waitq_wait(queue, waiter, cx);
	return FM_PENDING;
}

/* The end of a wait that was not granted: by drop, or because the condition holds without a wake. */
static inline void fm__chan_unwait(struct fm_waitq *queue, struct fm_waiter *waiter, struct fm_future *future)
{
	if (!fm_waiter_queued(waiter))
		return;
	fm_observe_unwait(queue, future);
	fm_waiter_leave(waiter);
}

/* The memory of `queue` goes away: whoever waits in it borrowed a handle that was given back. */
static inline void fm__chan_expect_nobody(const struct fm_waitq *queue)
{
	if (FM_UNLIKELY(fm_waitq_first(queue) != NULL))
		fm_contract_broken(NULL,
				   "the last handle of a channel was given back while a future waits on it");
}

#endif
