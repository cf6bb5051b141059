/*
 * Waiting for a child process on a descriptor that gets readable: readable is a hint, and the answer may
 * be "not yet".
 *
 * Corpus I11 (tokio #7494). Woken once, it takes for granted that the child has ended.
 */
#include "../corpus.h"

#include <fm/panic.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	bool exited;
	unsigned reaped;
	struct fm_waitq readable;
};

static int try_wait(const struct world *world)
{
	return world->exited ? FM_OK : FM_ERR_AGAIN;
}

struct wait {
	struct fm_future fut;
	struct world *world;
	struct fm_waiter waiter;
	bool waited;
};

static enum fm_poll wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	if (try_wait(self->world) == FM_OK) {
		if (!fm_coop(cx))
			return FM_PENDING;
		fm_waiter_leave(&self->waiter);
		return fm_ready(future, FM_OK);
	}
	/* I11: it was readable, so... */
	if (self->world->broken && self->waited && !fm_waiter_queued(&self->waiter))
		fm_panic("the child has exited: its descriptor was readable"); /* BUG */
	twin_wait(&self->world->readable, &self->waiter, "child", self->world, future, cx);
	self->waited = true;
	return FM_PENDING;
}

static void wait_drop(struct fm_future *future)
{
	struct wait *self = FM_CONTAINER_OF(future, struct wait, fut);

	twin_leave(&self->waiter, self->world, future);
}

static const struct fm_future_ops wait_ops = { .name = "wait", .poll = wait_poll, .drop = wait_drop };

static struct fm_future *wait_init(struct wait *self, struct world *world)
{
	fm_future_init(&self->fut, &wait_ops);
	fm_waiter_init(&self->waiter);
	self->world = world;
	self->waited = false;
	return &self->fut;
}

struct parent {
	struct fm_async async;
	struct world *world;
	struct wait wait;
};

FM_ASYNC(parent)
{
	FM_BEGIN;
	FM_AWAIT(wait_init(&self->wait, self->world));
	self->world->reaped++;
	FM_END;
}

/* The kernel: tells of the descriptor more than once, and now and then for nothing. */
struct kernel {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	unsigned left;
};

FM_ASYNC(kernel)
{
	FM_BEGIN;
	for (self->left = 4; self->left; self->left--) {
		FM_AWAIT(fm_sleep_init(&self->later, fm_random(3) * FM_MS));
		if (fm_random(8) == 7)
			fm_waitq_wake_all(&self->world->readable);
	}
	self->world->exited = true;
	fm_waitq_wake_all(&self->world->readable);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->readable);
	fm_sim_start(TWIN_TASK(host, parent, world));
	fm_sim_start(TWIN_TASK(host, kernel, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->reaped == 1, "reaped %u times", world->reaped);
}

CORPUS(certain_readiness, "i11-certain-readiness", .claim = "a readable descriptor is only a hint",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
