/*
 * Notify: one remembered permit, a queue, and a generation that says how often everybody was told.
 *
 * How a future was reached is written in the future (by one, by all), never in the shared word: dropping one
 * that was reached by all then has nothing to undo, and can't erase a permit that was left meanwhile.
 * Permits are conserved: every notify_one is consumed by one READY, coalesced with one remembered, or
 * remembered.
 */
#include <fm/executor.h>
#include <fm/notify.h>
#include <fm/observe.h>
#include <fm/panic.h>

static const char kind[] = "notify";

enum {
	IDLE,    /* neither queued nor reached */
	WAITING, /* in the queue */
	BY_ONE,  /* has a notify_one of its own */
	BY_ALL,  /* was queued when everybody was told */
};

static struct fm_notified *notified_of(struct fm_waiter *waiter)
{
	return FM_CONTAINER_OF(waiter, struct fm_notified, waiter);
}

static void reach(struct fm_notified *self)
{
	self->state = BY_ONE;
	self->notify->unclaimed++;
	fm_observe_grant(kind, self->notify, &self->fut);
}

/* Nothing of the notify is touched after the wake. */
void fm_notify_one(struct fm_notify *self)
{
	struct fm_waiter *first = fm_waitq_first(&self->waiters);

	fm_observe_touch(self);
	if (!first) {
		self->permit = true;
		return;
	}
	reach(notified_of(first));
	fm_waiter_wake(first);
}

void fm_notify_all(struct fm_notify *self)
{
	fm_observe_touch(self);
	self->generation++;
	FM_LIST_FOR_EACH(link, &self->waiters.waiters)
	notified_of(FM_CONTAINER_OF(link, struct fm_waiter, link))->state = BY_ALL;
	fm_waitq_wake_all(&self->waiters);
}

static enum fm_poll notified_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_notified *self = FM_CONTAINER_OF(future, struct fm_notified, fut);
	struct fm_notify *notify = self->notify;
	const bool by_all = self->state == BY_ALL ||
			    (self->state == IDLE && self->generation != notify->generation);

	if (by_all || self->state == BY_ONE || (self->state == IDLE && notify->permit)) {
		if (!fm_coop_on(cx, notify))
			return FM_PENDING;
		if (self->state == BY_ONE) {
			notify->unclaimed--;
			fm_observe_release(notify);
		} else if (!by_all) {
			notify->permit = false;
		}
		return fm_ready(future, FM_OK);
	}
	if (!self->reported) {
		self->reported = true;
		fm_observe_wait(kind, notify, future);
	}
	self->state = WAITING;
	fm_waitq_wait(&notify->waiters, &self->waiter, cx);
	return FM_PENDING;
}

static void notified_drop(struct fm_future *future)
{
	struct fm_notified *self = FM_CONTAINER_OF(future, struct fm_notified, fut);
	struct fm_notify *notify = self->notify;

	if (self->state == BY_ONE) {
		notify->unclaimed--;
		fm_observe_release(notify);
		fm_notify_one(notify);
		return;
	}
	if (self->reported)
		fm_observe_unwait(notify, future);
	fm_waiter_leave(&self->waiter);
}

static void notified_renew(struct fm_future *future)
{
	struct fm_notified *self = FM_CONTAINER_OF(future, struct fm_notified, fut);

	fm_notified_init(self, self->notify);
}

static const struct fm_future_ops notified_ops = {
	.name = "fm_notified",
	.poll = notified_poll,
	.drop = notified_drop,
	.cancel = FM_CANCEL_LOSSY,
	.renew = notified_renew,
};

struct fm_future *fm_notified_init(struct fm_notified *self, struct fm_notify *notify)
{
	fm_observe_touch(notify);
	fm_future_init(&self->fut, &notified_ops);
	self->notify = notify;
	fm_waiter_init(&self->waiter);
	self->generation = notify->generation;
	self->state = IDLE;
	self->reported = false;
	return &self->fut;
}

bool fm_notified_enable(struct fm_notified *self)
{
	struct fm_notify *notify = self->notify;

	fm_observe_touch(notify);
	if (!fm_future_live(&self->fut))
		fm_contract_broken(&self->fut, "enabled after READY or drop");
	if (self->state == BY_ONE || self->state == BY_ALL)
		return true;
	if (self->state == WAITING)
		return false;
	if (self->generation != notify->generation)
		return true;
	/* Queued, or granted: a move is a breach from now on. Its first poll is still to ask whether somebody watches. */
	self->fut.self = fm__future_place(&self->fut) | FM__FUTURE_WATCHED;
	if (notify->permit) {
		notify->permit = false;
		reach(self);
		return true;
	}
	self->state = WAITING;
	fm_list_push_back(&notify->waiters.waiters, &self->waiter.link);
	return false;
}

void fm_notify_init_at(struct fm_notify *self, uint64_t generation)
{
	fm_waitq_init(&self->waiters);
	self->generation = generation;
	self->unclaimed = 0;
	self->permit = false;
}

void fm_notify_init(struct fm_notify *self)
{
	fm_notify_init_at(self, fm_counters_from());
}

void fm_notify_drop(struct fm_notify *self)
{
	struct fm_waiter *first = fm_waitq_first(&self->waiters);

	if (first)
		fm_contract_broken(&notified_of(first)->fut, "its notify was dropped while it waits");
	if (self->unclaimed != 0)
		fm_contract_broken(
			NULL,
			"a notify was dropped while a future that it reached is neither polled nor dropped");
}
