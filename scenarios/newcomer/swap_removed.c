/*
 * Waiters in an array: one that leaves is replaced by the last one, so that no hole is left.
 *
 * Whoever keeps the index of his own place must be told that he has moved. Else he takes somebody else out
 * when he leaves, and that one is not woken.
 */
#include "newcomer.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

#define WAITERS 4

struct wait;

struct place {
	struct wait *owner;
	struct fm_waker waker;
};

struct event {
	bool broken;
	bool set;
	struct place place[WAITERS];
	unsigned waiters;
};

struct wait {
	struct fm_future fut;
	struct event *event;
	unsigned place;
	bool listed;
};

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);
	struct event *event = self->event;

	if (event->set)
		return fm_ready(future, FM_OK);
	if (!self->listed) {
		self->listed = true;
		self->place = event->waiters++;
		event->place[self->place] = (struct place){ .owner = self };
	}
	fm_waker_store(&event->place[self->place].waker, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);
	struct event *event = self->event;
	struct place *place = &event->place[self->place];

	if (!self->listed || event->set)
		return;
	fm_waker_drop(&place->waker);
	*place = event->place[--event->waiters];
	if (!event->broken) /* planted: it does not know its new place */
		place->owner->place = self->place;
}

static const struct fm_future_ops wait_ops = { .name = "wait", .poll = wait_poll, .drop = wait_drop };

static struct fm_future *wait_init(struct wait *self, struct event *event)
{
	fm_future_init(&self->fut, &wait_ops);
	self->event = event;
	self->listed = false;
	return &self->fut;
}

static void event_set(struct event *event)
{
	event->set = true;
	for (unsigned i = 0; i < event->waiters; i++)
		fm_waker_wake(&event->place[i].waker);
}

struct world {
	bool broken;
	struct event event;
};

struct patient {
	struct fm_async async;
	struct world *world;
	struct wait wait;
};

FM_ASYNC(patient)
{
	FM_BEGIN;
	/* BUG: taken out by another */
	FM_AWAIT(wait_init(&self->wait, &self->world->event));
	FM_END;
}

struct hasty {
	struct fm_async async;
	struct world *world;
	struct wait wait;
	struct fm_timeout timeout;
};

FM_ASYNC(hasty)
{
	FM_BEGIN;
	/* BUG: taken out by another */
	FM_AWAIT(fm_timeout_init(&self->timeout, wait_init(&self->wait, &self->world->event),
				 (1 + fm_random(4)) * FM_MS));
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
	FM_AWAIT(fm_sleep_init(&self->sleep, 5 * FM_MS));
	event_set(&self->world->event);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->event.broken = world->broken;
	for (unsigned i = 0; i < WAITERS / 2; i++) {
		fm_sim_start(TWIN_TASK(host, hasty, world));
		fm_sim_start(TWIN_TASK(host, patient, world));
	}
	fm_sim_start(TWIN_TASK(host, setter, world));
}

NEWCOMER(swap_removed, "swap-removed", .claim = "all who stay hear of the event", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
