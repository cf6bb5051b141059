/*
 * A lock with a list of those who wait, each with a patience of his own: the unlock takes the first one out
 * and wakes him.
 *
 * Between his wake and his poll his patience may end, and then he goes without the lock, which he alone was
 * told is free. Whatever of time passes there is the machine's: that is why the times are allowed to be late.
 */
#include "newcomer.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define USERS 3

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
	if (self->node.woken && !self->lock->held && !self->lock->broken) /* planted: the next is not told */
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

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct take take;
	struct fm_sleep patience;
	struct fm_sleep work;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	/* BUG: behind one that was woken and went */
	FM_AWAIT(FM_SELECT(&self->select, self->branch, take_init(&self->take, &self->world->lock),
			   fm_sleep_init(&self->patience, FM_MS + fm_random(4 * FM_MS))));
	if (self->select.winner == 0) {
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS + fm_random(2 * FM_MS)));
		unlock(&self->world->lock);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->lock.broken = world->broken;
	for (unsigned i = 0; i < USERS; i++)
		fm_sim_start(TWIN_TASK(host, user, world));
}

NEWCOMER(timed_out_grant, "timed-out-grant", .claim = "nobody waits for a lock that is free",
	 .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN);
