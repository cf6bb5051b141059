/*
 * notify_one and notify_all against a model: a queue of who waits, at most one remembered, and a count of notify_all. Who
 * was reached is ready, who was not waits; a notify_one that reached somebody who goes passes on. The generation wraps meanwhile.
 */
#include "fair.h"

#include <fm/notify.h>

enum reached { NOT, BY_ONE, BY_ALL };

struct world {
	struct fm_notify notify;
	struct fm_list queue; /* the model's, of waits */
	uint64_t times;       /* of notify_all */
	bool remembered;
	unsigned waiters;
	unsigned waking; /* tasks that still wake the others */
};

/* A future around fm_notified. */
struct wait {
	struct fm_future fut;
	struct world *world;
	struct fm_notified notified;
	struct fm_list link;
	uint64_t times; /* at its beginning */
	enum reached reached;
	bool queued; /* it was in the queue */
};

static struct wait *wait_of(struct fm_list *link)
{
	return FM_CONTAINER_OF(link, struct wait, link);
}

static void notify_one(struct world *world)
{
	struct fm_list *first = world->queue.next;

	if (fm_list_empty(&world->queue)) {
		world->remembered = true;
		return;
	}
	fm_list_unlink(first);
	wait_of(first)->reached = BY_ONE;
}

static void notify_all(struct world *world)
{
	world->times++;
	while (!fm_list_empty(&world->queue)) {
		struct fm_list *first = world->queue.next;

		fm_list_unlink(first);
		wait_of(first)->reached = BY_ALL;
	}
}

/* Whether it is ready; if so, what made it so is used up. */
static bool is_due(const struct wait *self)
{
	return self->reached != NOT || (!self->queued && (self->times != self->world->times || self->world->remembered));
}

static void use_up(struct wait *self)
{
	if (self->reached == NOT && self->times == self->world->times)
		self->world->remembered = false;
	self->reached = BY_ALL;
}

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);
	const bool before = fm_task_scheduled(fm_task_current());
	const bool due = is_due(self);

	if (fm_poll(&self->notified.fut, cx) == FM_PENDING) {
		if (due) {
			FAIR_HOLDS(before || fm_task_scheduled(fm_task_current()), "it was notified, and waits");
		} else if (!self->queued) {
			self->queued = true;
			fm_list_push_back(&self->world->queue, &self->link);
		}
		return FM_PENDING;
	}
	FAIR_HOLDS(due, "it was not notified");
	HOLDS(before || !gave_way(), "it gave way and was ready all the same");
	fm_list_unlink(&self->link);
	use_up(self);
	return fm_ready(future, self->notified.fut.status);
}

static void wait_drop(struct fm_future *future)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	fm_drop(&self->notified.fut);
	fm_list_unlink(&self->link);
	if (self->reached == BY_ONE)
		notify_one(self->world);
}

static const struct fm_future_ops wait_ops = {
	.name = "wait",
	.poll = wait_poll,
	.drop = wait_drop,
	.cancel = FM_CANCEL_LOSSY,
};

static struct fm_future *wait_init(struct wait *self, struct world *world)
{
	fm_future_init(&self->fut, &wait_ops);
	fm_notified_init(&self->notified, &world->notify);
	self->world = world;
	fm_list_init(&self->link);
	self->times = world->times;
	self->reached = NOT;
	self->queued = false;
	return &self->fut;
}

/* Joins the queue without a poll. */
static void enable(struct wait *self)
{
	const bool due = is_due(self);
	const bool notified = fm_notified_enable(&self->notified);

	FAIR_HOLDS(notified == due, "enabled, it says that it was %snotified", notified ? "" : "not ");
	if (due && self->reached == NOT) {
		const bool by_one = self->times == self->world->times;

		use_up(self);
		self->reached = by_one ? BY_ONE : BY_ALL;
	} else if (!due && !self->queued) {
		self->queued = true;
		fm_list_push_back(&self->world->queue, &self->link);
	}
}

struct waiter {
	struct fm_async async;
	struct world *world;
	struct wait wait;
	struct fm_defer leave;
	struct fm_yield yield;
	unsigned round;
};

static void waiter_leaves(struct fm_defer *defer)
{
	struct waiter *self = FM_CONTAINER_OF(defer, struct waiter, leave);

	if (self->wait.fut.ops && self->async.child != &self->wait.fut)
		fm_drop_if_live(&self->wait.fut);
	self->world->waiters--;
}

FM_ASYNC(waiter)
{
	FM_BEGIN;
	for (; self->round < 5; self->round++) {
		wait_init(&self->wait, self->world);
		switch ((self->round + fm_random(3)) % 3) {
		case 0:
			break;
		case 1:
			FM_AWAIT(fm_yield_init(&self->yield));
			break;
		case 2:
			enable(&self->wait);
			FM_AWAIT(fm_yield_init(&self->yield));
			enable(&self->wait);
			if (SOMETIMES_IN(4)) {
				fm_drop(&self->wait.fut);
				continue;
			}
			break;
		}
		FM_AWAIT(&self->wait.fut);
	}
	FM_END;
}

struct waker {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct fm_yield yield;
};

static void wake(struct world *world)
{
	if (SOMETIMES_IN(4)) {
		fm_notify_all(&world->notify);
		notify_all(world);
	} else {
		fm_notify_one(&world->notify);
		notify_one(world);
	}
}

FM_ASYNC(waker)
{
	FM_BEGIN;
	while (self->world->waiters > 0) {
		wake(self->world);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	DIRTY(&world->notify);
	fm_notify_init_at(&world->notify, UINT64_MAX - 1);
	fm_list_init(&world->queue);
	for (unsigned i = 0; i < 4; i++) {
		struct waiter *waiter = PRIMITIVE_TASK(host, waiter, world);

		world->waiters++;
		fm_defer(&waiter->async, &waiter->leave, waiter_leaves);
		fm_sim_cancellable(sim, fm_sim_start(waiter));
	}
	fm_sim_start_daemon(PRIMITIVE_TASK(host, waker, world));
	fm_sim_start(PRIMITIVE_TASK(host, waker, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_list_empty(&world->queue), "somebody waits for ever");
	fm_notify_drop(&world->notify);
}

FM_SCENARIO(primitive_notify) = {
	.name = "primitive/notify",
	.claim = "every notify_one reaches the oldest who waits or is remembered, notify_all reaches all there are, and nobody else wakes",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
