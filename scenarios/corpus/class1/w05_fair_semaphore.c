/*
 * A budget of bytes, first come, first served: a head that is aborted must let the next one look.
 *
 * Corpus W05 (shuttle #167, embassy #6964). A waiter takes its share itself, when it is woken as the head
 * of the queue. The head that gives up releases nothing, so nobody else wakes the one behind it.
 */
#include "../corpus.h"

#include <fm/notify.h>
#include <fm/sleep.h>

#define BYTES 8

struct budget {
	bool broken;
	unsigned free;
	struct fm_waitq queue;
};

struct take {
	struct fm_future fut;
	struct budget *budget;
	struct fm_waiter waiter;
	unsigned bytes;
};

/* The head stays in the queue until it has what it wants. */
static void wake_head(struct budget *budget)
{
	struct fm_waiter *head = fm_waitq_first(&budget->queue);

	if (head && FM_CONTAINER_OF(head, struct take, waiter)->bytes <= budget->free)
		fm_waker_wake(&head->waker);
}

static void give(struct budget *budget, unsigned bytes)
{
	budget->free += bytes;
	fm_observe_release(budget);
	wake_head(budget);
}

static enum fm_poll take_poll(struct fm_future *future, struct fm_context *cx)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);
	const struct fm_waiter *head = fm_waitq_first(&self->budget->queue);

	if ((head && head != &self->waiter) || self->bytes > self->budget->free) {
		twin_wait(&self->budget->queue, &self->waiter, "budget", self->budget, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	self->budget->free -= self->bytes;
	fm_waiter_leave(&self->waiter);
	fm_observe_grant("budget", self->budget, NULL);
	wake_head(self->budget);
	return fm_ready(future, FM_OK);
}

static void take_drop(struct fm_future *future)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);

	twin_leave(&self->waiter, self->budget, future);
	if (!self->budget->broken) /* W05: the next is the head now, and nobody tells it */
		wake_head(self->budget);
}

static const struct fm_future_ops take_ops = { .name = "take", .poll = take_poll, .drop = take_drop };

static struct fm_future *take_init(struct take *self, struct budget *budget, unsigned bytes)
{
	fm_future_init(&self->fut, &take_ops);
	fm_waiter_init(&self->waiter);
	self->budget = budget;
	self->bytes = bytes;
	return &self->fut;
}

struct world {
	bool broken;
	struct budget budget;
	struct fm_notify small_done;
	struct fm_task *large;
};

/* Sends a little, and goes on only when the small message has gone too. */
struct first {
	struct fm_async async;
	struct world *world;
	struct take take;
	struct fm_notified done;
};

FM_ASYNC(first)
{
	FM_BEGIN;
	FM_AWAIT(take_init(&self->take, &self->world->budget, BYTES / 2));
	FM_AWAIT(fm_notified_init(&self->done, &self->world->small_done));
	give(&self->world->budget, BYTES / 2);
	FM_END;
}

struct large {
	struct fm_async async;
	struct world *world;
	struct take take;
};

FM_ASYNC(large)
{
	FM_BEGIN;
	FM_AWAIT(take_init(&self->take, &self->world->budget, BYTES));
	give(&self->world->budget, BYTES);
	FM_END;
}

struct small {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct take take;
};

FM_ASYNC(small)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
	/* BUG: behind a head that has gone */
	FM_AWAIT(take_init(&self->take, &self->world->budget, 1));
	give(&self->world->budget, 1);
	fm_notify_one(&self->world->small_done);
	FM_END;
}

struct supervisor {
	struct fm_async async;
	struct world *world;
	struct fm_sleep patience;
};

FM_ASYNC(supervisor)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->patience, 2 * FM_MS));
	fm_task_abort(self->world->large);
	fm_task_detach(self->world->large);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->budget.broken = world->broken;
	world->budget.free = BYTES;
	fm_waitq_init(&world->budget.queue);
	fm_notify_init(&world->small_done);
	fm_sim_start(TWIN_TASK(host, first, world));
	world->large = fm_task_ref(fm_sim_start(TWIN_TASK(host, large, world)));
	fm_sim_start(TWIN_TASK(host, small, world));
	fm_sim_start(TWIN_TASK(host, supervisor, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->budget.free == BYTES, "%u of %d bytes came back", world->budget.free, BYTES);
}

CORPUS(fair_semaphore, "w05-fair-semaphore", .claim = "the head of the queue is served once enough is free",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
