/*
 * fm/rwlock.h -- a fair lock for many readers or one writer.
 *
 * First come, first served: a reader that comes while a writer queues waits behind it, so writers are not
 * starved. The price: a task that holds a read lock and asks for another deadlocks where a writer came in
 * between. Not recursive. The lock is handed over to waiters, as fm/mutex.h does. It belongs to one executor.
 */
#ifndef FM_RWLOCK_H
#define FM_RWLOCK_H

#include <fm/async.h>
#include <fm/waitq.h>

struct fm_rwlock {
	struct fm_waitq waiters;
	uint64_t readers;   /* that hold it or were handed it */
	uint64_t unclaimed; /* futures that were handed it and not polled since */
	bool writer;        /* held by, or handed to, a writer */
};

/* Both kinds of lock future. */
struct fm_rwlock_lock {
	struct fm_future fut;
	struct fm_rwlock *lock;
	struct fm_waiter waiter;
	bool write;
	bool waiting; /* has queued */
	bool granted; /* was handed the lock */
};

/* fm_rwlock_init -- unlocked. */
void fm_rwlock_init(struct fm_rwlock *self);

/* fm_rwlock_drop -- the end of its memory. Errors: a broken contract while it is locked. */
void fm_rwlock_drop(struct fm_rwlock *self);

/*
 * fm_rwlock_read_init, fm_rwlock_write_init -- wait for the lock, shared or alone.
 *
 * Errors:    at READY, fut.status is FM_OK: the lock is the caller's, who unlocks it with the function of
 *            this kind.
 * Ownership: the caller keeps self, unmoved, and the lock until READY or drop.
 * Cancel:    SAFE: drop leaves the queue, gives back what had been handed over, and serves who waits behind
 *            (readers behind a writer that gives up). The place in the queue is lost.
 * Order:     first come, first served, in the order of the first poll that could not have it; neighbouring
 *            readers share.
 * Cost:      O(1), and O(1) a waiter that a drop lets go; no allocation, no system call.
 */
struct fm_future *fm_rwlock_read_init(struct fm_rwlock_lock *self, struct fm_rwlock *lock);
struct fm_future *fm_rwlock_write_init(struct fm_rwlock_lock *self, struct fm_rwlock *lock);

/* fm_rwlock_try_read, _write -- now or not at all. Errors: FM_OK; FM_ERR_BUSY: held, or somebody waits. */
int fm_rwlock_try_read(struct fm_rwlock *self);
int fm_rwlock_try_write(struct fm_rwlock *self);

/*
 * fm_rwlock_read_unlock, fm_rwlock_write_unlock -- give it back; the oldest waiters that can share it have
 * it then.
 *
 * Errors: a broken contract where nobody holds it so.
 * Order:  handed over, then woken, oldest first. Cost: O(1), and O(1) a waiter let in.
 */
void fm_rwlock_read_unlock(struct fm_rwlock *self);
void fm_rwlock_write_unlock(struct fm_rwlock *self);

/*
 * fm_rwlock_downgrade -- the writer becomes a reader without anybody writing in between; the readers that
 * queue first come in. Errors: a broken contract where no writer holds it.
 */
void fm_rwlock_downgrade(struct fm_rwlock *self);

/* How many readers have it, or were handed it; whether a writer has, or was. */
static inline uint64_t fm_rwlock_readers(const struct fm_rwlock *self)
{
	return self->readers;
}

static inline bool fm_rwlock_written(const struct fm_rwlock *self)
{
	return self->writer;
}

/*
 * fm_rwlock_defer_unlock -- unlock when the async function returns or is dropped, as a writer or as a
 * reader. Called right after the await that locked it; fm_undefer takes it back. `guard` is a field of the
 * frame. After a downgrade, set guard->write to false.
 */
struct fm_rwlock_guard {
	struct fm_defer defer;
	struct fm_rwlock *lock;
	bool write;
};

void fm_rwlock_defer_unlock(struct fm_async *async, struct fm_rwlock_guard *guard, struct fm_rwlock *lock,
			    bool write);

#endif
