#include "doors.h"

static enum fm_poll knock_poll(struct fm_future *future, struct fm_context *cx)
{
	struct knock *self = FM_CONTAINER_OF(future, struct knock, fut);

	self->polls++;
	if (!self->door->open) {
		fm_waitq_wait(&self->door->waiters, &self->waiter, cx);
		return FM_PENDING;
	}
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, self->door->status);
}

static void knock_drop(struct fm_future *future)
{
	struct knock *self = FM_CONTAINER_OF(future, struct knock, fut);

	self->drops++;
	fm_waiter_leave(&self->waiter);
}

static const struct fm_future_ops knock_ops = { .name = "knock", .poll = knock_poll, .drop = knock_drop };

struct fm_future *knock_init(struct knock *self, struct door *door)
{
	fm_future_init(&self->fut, &knock_ops);
	self->door = door;
	fm_waiter_init(&self->waiter);
	self->polls = 0;
	self->drops = 0;
	return &self->fut;
}

void door_init(struct door *self, int status)
{
	fm_waitq_init(&self->waiters);
	self->open = false;
	self->status = status;
}

void door_open(struct door *self)
{
	self->open = true;
	fm_waitq_wake_all(&self->waiters);
}
