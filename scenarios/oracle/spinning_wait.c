/*
 * A wait that first asks again and again, waking itself, before it keeps a waker: 50 times are a habit, 500 keep the thread from
 * everybody else, and the clock from moving.
 */
#include "oracle.h"

struct world {
	bool broken;
	struct bell bell;
};

struct spin_wait {
	struct fm_future fut;
	struct bell_wait wait;
	unsigned spins;
};

static enum fm_poll spin_wait_poll(struct fm_future *future, struct fm_context *cx)
{
	struct spin_wait *self = FM_CONTAINER_OF(future, struct spin_wait, fut);

	if (!self->wait.bell->rung && self->spins > 0) {
		self->spins--;
		fm_waker_wake_by_ref(cx->waker);
		return FM_PENDING;
	}
	return fm_poll(&self->wait.fut, cx) == FM_READY ? fm_ready(future, FM_OK) : FM_PENDING;
}

static void spin_wait_drop(struct fm_future *future)
{
	fm_drop(&FM_CONTAINER_OF(future, struct spin_wait, fut)->wait.fut);
}

static const struct fm_future_ops spin_wait_ops = {
	.name = "spin_wait",
	.poll = spin_wait_poll,
	.drop = spin_wait_drop,
};

static struct fm_future *spin_wait_init(struct spin_wait *self, struct bell *bell, unsigned spins)
{
	fm_future_init(&self->fut, &spin_wait_ops);
	bell_wait_init(&self->wait, bell, BELL_KEEPS_NEWEST);
	self->spins = spins;
	return &self->fut;
}

struct waiter {
	struct fm_async async;
	struct world *world;
	struct spin_wait wait;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	FM_AWAIT(spin_wait_init(&self->wait, &self->world->bell, self->world->broken ? 500 : 50)); /* BUG: 500 */
	FM_END;
}

static void ring(struct fm_sim *sim, void *world)
{
	(void)sim;
	bell_ring(&((struct world *)world)->bell);
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), waiter, state));
	fm_sim_at(sim, FM_MS, ring, state);
}

ORACLE(spinning_wait, "spinning-wait", .claim = "the bell is heard", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
