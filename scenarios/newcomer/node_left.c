/*
 * An event with a list of those who wait, whose nodes are in their futures: one that is dropped must leave
 * the list, since its memory goes with its task.
 */
#include "newcomer.h"

#include <fm/sleep.h>

struct node {
	struct node *next;
	struct fm_waker waker;
};

struct event {
	bool broken;
	bool set;
	struct node *first;
};

struct wait {
	struct fm_future fut;
	struct event *event;
	struct node node;
	bool listed;
};

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	if (self->event->set)
		return fm_ready(future, FM_OK);
	if (!self->listed) {
		self->listed = true;
		self->node.next = self->event->first;
		self->event->first = &self->node;
	}
	fm_waker_store(&self->node.waker, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);
	struct node **at = &self->event->first;

	fm_waker_drop(&self->node.waker);
	if (!self->listed || self->event->broken) /* planted: the node stays, the memory goes */
		return;
	while (*at != &self->node)
		at = &(*at)->next;
	*at = self->node.next;
}

static const struct fm_future_ops wait_ops = { .name = "wait", .poll = wait_poll, .drop = wait_drop };

static struct fm_future *wait_init(struct wait *self, struct event *event)
{
	fm_future_init(&self->fut, &wait_ops);
	self->event = event;
	self->node = (struct node){ .next = NULL };
	self->listed = false;
	return &self->fut;
}

static void event_set(struct event *event)
{
	struct node *node;

	event->set = true;
	while ((node = event->first)) {
		event->first = node->next;
		fm_waker_wake(&node->waker);
	}
}

struct world {
	bool broken;
	struct event event;
	struct fm_task *quitter;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct wait wait;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
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
	fm_task_abort(self->world->quitter);
	fm_task_detach(self->world->quitter);
	/* BUG: what follows walks through freed memory */
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	event_set(&self->world->event);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->event.broken = world->broken;
	world->quitter = fm_task_ref(fm_sim_start(TWIN_TASK(host, waiter, world)));
	fm_sim_start(TWIN_TASK(host, waiter, world));
	fm_sim_start(TWIN_TASK(host, setter, world));
}

NEWCOMER(node_left, "node-left", .claim = "who stays hears of the event", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
