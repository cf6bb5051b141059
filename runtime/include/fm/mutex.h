/*
 * fm/mutex.h -- a fair lock for state that must stay whole across an await.
 *
 * Unlocking hands the lock to the oldest waiter, polled or not: it is never free while somebody queues for
 * it, and nobody overtakes. What that costs is a hand-over to a future that its task may not be polling (a
 * futurelock), which the observer is told of. Not recursive. It belongs to one executor.
 */
#ifndef FM_MUTEX_H
#define FM_MUTEX_H

#include <fm/async.h>
#include <fm/waitq.h>

struct fm_mutex_lock;

struct fm_mutex {
	struct fm_waitq waiters;         /* not empty only while locked */
	struct fm_mutex_lock *unclaimed; /* was handed the lock and has not been polled since; or NULL */
	bool locked;
};

struct fm_mutex_lock {
	struct fm_future fut;
	struct fm_mutex *mutex;
	struct fm_waiter waiter;
	bool waiting; /* has queued; the lock may be its own by now */
};

/* fm_mutex_init -- unlocked. */
void fm_mutex_init(struct fm_mutex *self);

/*
 * fm_mutex_drop -- the end of its memory.
 *
 * Errors: a broken contract while it is locked.
 */
void fm_mutex_drop(struct fm_mutex *self);

/*
 * fm_mutex_lock_init -- wait for the lock.
 *
 * Errors:    at READY, fut.status is FM_OK: the lock is the caller's, who unlocks it.
 * Ownership: the caller keeps self, unmoved, and the mutex until READY or drop.
 * Cancel:    SAFE: drop leaves the queue, or hands a lock that it had been given to the next. The place in
 *            the queue is lost.
 * Order:     first come, first served, in the order of the first poll that found it locked.
 * Cost:      O(1); no allocation, no system call, no atomic instruction.
 */
struct fm_future *fm_mutex_lock_init(struct fm_mutex_lock *self, struct fm_mutex *mutex);

/* fm_mutex_try_lock -- now or not at all. Errors: FM_OK, FM_ERR_BUSY. Cost: O(1). */
int fm_mutex_try_lock(struct fm_mutex *self);

/*
 * fm_mutex_unlock -- give the lock to the oldest waiter, or to nobody.
 *
 * Errors: a broken contract where nobody holds it: not locked, or handed to a future that was not polled
 *         since.
 * Cost:   O(1).
 */
void fm_mutex_unlock(struct fm_mutex *self);

/* fm_mutex_locked -- held, or handed to a future that was not polled since. */
static inline bool fm_mutex_locked(const struct fm_mutex *self)
{
	return self->locked;
}

/*
 * fm_mutex_defer_unlock -- unlock when the async function returns or is dropped. Called right after the
 * await that locked it; fm_undefer takes it back. `guard` is a field of the frame.
 */
struct fm_mutex_guard {
	struct fm_defer defer;
	struct fm_mutex *mutex;
};

void fm_mutex_defer_unlock(struct fm_async *async, struct fm_mutex_guard *guard, struct fm_mutex *mutex);

#endif
