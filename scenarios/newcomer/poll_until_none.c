/*
 * A set that polls its child as long as it asks to be polled again, within one poll of its own.
 *
 * A child that steps back to let others go first (it wakes itself and is PENDING) is polled on the spot, and
 * the thread never gets to the one it lets go first: futures-rs' sets did so until they gave up after a
 * while.
 */
#include "newcomer.h"

#include <fm/sleep.h>

struct world {
	bool broken;
	bool stop;
};

struct child {
	struct fm_future fut;
	const struct world *world;
	bool again; /* it has asked to be polled again */
};

static enum fm_poll child_poll(struct fm_future *future, struct fm_context *cx)
{
	struct child *self = FM_CONTAINER_OF(future, struct child, fut);

	if (self->world->stop)
		return fm_ready(future, FM_OK);
	self->again = true;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void child_drop(struct fm_future *future)
{
	(void)future;
}

static const struct fm_future_ops child_ops = { .name = "child", .poll = child_poll, .drop = child_drop };

struct set {
	struct fm_future fut;
	struct child child;
};

static enum fm_poll set_poll(struct fm_future *future, struct fm_context *cx)
{
	struct set *self = FM_CONTAINER_OF(future, struct set, fut);

	do {
		self->child.again = false;
		if (fm_poll(&self->child.fut, cx) == FM_READY)
			return fm_ready(future, FM_OK);
	} while (self->child.again && self->child.world->broken); /* planted: until none asks again */
	return FM_PENDING;
}

static void set_drop(struct fm_future *future)
{
	fm_drop_if_live(&FM_CONTAINER_OF(future, struct set, fut)->child.fut);
}

static const struct fm_future_ops set_ops = { .name = "set", .poll = set_poll, .drop = set_drop };

static struct fm_future *set_init(struct set *self, const struct world *world)
{
	fm_future_init(&self->fut, &set_ops);
	fm_future_init(&self->child.fut, &child_ops);
	self->child.world = world;
	return &self->fut;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct set set;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	/* BUG: one poll of it never ends */
	FM_AWAIT(set_init(&self->set, self->world));
	FM_END;
}

struct stopper {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(stopper)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	self->world->stop = true;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, user, state));
	fm_sim_start(TWIN_TASK(host, stopper, state));
}

NEWCOMER(poll_until_none, "poll-until-none", .claim = "the stop is seen", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
