/*
 * A primitive of one's own (kettle_wait) and two async functions on it. Nothing here knows whether it is simulated.
 */
#include "kettle.h"

#include <fm/observe.h>

void kettle_init(struct kettle *kettle)
{
	fm_waitq_init(&kettle->guests);
	kettle->hot = false;
	kettle->cups = 0;
	kettle->first_only = false;
}

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct kettle_wait *self = FM_CONTAINER_OF(future, struct kettle_wait, fut);

	if (!self->kettle->hot) {
		if (!fm_waiter_queued(&self->waiter))
			fm_observe_wait("kettle", self->kettle, future);
		fm_waitq_wait(&self->kettle->guests, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void wait_drop(struct fm_future *future)
{
	struct kettle_wait *self = FM_CONTAINER_OF(future, struct kettle_wait, fut);

	if (!fm_waiter_queued(&self->waiter))
		return;
	fm_observe_unwait(self->kettle, future);
	fm_waiter_leave(&self->waiter);
}

static const struct fm_future_ops wait_ops = { .name = "kettle_wait", .poll = wait_poll, .drop = wait_drop };

struct fm_future *kettle_wait_init(struct kettle_wait *self, struct kettle *kettle)
{
	fm_future_init(&self->fut, &wait_ops);
	fm_waiter_init(&self->waiter);
	self->kettle = kettle;
	return &self->fut;
}

FM_ASYNC(boil)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, self->length_ns));
	self->kettle->hot = true;
	if (self->kettle->first_only)
		fm_waitq_wake_first(&self->kettle->guests);
	else
		fm_waitq_wake_all(&self->kettle->guests);
	FM_RETURN(FM_OK);
	FM_END;
}

struct fm_future *boil_init(struct boil *self, struct kettle *kettle, fm_ns length_ns)
{
	self->kettle = kettle;
	self->length_ns = length_ns;
	return FM_ASYNC_INIT(self, boil);
}

FM_ASYNC(guest)
{
	FM_BEGIN;
	FM_AWAIT(kettle_wait_init(&self->wait, self->kettle));
	self->kettle->cups++;
	FM_RETURN(FM_OK);
	FM_END;
}

struct fm_future *guest_init(struct guest *self, struct kettle *kettle)
{
	self->kettle = kettle;
	return FM_ASYNC_INIT(self, guest);
}
