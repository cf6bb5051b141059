/*
 * A waker of its own that, woken, polls at once what it was made for, with the context of the poll it was made in. That one is over.
 * The twin only writes down that there is something to do, and has itself polled.
 */
#include "oracle.h"

struct world {
	bool broken;
	struct bell bell;
	unsigned heard;
};

struct eager {
	struct fm_future fut;
	struct fm_wakeable wakeable; /* what the wait is polled with */
	struct world *world;
	struct bell_wait wait;
	struct fm_waker outer;
	struct fm_context *kept; /* of the latest poll: dead when that is over */
};

static struct fm_waker eager_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void eager_wake(struct fm_wakeable *wakeable)
{
	struct eager *self = FM_CONTAINER_OF(wakeable, struct eager, wakeable);

	if (self->world->broken && fm_future_live(&self->wait.fut))
		fm_poll(&self->wait.fut, self->kept);
	fm_waker_wake_by_ref(self->outer);
}

static void eager_waker_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool eager_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops eager_waker_ops = { eager_clone, eager_wake, eager_waker_drop, eager_will_wake };

static enum fm_poll eager_poll(struct fm_future *future, struct fm_context *cx)
{
	static struct fm_context of_latest; /* what a program would keep a pointer to, were it not gone */
	struct eager *self = FM_CONTAINER_OF(future, struct eager, fut);

	of_latest = *cx;
	of_latest.waker = fm_waker_of(&self->wakeable);
	self->kept = &of_latest;
	fm_waker_store(&self->outer, cx);
	if (!fm_future_is_ready(&self->wait.fut) && fm_poll(&self->wait.fut, &of_latest) == FM_PENDING)
		return FM_PENDING;
	fm_waker_drop(&self->outer);
	return fm_ready(future, FM_OK);
}

static void eager_drop(struct fm_future *future)
{
	struct eager *self = FM_CONTAINER_OF(future, struct eager, fut);

	fm_drop_if_live(&self->wait.fut);
	fm_waker_drop(&self->outer);
}

static const struct fm_future_ops eager_ops = { .name = "eager", .poll = eager_poll, .drop = eager_drop };

static struct fm_future *eager_init(struct eager *self, struct world *world)
{
	fm_future_init(&self->fut, &eager_ops);
	bell_wait_init(&self->wait, &world->bell, BELL_KEEPS_NEWEST);
	self->wakeable.ops = &eager_waker_ops;
	self->world = world;
	self->outer = FM_WAKER_NONE;
	return &self->fut;
}

struct listener {
	struct fm_async async;
	struct world *world;
	struct eager eager;
};

FM_ASYNC(listener)
{
	FM_BEGIN;
	FM_AWAIT(eager_init(&self->eager, self->world));
	self->world->heard++;
	FM_END;
}

struct ringer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(ringer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS)); /* BUG: what it rings polls at once */
	bell_ring(&self->world->bell);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, listener, state));
	fm_sim_start(TWIN_TASK(host, ringer, state));
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->heard == 1, "the bell was not heard");
}

ORACLE(waking_poll, "waking-poll", .claim = "the bell is heard", .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC,
       .end = end);
