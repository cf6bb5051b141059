/*
 * A lock with a list of those who wait: an unlock wakes the first of them, who then comes and takes the lock.
 *
 * One that was woken and goes away instead (its time is over, its task is aborted) must pass the wake on: the
 * lock is free, and those behind it sleep.
 */
#include "newcomer.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

struct node {
	struct node *next;
	struct fm_waker waker;
	bool woken; /* and so not in the list any more */
};

struct lock {
	bool broken;
	bool held;
	struct node *first;
};

struct take {
	struct fm_future fut;
	struct lock *lock;
	struct node node;
	bool waiting;
};

static void leave(struct lock *lock, struct node *node)
{
	struct node **at = &lock->first;

	while (*at && *at != node)
		at = &(*at)->next;
	if (*at)
		*at = node->next;
}

static void enter(struct lock *lock, struct node *node)
{
	struct node **at = &lock->first;

	while (*at)
		at = &(*at)->next;
	*node = (struct node){ .waker = node->waker };
	*at = node;
}

static void wake_first(struct lock *lock)
{
	struct node *first = lock->first;

	if (!first)
		return;
	lock->first = first->next;
	first->woken = true;
	fm_waker_wake(&first->waker);
}

static void unlock(struct lock *lock)
{
	lock->held = false;
	wake_first(lock);
}

static enum fm_poll take_poll(struct fm_future *future, struct fm_context *cx)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);

	if (!self->lock->held) {
		self->lock->held = true;
		leave(self->lock, &self->node);
		fm_waker_drop(&self->node.waker);
		return fm_ready(future, FM_OK);
	}
	if (!self->waiting || self->node.woken)
		enter(self->lock, &self->node);
	self->waiting = true;
	fm_waker_store(&self->node.waker, cx);
	return FM_PENDING;
}

static void take_drop(struct fm_future *future)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);

	leave(self->lock, &self->node);
	fm_waker_drop(&self->node.waker);
	if (self->node.woken && !self->lock->held &&
	    !self->lock->broken) /* planted: keeps the wake to itself */
		wake_first(self->lock);
}

static const struct fm_future_ops take_ops = { .name = "take", .poll = take_poll, .drop = take_drop };

static struct fm_future *take_init(struct take *self, struct lock *lock)
{
	fm_future_init(&self->fut, &take_ops);
	self->lock = lock;
	self->node = (struct node){ .next = NULL };
	self->waiting = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct lock lock;
};

struct hasty {
	struct fm_async async;
	struct world *world;
	struct take take;
	struct fm_timeout timeout;
	struct fm_sleep work;
	struct fm_defer unlock;
	unsigned times;
	bool has;
};

static void hasty_unlock(struct fm_defer *defer)
{
	struct hasty *self = FM_CONTAINER_OF(defer, struct hasty, unlock);

	if (self->has)
		unlock(&self->world->lock);
}

FM_ASYNC(hasty)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->unlock, hasty_unlock);
	for (; self->times < 3; self->times++) {
		/* BUG: behind one that was woken and went */
		FM_AWAIT(fm_timeout_init(&self->timeout, take_init(&self->take, &self->world->lock),
					 (1 + fm_random(3)) * FM_MS));
		if (self->timeout.fut.status != FM_OK)
			continue;
		self->has = true;
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		self->has = false;
		unlock(&self->world->lock);
	}
	FM_END;
}

struct patient {
	struct fm_async async;
	struct world *world;
	struct take take;
};

FM_ASYNC(patient)
{
	FM_BEGIN;
	/* BUG: behind one that was woken and went */
	FM_AWAIT(take_init(&self->take, &self->world->lock));
	unlock(&self->world->lock);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->lock.broken = world->broken;
	fm_sim_cancellable(sim, fm_sim_start(TWIN_TASK(host, hasty, world)));
	fm_sim_start(TWIN_TASK(host, hasty, world));
	fm_sim_start(TWIN_TASK(host, patient, world));
	fm_sim_start(TWIN_TASK(host, patient, world));
}

NEWCOMER(swallowed_wake, "swallowed-wake", .claim = "all who stay get the lock",
	 .faults = FM_SIM_FAULTS_GENTLE, .deadline_ns = FM_MIN);
