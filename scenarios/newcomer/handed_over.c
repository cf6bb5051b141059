/*
 * A hand-written one-waiter event. Its wait is begun by the warm-up task, and carried on by a background
 * task.
 */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>

struct event {
	bool set;
	bool keeps_first;
	struct fm_waker waker;
};

struct event_wait {
	struct fm_future fut;
	struct event *event;
};

struct world {
	bool broken;
	struct event up;
	struct event_wait wait;
	int ups;
};

static enum fm_poll event_wait_poll(struct fm_future *fut, struct fm_context *cx)
{
	struct event_wait *self = FM_CONTAINER_OF(fut, struct event_wait, fut);

	if (self->event->set)
		return fm_ready(fut, FM_OK);
	if (!self->event->keeps_first)
		fm_waker_store(&self->event->waker, cx);
	else if (fm_waker_is_none(self->event->waker))
		self->event->waker = fm_waker_clone(cx->waker);
	return FM_PENDING;
}

static void event_wait_drop(struct fm_future *fut)
{
	fm_waker_drop(&FM_CONTAINER_OF(fut, struct event_wait, fut)->event->waker);
}

static const struct fm_future_ops event_wait_ops = { .name = "event_wait",
						     .poll = event_wait_poll,
						     .drop = event_wait_drop };

static void event_set(struct event *event)
{
	event->set = true;
	fm_waker_wake(&event->waker);
}

struct background {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(background)
{
	FM_BEGIN;
	/* BUG: it keeps the waker of the task that began to wait */
	FM_AWAIT(&self->world->wait.fut);
	self->world->ups++;
	FM_END;
}

struct warmup {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_select select;
	struct fm_branch branch[2];
};

FM_ASYNC(warmup)
{
	FM_BEGIN;
	fm_future_init(&self->world->wait.fut, &event_wait_ops);
	self->world->wait.event = &self->world->up;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->world->wait.fut),
			   fm_sleep_init(&self->sleep, 10 * FM_MS)));
	if (self->select.winner == 0) {
		self->world->ups++;
	} else {
		struct background *bg = fm_task_alloc(sizeof(*bg), "background");

		bg->world = self->world;
		FM_ASYNC_INIT(bg, background);
		fm_task_detach(fm_task_spawn(bg));
	}
	FM_END;
}

struct connector {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(connector)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(20) * FM_MS));
	event_set(&self->world->up);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	world->up.keeps_first = world->broken; /* planted: the first waker is kept */
	fm_sim_start(TWIN_TASK(host, warmup, world));
	fm_sim_start(TWIN_TASK(host, connector, world));
}

NEWCOMER(handed_over, "handed-over", .claim = "both tasks end",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN);
