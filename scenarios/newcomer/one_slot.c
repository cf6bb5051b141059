/*
 * An event with one place for a waker, and two who wait: the second one puts the first one's waker out.
 *
 * Whoever asked last is woken. The correct event has a place for each.
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define WAITERS 2

struct event {
	bool broken;
	bool set;
	unsigned waits; /* so many were made */
	struct fm_waker slot[WAITERS];
};

struct wait {
	struct fm_future fut;
	struct event *event;
	struct fm_waker *slot;
};

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	if (self->event->set)
		return fm_ready(future, FM_OK);
	fm_waker_store(self->slot, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	fm_waker_drop(FM_CONTAINER_OF(future, struct wait, fut)->slot);
}

static const struct fm_future_ops wait_ops = { .name = "wait", .poll = wait_poll, .drop = wait_drop };

static struct fm_future *wait_init(struct wait *self, struct event *event)
{
	fm_future_init(&self->fut, &wait_ops);
	self->event = event;
	self->slot = &event->slot[event->broken ? 0 : event->waits++]; /* planted: all wait in one place */
	return &self->fut;
}

struct world {
	bool broken;
	struct event event;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct wait wait;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	/* BUG: its waker is put out by the next */
	FM_AWAIT(wait_init(&self->wait, &self->world->event));
	FM_END;
}

struct setter {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(setter)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	self->world->event.set = true;
	for (unsigned i = 0; i < WAITERS; i++)
		fm_waker_wake(&self->world->event.slot[i]);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->event.broken = world->broken;
	for (unsigned i = 0; i < WAITERS; i++)
		fm_sim_start(TWIN_TASK(host, waiter, world));
	fm_sim_start(TWIN_TASK(host, setter, world));
}

NEWCOMER(one_slot, "one-slot", .claim = "all who wait hear of the event", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
