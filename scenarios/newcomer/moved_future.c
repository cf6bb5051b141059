/*
 * An async function that was begun is copied to another place and awaited there: what it waits for still
 * points to the old one.
 */
#include "newcomer.h"

#include <fm/notify.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	struct fm_notify notify;
};

struct job {
	struct fm_async async;
	struct world *world;
	struct fm_notified notified;
};

FM_ASYNC(job)
{
	FM_BEGIN;
	FM_AWAIT(fm_notified_init(&self->notified, &self->world->notify));
	FM_END;
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct job job;
	struct job kept;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep patience;
};

/* What goes on with the job that was begun. */
static struct fm_future *go_on(struct worker *self)
{
	if (!self->world->broken)
		return &self->job.async.fut;
	self->kept = self->job; /* planted: it is moved */
	return &self->kept.async.fut;
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	FM_ASYNC_INIT(&self->job, job);
	self->job.world = self->world;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->job.async.fut),
			   fm_sleep_init(&self->patience, FM_MS)));
	if (self->select.winner == 1) {
		/* BUG: the future stands elsewhere */
		FM_AWAIT(go_on(self));
	}
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
	FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_MS));
	fm_notify_all(&self->world->notify);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->notify);
	fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, caller, world));
}

NEWCOMER(moved_future, "moved-future", .claim = "the job ends", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
