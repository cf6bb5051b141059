/*
 * A stored notification and a waiter that is dropped after everybody was called: the one is none of the
 * other's business.
 *
 * Corpus W01. Dropping a waiter resets the state "because the queue is empty", and with it a notification
 * that was stored for whoever comes next.
 */
#include "canary.h"

#include <fm/select.h>
#include <fm/sleep.h>

static const char kind[] = "notify";

struct bell {
	bool broken;
	bool stored; /* a ring_one that found nobody */
	struct fm_waitq waiters;
};

enum { IDLE, WAITING, RUNG_ONE, RUNG_ALL };

struct listen {
	struct fm_future fut;
	struct bell *bell;
	struct fm_waiter waiter;
	unsigned state;
};

static void ring_one(struct bell *bell)
{
	struct fm_waiter *first = fm_waitq_first(&bell->waiters);

	if (!first) {
		bell->stored = true;
		return;
	}
	FM_CONTAINER_OF(first, struct listen, waiter)->state = RUNG_ONE;
	fm_waiter_wake(first);
}

static void ring_all(struct bell *bell)
{
	FM_LIST_FOR_EACH(link, &bell->waiters.waiters)
	{
		FM_CONTAINER_OF(link, struct listen, waiter.link)->state = RUNG_ALL;
	}
	fm_waitq_wake_all(&bell->waiters);
}

static enum fm_poll listen_poll(struct fm_future *future, struct fm_context *cx)
{
	struct listen *self = FM_CONTAINER_OF(future, struct listen, fut);

	if (self->state < RUNG_ONE && !self->bell->stored) {
		self->state = WAITING;
		twin_wait(&self->bell->waiters, &self->waiter, kind, self->bell, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	if (self->state < RUNG_ONE)
		self->bell->stored = false;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void listen_drop(struct fm_future *future)
{
	struct listen *self = FM_CONTAINER_OF(future, struct listen, fut);

	if (self->state == IDLE)
		return;
	twin_leave(&self->waiter, self->bell, future);
	if (self->state == RUNG_ONE)
		ring_one(self->bell);
	else if (self->bell->broken && !fm_waitq_first(&self->bell->waiters))
		self->bell->stored = false; /* W01: an empty queue does not mean that nothing is stored */
}

static const struct fm_future_ops listen_ops = { .name = "listen", .poll = listen_poll, .drop = listen_drop };

static struct fm_future *listen_init(struct listen *self, struct bell *bell)
{
	fm_future_init(&self->fut, &listen_ops);
	fm_waiter_init(&self->waiter);
	self->bell = bell;
	self->state = IDLE;
	return &self->fut;
}

struct world {
	bool broken;
	struct bell bell;
	unsigned heard;
};

struct impatient {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct listen listen;
	struct fm_sleep patience;
};

FM_ASYNC(impatient)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, listen_init(&self->listen, &self->world->bell),
			   fm_sleep_init(&self->patience, FM_MS)));
	FM_END;
}

struct ringer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(ringer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, FM_MS));
	ring_all(&self->world->bell);
	ring_one(&self->world->bell);
	FM_END;
}

/* Comes late, for the notification that was stored. */
struct latecomer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep late;
	struct listen listen;
};

FM_ASYNC(latecomer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->late, 2 * FM_MS));
	FM_AWAIT(listen_init(&self->listen, &self->world->bell));
	self->world->heard++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->bell.broken = world->broken;
	fm_waitq_init(&world->bell.waiters);
	fm_sim_start(TWIN_TASK(host, impatient, world));
	fm_sim_start(TWIN_TASK(host, ringer, world));
	fm_sim_start(TWIN_TASK(host, latecomer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->heard == 1, "the latecomer heard %u notifications", world->heard);
}

CANARY(erased_notification, "erased-notification", .claim = "every single notification reaches somebody",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
