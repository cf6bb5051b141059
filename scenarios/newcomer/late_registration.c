/*
 * A wait that looks at the flag, waits for a lock, and only then leaves its waker, without a second look.
 *
 * Whoever sets the flag does so under that lock: so between the look and the waker there is just the time it
 * takes.
 */
#include "newcomer.h"

#include <fm/mutex.h>

struct flag {
	bool broken;
	bool set;
	struct fm_mutex mutex;
	struct fm_waker waker;
};

struct wait {
	struct fm_future fut;
	struct flag *flag;
	struct fm_mutex_lock lock;
	enum { WAIT_BEGINS, WAIT_LOCKS, WAIT_LISTED } state;
};

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);
	struct flag *flag = self->flag;

	if (self->state != WAIT_LOCKS && flag->set)
		return fm_ready(future, FM_OK);
	if (self->state == WAIT_BEGINS) {
		fm_mutex_lock_init(&self->lock, &flag->mutex);
		self->state = WAIT_LOCKS;
	}
	if (self->state == WAIT_LOCKS) {
		if (fm_poll(&self->lock.fut, cx) == FM_PENDING)
			return FM_PENDING;
		fm_mutex_unlock(&flag->mutex);
		self->state = WAIT_LISTED;
		if (flag->set && !flag->broken) /* planted: no second look */
			return fm_ready(future, FM_OK);
	}
	fm_waker_store(&flag->waker, cx);
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	if (self->state == WAIT_LOCKS)
		fm_drop_if_live(&self->lock.fut);
	fm_waker_drop(&self->flag->waker);
}

static const struct fm_future_ops wait_ops = { .name = "wait", .poll = wait_poll, .drop = wait_drop };

static struct fm_future *wait_init(struct wait *self, struct flag *flag)
{
	fm_future_init(&self->fut, &wait_ops);
	self->flag = flag;
	self->state = WAIT_BEGINS;
	return &self->fut;
}

struct world {
	bool broken;
	struct flag flag;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct wait wait;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	/* BUG: the flag was set before its waker was there */
	FM_AWAIT(wait_init(&self->wait, &self->world->flag));
	FM_END;
}

struct setter {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_yield work;
};

FM_ASYNC(setter)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->flag.mutex));
	FM_AWAIT(fm_yield_init(&self->work));
	self->world->flag.set = true;
	fm_waker_wake(&self->world->flag.waker);
	fm_mutex_unlock(&self->world->flag.mutex);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->flag.broken = world->broken;
	fm_mutex_init(&world->flag.mutex);
	fm_sim_start(TWIN_TASK(host, waiter, world));
	fm_sim_start(TWIN_TASK(host, setter, world));
}

NEWCOMER(late_registration, "late-registration", .claim = "the flag is seen", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
