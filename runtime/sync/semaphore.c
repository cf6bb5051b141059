/*
 * A counting semaphore whose release hands over: permits never lie free while the oldest request could have
 * them.
 *
 * That is the whole invariant (the first request needs more than is free), and whatever could break it ends
 * in serve(): a release, the drop of a granted request, and the drop of the first in the queue, behind which
 * smaller ones may have been waiting. All grants are made before the first wake, so that a waker may do what
 * it likes to the semaphore.
 */
#include <fm/observe.h>
#include <fm/panic.h>
#include <fm/semaphore.h>

static const char kind[] = "semaphore";

enum {
	IDLE,    /* never found too few */
	WAITING, /* in the queue, or woken by the close */
	GRANTED, /* the permits are its own; it was woken */
};

static struct fm_semaphore_acquire *request_of(struct fm_waiter *waiter)
{
	return FM_CONTAINER_OF(waiter, struct fm_semaphore_acquire, waiter);
}

/* Nothing of the semaphore is touched after the first wake. */
static void serve(struct fm_semaphore *self)
{
	struct fm_waitq due;
	struct fm_waiter *first;

	fm_waitq_init(&due);
	while ((first = fm_waitq_first(&self->requests)) && request_of(first)->permits <= self->free) {
		struct fm_semaphore_acquire *request = request_of(first);

		self->free -= request->permits;
		self->unclaimed += request->permits;
		request->state = GRANTED;
		fm_list_unlink(&first->link);
		fm_list_push_back(&due.waiters, &first->link);
		fm_observe_grant(kind, self, &request->fut);
	}
	fm_waitq_wake_all(&due);
}

static enum fm_poll acquire_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_semaphore_acquire *self = FM_CONTAINER_OF(future, struct fm_semaphore_acquire, fut);
	struct fm_semaphore *semaphore = self->semaphore;

	if (self->state == GRANTED) {
		if (!fm_coop_on(cx, semaphore))
			return FM_PENDING;
		semaphore->unclaimed -= self->permits;
		return fm_ready(future, FM_OK);
	}
	if (semaphore->closed)
		return fm_coop_on(cx, semaphore) ? fm_ready(future, FM_ERR_CLOSED) : FM_PENDING;
	if (self->state == IDLE) {
		if (self->permits <= semaphore->free && fm_list_empty(&semaphore->requests.waiters)) {
			if (!fm_coop_on(cx, semaphore))
				return FM_PENDING;
			semaphore->free -= self->permits;
			fm_observe_grant(kind, semaphore, NULL);
			return fm_ready(future, FM_OK);
		}
		self->state = WAITING;
		fm_observe_wait(kind, semaphore, future);
	}
	fm_waitq_wait(&semaphore->requests, &self->waiter, cx);
	return FM_PENDING;
}

static void acquire_drop(struct fm_future *future)
{
	struct fm_semaphore_acquire *self = FM_CONTAINER_OF(future, struct fm_semaphore_acquire, fut);
	struct fm_semaphore *semaphore = self->semaphore;
	struct fm_waker waker = self->waiter.waker;

	if (self->state == IDLE)
		return;
	fm_list_unlink(&self->waiter.link);
	if (self->state == GRANTED) {
		semaphore->unclaimed -= self->permits;
		semaphore->free += self->permits;
		fm_observe_release(semaphore);
	} else {
		fm_observe_unwait(semaphore, future);
	}
	serve(semaphore);
	fm_waker_drop(&waker);
}

static void acquire_renew(struct fm_future *future)
{
	struct fm_semaphore_acquire *self = FM_CONTAINER_OF(future, struct fm_semaphore_acquire, fut);

	fm_semaphore_acquire_init(self, self->semaphore, self->permits);
}

static const struct fm_future_ops acquire_ops = {
	.name = "fm_semaphore_acquire",
	.poll = acquire_poll,
	.drop = acquire_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = acquire_renew,
};

struct fm_future *fm_semaphore_acquire_init(struct fm_semaphore_acquire *self, struct fm_semaphore *semaphore,
					    uint64_t permits)
{
	fm_future_init(&self->fut, &acquire_ops);
	self->semaphore = semaphore;
	fm_waiter_init(&self->waiter);
	self->permits = permits;
	self->state = IDLE;
	return &self->fut;
}

void fm_semaphore_init(struct fm_semaphore *self, uint64_t permits)
{
	fm_waitq_init(&self->requests);
	self->free = permits;
	self->unclaimed = 0;
	self->closed = false;
}

void fm_semaphore_drop(struct fm_semaphore *self)
{
	if (!fm_list_empty(&self->requests.waiters))
		fm_contract_broken(&request_of(fm_waitq_first(&self->requests))->fut,
				   "its semaphore was dropped while it waits");
	if (self->unclaimed != 0)
		fm_contract_broken(
			NULL,
			"a semaphore was dropped while a granted request is neither polled nor dropped");
}

int fm_semaphore_try_acquire(struct fm_semaphore *self, uint64_t permits)
{
	fm_observe_touch(self);
	if (self->closed)
		return FM_ERR_CLOSED;
	if (permits > self->free || !fm_list_empty(&self->requests.waiters))
		return FM_ERR_BUSY;
	self->free -= permits;
	fm_observe_grant(kind, self, NULL);
	return FM_OK;
}

int fm_semaphore_release(struct fm_semaphore *self, uint64_t permits)
{
	/* What is unclaimed may come back, and must find room then. */
	if (permits > UINT64_MAX - self->unclaimed - self->free)
		return FM_ERR_OVERFLOW;
	self->free += permits;
	fm_observe_release(self);
	serve(self);
	return FM_OK;
}

uint64_t fm_semaphore_forget(struct fm_semaphore *self, uint64_t permits)
{
	const uint64_t forgotten = permits < self->free ? permits : self->free;

	fm_observe_touch(self);
	self->free -= forgotten;
	return forgotten;
}

void fm_semaphore_close(struct fm_semaphore *self)
{
	fm_observe_touch(self);
	self->closed = true;
	fm_waitq_wake_all(&self->requests);
}

static void release_deferred(struct fm_defer *defer)
{
	struct fm_semaphore_guard *guard = FM_CONTAINER_OF(defer, struct fm_semaphore_guard, defer);

	if (fm_semaphore_release(guard->semaphore, guard->permits) != FM_OK)
		fm_contract_broken(NULL, "more permits were released than a semaphore can count");
}

void fm_semaphore_defer_release(struct fm_async *async, struct fm_semaphore_guard *guard,
				struct fm_semaphore *semaphore, uint64_t permits)
{
	guard->semaphore = semaphore;
	guard->permits = permits;
	fm_defer(async, &guard->defer, release_deferred);
}
