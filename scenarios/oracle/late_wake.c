/*
 * A wake of a task that has ended is legal, and does nothing: the twin rings for one. The broken one takes what it kept for a task that
 * still goes on, and polls the future in it once more.
 */
#include "oracle.h"

struct world {
	bool broken;
	struct fm_waker kept; /* of a task that ends meanwhile */
	struct bell_wait wait; /* ready by then */
	struct bell bell;
};

/* Leaves its waker behind, and ends. */
struct leave {
	struct fm_future fut;
	struct world *world;
};

static enum fm_poll leave_poll(struct fm_future *future, struct fm_context *cx)
{
	struct leave *self = FM_CONTAINER_OF(future, struct leave, fut);

	fm_waker_store(&self->world->kept, cx);
	return fm_ready(future, FM_OK);
}

static const struct fm_future_ops leave_ops = { .name = "leave", .poll = leave_poll };

struct ended {
	struct fm_async async;
	struct world *world;
	struct leave leave;
};

FM_ASYNC(ended)
{
	FM_BEGIN;
	fm_future_init(&self->leave.fut, &leave_ops);
	self->leave.world = self->world;
	FM_AWAIT(&self->leave.fut);
	FM_AWAIT(bell_wait_init(&self->world->wait, &self->world->bell, BELL_KEEPS_NEWEST));
	FM_END;
}

struct waker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(waker)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	fm_waker_wake(&self->world->kept);
	if (self->world->broken)
		FM_AWAIT(&self->world->wait.fut); /* BUG: it is over, and its task too */
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	((struct world *)state)->bell.rung = true;
	fm_sim_start(TWIN_TASK(host, ended, state));
	fm_sim_start(TWIN_TASK(host, waker, state));
}

ORACLE(late_wake, "late-wake", .claim = "a wake that comes too late harms nobody", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
