/*
 * A future kept in the world, so that all who are interested can await it: it is ready for one of them.
 */
#include "newcomer.h"

#include <fm/notify.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	struct fm_notify notify;
	struct fm_notified common;
};

struct listener {
	struct fm_async async;
	struct world *world;
	struct fm_notified own;
};

static struct fm_future *heard(struct listener *self)
{
	if (self->world->broken) /* planted: one for all */
		return &self->world->common.fut;
	return fm_notified_init(&self->own, &self->world->notify);
}

FM_ASYNC(listener)
{
	FM_BEGIN;
	/* BUG: another one has had its answer */
	FM_AWAIT(heard(self));
	FM_END;
}

struct caller {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(caller)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	fm_notify_all(&self->world->notify);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->notify);
	fm_notified_init(&world->common, &world->notify);
	fm_sim_start(TWIN_TASK(host, listener, world));
	fm_sim_start(TWIN_TASK(host, listener, world));
	fm_sim_start(TWIN_TASK(host, caller, world));
}

NEWCOMER(one_future_two_tasks, "one-future-two-tasks", .claim = "both hear the call",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN);
