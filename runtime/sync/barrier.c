/*
 * A barrier: the arrivals of a round are its queue.
 *
 * A round that is complete says so in each of its futures and is forgotten before the first of them is
 * woken, so that one that comes back at once counts for the next.
 */
#include <fm/barrier.h>
#include <fm/observe.h>
#include <fm/panic.h>

static struct fm_barrier_wait *wait_of(struct fm_waiter *waiter)
{
	return FM_CONTAINER_OF(waiter, struct fm_barrier_wait, waiter);
}

static void complete(struct fm_barrier *self)
{
	self->arrived = 0;
	FM_LIST_FOR_EACH(link, &self->waiters.waiters)
	wait_of(FM_CONTAINER_OF(link, struct fm_waiter, link))->released = true;
	fm_waitq_wake_all(&self->waiters);
}

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_barrier_wait *self = FM_CONTAINER_OF(future, struct fm_barrier_wait, fut);
	struct fm_barrier *barrier = self->barrier;

	if (self->released)
		return fm_coop_on(cx, barrier) ? fm_ready(future, FM_OK) : FM_PENDING;
	if (!self->waiting) {
		if (barrier->arrived == barrier->parties - 1) {
			if (!fm_coop_on(cx, barrier))
				return FM_PENDING;
			self->leader = true;
			complete(barrier);
			return fm_ready(future, FM_OK);
		}
		self->waiting = true;
		barrier->arrived++;
		fm_observe_wait("barrier", barrier, future);
	}
	fm_waitq_wait(&barrier->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct fm_barrier_wait *self = FM_CONTAINER_OF(future, struct fm_barrier_wait, fut);

	if (!self->waiting)
		return;
	if (!self->released)
		self->barrier->arrived--;
	fm_observe_unwait(self->barrier, future);
	fm_waiter_leave(&self->waiter);
}

static void wait_renew(struct fm_future *future)
{
	struct fm_barrier_wait *self = FM_CONTAINER_OF(future, struct fm_barrier_wait, fut);

	fm_barrier_wait_init(self, self->barrier);
}

static const struct fm_future_ops wait_ops = {
	.name = "fm_barrier_wait",
	.poll = wait_poll,
	.drop = wait_drop,
	.cancel = FM_CANCEL_LOSSY,
	.renew = wait_renew,
};

struct fm_future *fm_barrier_wait_init(struct fm_barrier_wait *self, struct fm_barrier *barrier)
{
	fm_future_init(&self->fut, &wait_ops);
	self->barrier = barrier;
	fm_waiter_init(&self->waiter);
	self->leader = false;
	self->waiting = false;
	self->released = false;
	return &self->fut;
}

int fm_barrier_init(struct fm_barrier *self, uint32_t parties)
{
	if (parties == 0)
		return FM_ERR_INVALID;
	fm_waitq_init(&self->waiters);
	self->parties = parties;
	self->arrived = 0;
	return FM_OK;
}

void fm_barrier_drop(struct fm_barrier *self)
{
	struct fm_waiter *first = fm_waitq_first(&self->waiters);

	if (first)
		fm_contract_broken(&wait_of(first)->fut, "its barrier was dropped while it waits");
}
