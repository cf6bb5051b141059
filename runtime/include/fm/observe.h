/*
 * fm/observe.h -- the one seam that oracles, traces and tools hang on.
 *
 * An executor has at most one observer, read once a poll of a task. Where there is none, only the first poll of a future pays
 * one predictable branch (tests/bench/seam counts it). A primitive written by hand reports its waits and grants with the functions
 * at the end, as the library's own do, and appears in the same graphs.
 */
#ifndef FM_OBSERVE_H
#define FM_OBSERVE_H

#include <fm/future.h>

struct fm_task;

/* One poll under way, in the stack of the observer that performs it. Scopes nest as the polls do. */
struct fm_poll_scope {
	const struct fm_context *given; /* what the poller handed down: it lives as long as the poll */
	struct fm_future *future;
	struct fm_context cx;        /* what the future is given: the observer may replace its waker */
	struct fm_wakeable wakeable; /* room for a waker of the observer's */
	uint32_t mark;               /* the future's mark as it was before this poll */
	uint32_t place;              /* what the observer was given as such */
};

/* The poll that this one stands in; NULL: it is that of a task's root future. */
static inline struct fm_poll_scope *fm_poll_scope_parent(const struct fm_poll_scope *scope)
{
	return scope->given->scope;
}

/*
 * Every operation is set, where nothing else is said. None of them but `poll` may poll, wake, or touch the future's own
 * state. They are called on the executor's thread, except `wake`, which a foreign thread may reach.
 */
struct fm_observer_ops {
	void (*spawn)(struct fm_observer *self, struct fm_task *parent, struct fm_task *child);
	void (*end)(struct fm_observer *self, struct fm_task *task, int status);
	/*
	 * Perform the poll of `future`: fm_observe_poll does it, with a scope in which the observer may have replaced
	 * the waker. One call and not two, because a simulated program does little else than poll.
	 */
	enum fm_poll (*poll)(struct fm_observer *self, struct fm_future *future, struct fm_context *cx, uint32_t place);
	void (*drop)(struct fm_observer *self, struct fm_future *future);
	/* The task has gone into the run queue. One that is there already is not woken again. */
	void (*wake)(struct fm_observer *self, struct fm_task *task);
	void (*freed)(struct fm_observer *self, struct fm_task *task);
	/* A future waits for a resource; `future` is granted it (NULL: the running task took it at once). */
	void (*wait)(struct fm_observer *self, const char *kind, const void *resource,
		     struct fm_future *future);
	void (*unwait)(struct fm_observer *self, const void *resource, struct fm_future *future);
	void (*grant)(struct fm_observer *self, const char *kind, const void *resource,
		      struct fm_future *future);
	void (*release)(struct fm_observer *self, const void *resource);
	/* A plain call looks at a resource, or changes it. NULL: nobody wants to know. */
	void (*touch)(struct fm_observer *self, const void *resource);
	/* An item has gone into a channel of a `kind` ("mpsc"), or out of it to who receives. NULL: nobody wants to know. */
	void (*item)(struct fm_observer *self, const char *kind, const void *channel, bool in);
	/*
	 * So many items of a channel of a `kind` nobody will receive: they were sent, and are destroyed with it, or overwritten
	 * before a receiver came to them. NULL: nobody wants to know.
	 */
	void (*lost)(struct fm_observer *self, const char *kind, uint64_t count);
	/* A permitted interruption of the await at `site`: true drops the awaited future and starts it anew. */
	bool (*interrupt)(struct fm_observer *self, const struct fm_await_site *site);
};

struct fm_observer {
	const struct fm_observer_ops *ops;
};

/*
 * fm_observe_poll -- the poll itself, with the context of `scope`; the contract has been checked already. What is needed after
 * it is taken from the scope: an observer that does so too has no register to save.
 */
static inline enum fm_poll fm_observe_poll(struct fm_poll_scope *scope)
{
	struct fm_future *future = scope->future;
	enum fm_poll result;

	future->self = scope->place | FM__FUTURE_POLLING;
	result = future->ops->poll(future, &scope->cx);
	scope->future->self = result == FM_READY ? (uint32_t)FM__FUTURE_READY : scope->place;
	return result;
}

/* The observer of what runs now on this thread; NULL when nobody watches. */
extern FM__THREAD_LOCAL struct fm_observer *fm__observer_here;

/*
 * fm_observe_wait -- `future`, being polled, starts to wait for `resource` (any address that names it) of a
 * `kind` ("mutex"). Tell it once a wait, not once a poll.
 */
static inline void fm_observe_wait(const char *kind, const void *resource, struct fm_future *future)
{
	if (FM_UNLIKELY(fm__observer_here != NULL))
		fm__observer_here->ops->wait(fm__observer_here, kind, resource, future);
}

/* fm_observe_unwait -- `future` gives up waiting: it is being dropped ungranted. */
static inline void fm_observe_unwait(const void *resource, struct fm_future *future)
{
	if (FM_UNLIKELY(fm__observer_here != NULL))
		fm__observer_here->ops->unwait(fm__observer_here, resource, future);
}

/*
 * fm_observe_grant -- `resource` now belongs to `future`, which may not have been polled since (a fair
 * hand-over), or, with NULL, to the running task, which took it without waiting.
 */
static inline void fm_observe_grant(const char *kind, const void *resource, struct fm_future *future)
{
	if (FM_UNLIKELY(fm__observer_here != NULL))
		fm__observer_here->ops->grant(fm__observer_here, kind, resource, future);
}

/* fm_observe_release -- the holder gives `resource` back. */
static inline void fm_observe_release(const void *resource)
{
	if (FM_UNLIKELY(fm__observer_here != NULL))
		fm__observer_here->ops->release(fm__observer_here, resource);
}

/*
 * fm_observe_touch -- a call that is no future looks at `resource`, or changes it: whether a token is cancelled, a
 * permit that nobody waits for. A search through schedules has to know of it, since the order of two such calls
 * may matter.
 */
static inline void fm_observe_touch(const void *resource)
{
	if (FM_UNLIKELY(fm__observer_here != NULL) && fm__observer_here->ops->touch)
		fm__observer_here->ops->touch(fm__observer_here, resource);
}

/* fm_observe_item -- an item has gone into `channel`, or, not `in`, out of it: before anybody is woken for it. */
static inline void fm_observe_item(const char *kind, const void *channel, bool in)
{
	if (FM_UNLIKELY(fm__observer_here != NULL) && fm__observer_here->ops->item)
		fm__observer_here->ops->item(fm__observer_here, kind, channel, in);
}

/* fm_observe_lost -- so many items that were sent through a channel of a `kind` will be received by nobody. */
static inline void fm_observe_lost(const char *kind, uint64_t count)
{
	if (FM_UNLIKELY(fm__observer_here != NULL) && fm__observer_here->ops->lost)
		fm__observer_here->ops->lost(fm__observer_here, kind, count);
}

#endif
