/*
 * One state word for a queue and a stored permit: the last waiter that leaves may only clear what it set.
 *
 * Corpus W01 (tokio #3652). notify_all has emptied the queue and notify_one has stored a permit; the
 * visitor, reached by notify_all and aborted before its poll, finds the queue empty and writes EMPTY over
 * NOTIFIED.
 */
#include "../corpus.h"

#include <fm/sleep.h>

enum { EMPTY, WAITING, NOTIFIED };
enum { NOBODY, BY_ONE, BY_ALL };

struct notify {
	bool broken;
	unsigned state;
	struct fm_waitq waiters;
};

struct notified {
	struct fm_future fut;
	struct notify *notify;
	struct fm_waiter waiter;
	bool waited;
	unsigned reached;
};

static void reach(struct notify *notify, struct fm_waiter *waiter, unsigned by)
{
	FM_CONTAINER_OF(waiter, struct notified, waiter)->reached = by;
	fm_waiter_wake(waiter);
	if (!fm_waitq_first(&notify->waiters))
		notify->state = EMPTY;
}

static void notify_one(struct notify *notify)
{
	if (notify->state == WAITING)
		reach(notify, fm_waitq_first(&notify->waiters), BY_ONE);
	else
		notify->state = NOTIFIED;
}

static void notify_all(struct notify *notify)
{
	while (notify->state == WAITING)
		reach(notify, fm_waitq_first(&notify->waiters), BY_ALL);
}

static enum fm_poll notified_poll(struct fm_future *future, struct fm_context *cx)
{
	struct notified *self = FM_CONTAINER_OF(future, struct notified, fut);

	if (self->reached == NOBODY && self->notify->state != NOTIFIED) {
		self->waited = true;
		twin_wait(&self->notify->waiters, &self->waiter, "notify", self->notify, future, cx);
		self->notify->state = WAITING;
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (self->reached == NOBODY)
		self->notify->state = EMPTY;
	return fm_ready(future, FM_OK);
}

static void notified_drop(struct fm_future *future)
{
	struct notified *self = FM_CONTAINER_OF(future, struct notified, fut);
	struct notify *notify = self->notify;

	if (!self->waited)
		return;
	twin_leave(&self->waiter, notify, future);
	/* W01: an empty queue is no proof that the state says WAITING */
	if (!fm_waitq_first(&notify->waiters) && (notify->broken || notify->state == WAITING))
		notify->state = EMPTY;
	if (self->reached == BY_ONE)
		notify_one(notify);
}

static const struct fm_future_ops notified_ops = {
	.name = "notified",
	.poll = notified_poll,
	.drop = notified_drop,
};

static struct fm_future *notified_init(struct notified *self, struct notify *notify)
{
	fm_future_init(&self->fut, &notified_ops);
	fm_waiter_init(&self->waiter);
	self->notify = notify;
	self->waited = false;
	self->reached = NOBODY;
	return &self->fut;
}

struct world {
	bool broken;
	struct notify notify;
	struct fm_task *visitor;
};

struct visitor {
	struct fm_async async;
	struct world *world;
	struct notified notified;
};

FM_ASYNC(visitor)
{
	FM_BEGIN;
	FM_AWAIT(notified_init(&self->notified, &self->world->notify));
	FM_END;
}

struct driver {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	struct fm_yield yield;
};

FM_ASYNC(driver)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, FM_MS));
	notify_all(&self->world->notify);
	notify_one(&self->world->notify);
	FM_AWAIT(fm_yield_init(&self->yield));
	fm_task_abort(self->world->visitor);
	fm_task_detach(self->world->visitor);
	FM_END;
}

struct latecomer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep late;
	struct notified notified;
};

FM_ASYNC(latecomer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->late, 2 * FM_MS));
	/* BUG: its permit was erased */
	FM_AWAIT(notified_init(&self->notified, &self->world->notify));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->notify.broken = world->broken;
	fm_waitq_init(&world->notify.waiters);
	world->visitor = fm_task_ref(fm_sim_start(TWIN_TASK(host, visitor, world)));
	fm_sim_start(TWIN_TASK(host, driver, world));
	fm_sim_start(TWIN_TASK(host, latecomer, world));
}

CORPUS(erased_permit, "w01-erased-permit", .claim = "a permit that found nobody waits for the next who comes",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
