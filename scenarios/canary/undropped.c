/*
 * A runner that is told to abort its job drops the job, also when nobody asks what became of it.
 *
 * Corpus S01. The runner ends as cancelled, and the job's future stays as it stood: what its defers hold, a
 * permit here, never comes back.
 */
#include "canary.h"

#include <fm/notify.h>
#include <fm/semaphore.h>
#include <fm/sleep.h>

struct runner {
	struct fm_future fut;
	struct fm_future *job;
	struct fm_waiter waiter;
	struct runner_control *control;
};

/* What the runner's owner holds. */
struct runner_control {
	bool broken;
	bool aborted;
	bool wanted; /* somebody will look at the outcome */
	struct fm_waitq waiting;
};

static enum fm_poll runner_poll(struct fm_future *future, struct fm_context *cx)
{
	struct runner *self = FM_CONTAINER_OF(future, struct runner, fut);

	if (self->control->aborted) {
		fm_waiter_leave(&self->waiter);
		if (!self->control->broken ||
		    self->control->wanted) /* S01: kept where nobody is interested */
			fm_drop(self->job);
		return fm_ready(future, FM_ERR_CANCELLED);
	}
	if (fm_poll(self->job, cx) == FM_READY) {
		fm_waiter_leave(&self->waiter);
		return fm_ready(future, self->job->status);
	}
	fm_waitq_wait(&self->control->waiting, &self->waiter, cx);
	return FM_PENDING;
}

static void runner_drop(struct fm_future *future)
{
	struct runner *self = FM_CONTAINER_OF(future, struct runner, fut);

	fm_waiter_leave(&self->waiter);
	fm_drop_if_live(self->job);
}

static const struct fm_await_site *runner_inspect(const struct fm_future *future, unsigned index,
						  struct fm_future **child)
{
	*child = index == 0 ? FM_CONTAINER_OF(future, const struct runner, fut)->job : NULL;
	return NULL;
}

static const struct fm_future_ops runner_ops = {
	.name = "runner",
	.poll = runner_poll,
	.drop = runner_drop,
	.inspect = runner_inspect,
};

static struct fm_future *runner_init(struct runner *self, struct runner_control *control,
				     struct fm_future *job)
{
	fm_future_init(&self->fut, &runner_ops);
	fm_waiter_init(&self->waiter);
	self->control = control;
	self->job = job;
	return &self->fut;
}

/* Takes the one permit and works until it is told to stop, which nobody does. */
struct job {
	struct fm_async async;
	struct fm_semaphore *permits;
	struct fm_semaphore_acquire acquire;
	struct fm_semaphore_guard guard;
	struct fm_notify never;
	struct fm_notified stop;
};

FM_ASYNC(job)
{
	FM_BEGIN;
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, self->permits, 1));
	fm_semaphore_defer_release(&self->async, &self->guard, self->permits, 1);
	FM_AWAIT(fm_notified_init(&self->stop, &self->never));
	FM_END;
}

struct world {
	bool broken;
	struct fm_semaphore permits;
	struct runner_control control;
	struct job job;
	unsigned entered;
};

struct host_task {
	struct fm_async async;
	struct world *world;
	struct runner runner;
};

FM_ASYNC(host_task)
{
	FM_BEGIN;
	FM_AWAIT(runner_init(&self->runner, &self->world->control, &self->world->job.async.fut));
	FM_END;
}

struct owner {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	struct fm_semaphore_acquire acquire;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(2) * FM_MS));
	self->world->control.aborted = true;
	fm_waitq_wake_all(&self->world->control.waiting);
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->permits, 1));
	self->world->entered++;
	fm_semaphore_release(&self->world->permits, 1);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->permits, 1);
	world->control.broken = world->broken;
	fm_waitq_init(&world->control.waiting);
	FM_ASYNC_INIT(&world->job, job);
	world->job.permits = &world->permits;
	fm_notify_init(&world->job.never);
	fm_sim_start(TWIN_TASK(host, host_task, world));
	fm_sim_start(TWIN_TASK(host, owner, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->entered == 1, "the permit was taken %u times", world->entered);
	FM_SIM_CHECK(sim, fm_semaphore_available(&world->permits) == 1, "the job's permit never came back");
}

CANARY(undropped, "undropped", .claim = "what an aborted job holds comes back",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME,
       .deadline_ns = FM_SEC, .end = end);
