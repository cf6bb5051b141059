/*
 * A lock for readers or one writer, handed over in the order of one queue.
 *
 * The invariant: the first in the queue can't share with those that have it. Whatever could break it ends in
 * serve(): an unlock, a downgrade, the drop of a future that was handed the lock, and of a waiter, since
 * readers may queue behind a writer that gives up.
 */
#include <fm/observe.h>
#include <fm/panic.h>
#include <fm/rwlock.h>

static const char kind[] = "rwlock";

static struct fm_rwlock_lock *lock_of(struct fm_waiter *waiter)
{
	return FM_CONTAINER_OF(waiter, struct fm_rwlock_lock, waiter);
}

/* Whether those that have it now leave room; the queue aside. */
static bool shares(const struct fm_rwlock *self, bool write)
{
	return !self->writer && (!write || self->readers == 0);
}

static bool free_for(const struct fm_rwlock *self, bool write)
{
	return shares(self, write) && fm_list_empty(&self->waiters.waiters);
}

static void take(struct fm_rwlock *self, bool write)
{
	if (write)
		self->writer = true;
	else
		self->readers++;
}

static void give_back(struct fm_rwlock *self, bool write)
{
	if (write)
		self->writer = false;
	else
		self->readers--;
	fm_observe_release(self);
}

/* Nothing of the lock is touched after the first wake. */
static void serve(struct fm_rwlock *self)
{
	struct fm_waitq due;
	struct fm_waiter *first;

	fm_waitq_init(&due);
	while ((first = fm_waitq_first(&self->waiters)) && shares(self, lock_of(first)->write)) {
		struct fm_rwlock_lock *future = lock_of(first);

		take(self, future->write);
		self->unclaimed++;
		future->granted = true;
		fm_list_unlink(&first->link);
		fm_list_push_back(&due.waiters, &first->link);
		fm_observe_grant(kind, self, &future->fut);
	}
	fm_waitq_wake_all(&due);
}

static enum fm_poll lock_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_rwlock_lock *self = FM_CONTAINER_OF(future, struct fm_rwlock_lock, fut);
	struct fm_rwlock *lock = self->lock;

	if (self->granted) {
		if (!fm_coop_on(cx, lock))
			return FM_PENDING;
		lock->unclaimed--;
		return fm_ready(future, FM_OK);
	}
	if (!self->waiting) {
		if (free_for(lock, self->write)) {
			if (!fm_coop_on(cx, lock))
				return FM_PENDING;
			take(lock, self->write);
			fm_observe_grant(kind, lock, NULL);
			return fm_ready(future, FM_OK);
		}
		self->waiting = true;
		fm_observe_wait(kind, lock, future);
	}
	fm_waitq_wait(&lock->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void lock_drop(struct fm_future *future)
{
	struct fm_rwlock_lock *self = FM_CONTAINER_OF(future, struct fm_rwlock_lock, fut);
	struct fm_rwlock *lock = self->lock;
	struct fm_waker waker = self->waiter.waker;

	if (!self->waiting)
		return;
	fm_list_unlink(&self->waiter.link);
	if (self->granted) {
		lock->unclaimed--;
		give_back(lock, self->write);
	} else {
		fm_observe_unwait(lock, future);
	}
	serve(lock);
	fm_waker_drop(&waker);
}

static void lock_renew(struct fm_future *future)
{
	struct fm_rwlock_lock *self = FM_CONTAINER_OF(future, struct fm_rwlock_lock, fut);

	if (self->write)
		fm_rwlock_write_init(self, self->lock);
	else
		fm_rwlock_read_init(self, self->lock);
}

static const struct fm_future_ops read_ops = {
	.name = "fm_rwlock_read",
	.poll = lock_poll,
	.drop = lock_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = lock_renew,
};
static const struct fm_future_ops write_ops = {
	.name = "fm_rwlock_write",
	.poll = lock_poll,
	.drop = lock_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = lock_renew,
};

static struct fm_future *lock_init(struct fm_rwlock_lock *self, struct fm_rwlock *lock, bool write)
{
	fm_future_init(&self->fut, write ? &write_ops : &read_ops);
	self->lock = lock;
	fm_waiter_init(&self->waiter);
	self->write = write;
	self->waiting = false;
	self->granted = false;
	return &self->fut;
}

struct fm_future *fm_rwlock_read_init(struct fm_rwlock_lock *self, struct fm_rwlock *lock)
{
	return lock_init(self, lock, false);
}

struct fm_future *fm_rwlock_write_init(struct fm_rwlock_lock *self, struct fm_rwlock *lock)
{
	return lock_init(self, lock, true);
}

void fm_rwlock_init(struct fm_rwlock *self)
{
	fm_waitq_init(&self->waiters);
	self->readers = 0;
	self->unclaimed = 0;
	self->writer = false;
}

void fm_rwlock_drop(struct fm_rwlock *self)
{
	if (self->writer || self->readers != 0)
		fm_contract_broken(NULL, "a rwlock was dropped while locked");
}

static int try_lock(struct fm_rwlock *self, bool write)
{
	fm_observe_touch(self);
	if (!free_for(self, write))
		return FM_ERR_BUSY;
	take(self, write);
	fm_observe_grant(kind, self, NULL);
	return FM_OK;
}

int fm_rwlock_try_read(struct fm_rwlock *self)
{
	return try_lock(self, false);
}

int fm_rwlock_try_write(struct fm_rwlock *self)
{
	return try_lock(self, true);
}

/* While a writer has it, what is unclaimed can only be its own; else, it is readers'. */
static void must_hold(const struct fm_rwlock *self, bool write)
{
	if (FM_UNLIKELY(write ? !self->writer || self->unclaimed != 0 : self->readers <= self->unclaimed))
		fm_contract_broken(NULL, write ? "a rwlock was unlocked that no writer holds" :
						 "a rwlock was unlocked that no reader holds");
}

void fm_rwlock_read_unlock(struct fm_rwlock *self)
{
	must_hold(self, false);
	give_back(self, false);
	serve(self);
}

void fm_rwlock_write_unlock(struct fm_rwlock *self)
{
	must_hold(self, true);
	give_back(self, true);
	serve(self);
}

void fm_rwlock_downgrade(struct fm_rwlock *self)
{
	must_hold(self, true);
	fm_observe_touch(self);
	self->writer = false;
	self->readers = 1;
	serve(self);
}

static void unlock_deferred(struct fm_defer *defer)
{
	struct fm_rwlock_guard *guard = FM_CONTAINER_OF(defer, struct fm_rwlock_guard, defer);

	if (guard->write)
		fm_rwlock_write_unlock(guard->lock);
	else
		fm_rwlock_read_unlock(guard->lock);
}

void fm_rwlock_defer_unlock(struct fm_async *async, struct fm_rwlock_guard *guard, struct fm_rwlock *lock,
			    bool write)
{
	guard->lock = lock;
	guard->write = write;
	fm_defer(async, &guard->defer, unlock_deferred);
}
