/*
 * One result for all: who asks first polls the work for everybody, and the others wait for him.
 *
 * If the leader loses patience, somebody else has to poll the work from then on, and nobody tells the others.
 */
#include "newcomer.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

#define CLONES 3
#define NOBODY CLONES

struct shared {
	bool broken;
	struct fm_sleep work;
	bool done;
	unsigned leader;
	unsigned clones; /* so many were made */
	struct fm_waker waker[CLONES];
};

struct clone {
	struct fm_future fut;
	struct shared *shared;
	unsigned number;
};

static void wake_all(struct shared *shared)
{
	for (unsigned i = 0; i < CLONES; i++)
		fm_waker_wake(&shared->waker[i]);
}

static enum fm_poll clone_poll(struct fm_future *future, struct fm_context *cx)
{
	struct clone *self = FM_CONTAINER_OF(future, struct clone, fut);
	struct shared *shared = self->shared;

	if (!shared->done && (shared->leader == NOBODY || shared->leader == self->number)) {
		shared->leader = self->number;
		if (fm_poll(&shared->work.fut, cx) == FM_PENDING)
			return FM_PENDING;
		shared->done = true;
		wake_all(shared);
	}
	if (shared->done) {
		fm_waker_drop(&shared->waker[self->number]);
		return fm_ready(future, FM_OK);
	}
	fm_waker_store(&shared->waker[self->number], cx);
	return FM_PENDING;
}

static void clone_drop(struct fm_future *future)
{
	struct clone *self = FM_CONTAINER_OF(future, struct clone, fut);

	fm_waker_drop(&self->shared->waker[self->number]);
	if (self->shared->leader != self->number)
		return;
	self->shared->leader = NOBODY;
	if (!self->shared->broken) /* planted: nobody hears that a leader is wanted */
		wake_all(self->shared);
}

static const struct fm_future_ops clone_ops = { .name = "clone", .poll = clone_poll, .drop = clone_drop };

static struct fm_future *clone_init(struct clone *self, struct shared *shared)
{
	fm_future_init(&self->fut, &clone_ops);
	self->shared = shared;
	self->number = shared->clones++;
	return &self->fut;
}

struct world {
	bool broken;
	struct shared shared;
};

struct user {
	struct fm_async async;
	struct world *world;
	struct clone clone;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	/* BUG: waits for a leader who has gone */
	FM_AWAIT(clone_init(&self->clone, &self->world->shared));
	FM_END;
}

struct hasty {
	struct fm_async async;
	struct world *world;
	struct clone clone;
	struct fm_timeout timeout;
};

FM_ASYNC(hasty)
{
	FM_BEGIN;
	FM_AWAIT(fm_timeout_init(&self->timeout, clone_init(&self->clone, &self->world->shared), FM_MS));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->shared.broken = world->broken;
	world->shared.leader = NOBODY;
	fm_sleep_init(&world->shared.work, 5 * FM_MS);
	fm_sim_start(TWIN_TASK(host, user, world));
	fm_sim_start(TWIN_TASK(host, hasty, world));
	fm_sim_start(TWIN_TASK(host, user, world));
}

NEWCOMER(shared_leader, "shared-leader", .claim = "all who stay get the result", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
