/*
 * A lock that is handed over: unlock makes the oldest waiter its holder before it wakes it.
 *
 * The mutex remembers the future it was handed to until that is polled or dropped. So a second unlock in
 * between is seen for what it is, and a hand-over to somebody who never comes back is visible to the
 * observer.
 */
#include <fm/mutex.h>
#include <fm/observe.h>
#include <fm/panic.h>

static const char kind[] = "mutex";

/* The holder, or the future it was handed to, has let go. */
static void hand_over(struct fm_mutex *mutex)
{
	struct fm_waiter *first = fm_waitq_first(&mutex->waiters);

	fm_observe_release(mutex);
	if (!first) {
		mutex->locked = false;
		return;
	}
	mutex->unclaimed = FM_CONTAINER_OF(first, struct fm_mutex_lock, waiter);
	fm_observe_grant(kind, mutex, &mutex->unclaimed->fut);
	fm_waiter_wake(first);
}

static enum fm_poll lock_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_mutex_lock *self = FM_CONTAINER_OF(future, struct fm_mutex_lock, fut);
	struct fm_mutex *mutex = self->mutex;

	if (!mutex->locked) {
		if (!fm_coop_on(cx, mutex))
			return FM_PENDING;
		mutex->locked = true;
		fm_observe_grant(kind, mutex, NULL);
		return fm_ready(future, FM_OK);
	}
	if (mutex->unclaimed == self) {
		if (!fm_coop_on(cx, mutex))
			return FM_PENDING;
		mutex->unclaimed = NULL;
		return fm_ready(future, FM_OK);
	}
	if (!self->waiting) {
		self->waiting = true;
		fm_observe_wait(kind, mutex, future);
	}
	fm_waitq_wait(&mutex->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void lock_drop(struct fm_future *future)
{
	struct fm_mutex_lock *self = FM_CONTAINER_OF(future, struct fm_mutex_lock, fut);
	struct fm_mutex *mutex = self->mutex;

	if (!self->waiting)
		return;
	if (mutex->unclaimed == self) {
		mutex->unclaimed = NULL;
		hand_over(mutex);
		return;
	}
	fm_observe_unwait(mutex, future);
	fm_waiter_leave(&self->waiter);
}

static void lock_renew(struct fm_future *future)
{
	struct fm_mutex_lock *self = FM_CONTAINER_OF(future, struct fm_mutex_lock, fut);

	fm_mutex_lock_init(self, self->mutex);
}

static const struct fm_future_ops lock_ops = {
	.name = "fm_mutex_lock",
	.poll = lock_poll,
	.drop = lock_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = lock_renew,
};

struct fm_future *fm_mutex_lock_init(struct fm_mutex_lock *self, struct fm_mutex *mutex)
{
	fm_future_init(&self->fut, &lock_ops);
	self->mutex = mutex;
	fm_waiter_init(&self->waiter);
	self->waiting = false;
	return &self->fut;
}

void fm_mutex_init(struct fm_mutex *self)
{
	fm_waitq_init(&self->waiters);
	self->unclaimed = NULL;
	self->locked = false;
}

void fm_mutex_drop(struct fm_mutex *self)
{
	if (self->locked)
		fm_contract_broken(self->unclaimed ? &self->unclaimed->fut : NULL,
				   "a mutex was dropped while locked");
}

int fm_mutex_try_lock(struct fm_mutex *self)
{
	fm_observe_touch(self);
	if (self->locked)
		return FM_ERR_BUSY;
	self->locked = true;
	fm_observe_grant(kind, self, NULL);
	return FM_OK;
}

void fm_mutex_unlock(struct fm_mutex *self)
{
	if (FM_UNLIKELY(!self->locked))
		fm_contract_broken(NULL, "a mutex was unlocked that is not locked");
	if (FM_UNLIKELY(self->unclaimed != NULL))
		fm_contract_broken(&self->unclaimed->fut, "its mutex was unlocked by somebody else");
	hand_over(self);
}

static void unlock_deferred(struct fm_defer *defer)
{
	fm_mutex_unlock(FM_CONTAINER_OF(defer, struct fm_mutex_guard, defer)->mutex);
}

void fm_mutex_defer_unlock(struct fm_async *async, struct fm_mutex_guard *guard, struct fm_mutex *mutex)
{
	guard->mutex = mutex;
	fm_defer(async, &guard->defer, unlock_deferred);
}
