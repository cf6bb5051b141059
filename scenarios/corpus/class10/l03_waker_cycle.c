/*
 * The end of a small executor: it drops the futures of all its tasks, and not only its own references to
 * the tasks.
 *
 * Corpus L03 (crux #268, tokio #3477). A task waits for an object that its own future holds, and that
 * keeps a waker, which keeps the task. With the queue's reference gone the three keep each other.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define JOBS 2

/* A oneshot that nobody sends to. */
struct slot {
	struct fm_waker waker;
};

struct job {
	struct fm_wakeable wakeable;
	struct fm_future fut;
	unsigned references; /* the queue's, and one for each waker */
	struct slot slot;
};

static void job_unref(struct job *job)
{
	if (--job->references)
		return;
	fm_drop_if_live(&job->fut);
}

static struct fm_waker job_clone(struct fm_wakeable *wakeable)
{
	FM_CONTAINER_OF(wakeable, struct job, wakeable)->references++;
	return fm_waker_of(wakeable);
}

static void job_wake(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static void job_waker_drop(struct fm_wakeable *wakeable)
{
	job_unref(FM_CONTAINER_OF(wakeable, struct job, wakeable));
}

static bool job_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops job_waker_ops = { job_clone, job_wake, job_waker_drop, job_will_wake };

static enum fm_poll job_poll(struct fm_future *future, struct fm_context *cx)
{
	fm_waker_store(&FM_CONTAINER_OF(future, struct job, fut)->slot.waker, cx);
	return FM_PENDING;
}

static void job_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct job, fut)->slot.waker);
}

static const struct fm_future_ops job_ops = { .name = "job", .poll = job_poll, .drop = job_drop };

struct world {
	bool broken;
	struct job jobs[JOBS];
};

/* Polls its jobs once each; it is dropped with the jobs that have not ended. */
struct executor {
	struct fm_future fut;
	struct world *world;
	struct fm_waker outer;
	unsigned polled;
};

static enum fm_poll executor_poll(struct fm_future *future, struct fm_context *cx)
{
	struct executor *self = FM_CONTAINER_OF(future, struct executor, fut);

	fm_waker_store(&self->outer, cx);
	for (; self->polled < JOBS; self->polled++) {
		struct job *job = &self->world->jobs[self->polled];
		struct fm_context sub = *cx;

		sub.waker = fm_waker_of(&job->wakeable);
		(void)fm_poll(&job->fut, &sub);
	}
	return FM_PENDING;
}

static void executor_drop(struct fm_future *future)
{
	struct executor *self = FM_CONTAINER_OF(future, struct executor, fut);

	for (unsigned i = 0; i < JOBS; i++) {
		if (!self->world->broken) /* L03: the references alone do not end it */
			fm_drop(&self->world->jobs[i].fut);
		job_unref(&self->world->jobs[i]);
	}
	fm_waker_drop(&self->outer);
}

static const struct fm_future_ops executor_ops = {
	.name = "executor",
	.poll = executor_poll,
	.drop = executor_drop,
};

static struct fm_future *executor_init(struct executor *self, struct world *world)
{
	fm_future_init(&self->fut, &executor_ops);
	self->world = world;
	self->outer = FM_WAKER_NONE;
	self->polled = 0;
	for (unsigned i = 0; i < JOBS; i++) {
		world->jobs[i] = (struct job){ .references = 1 };
		world->jobs[i].wakeable.ops = &job_waker_ops;
		fm_future_init(&world->jobs[i].fut, &job_ops);
	}
	return &self->fut;
}

struct house {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct executor executor;
	struct fm_sleep stop;
};

static struct fm_future *run_for_a_while(struct house *self)
{
	return FM_SELECT(&self->select, self->branch, executor_init(&self->executor, self->world),
			 fm_sleep_init(&self->stop, FM_MS));
}

FM_ASYNC(house)
{
	FM_BEGIN;
	FM_AWAIT(run_for_a_while(self)); /* BUG: its jobs are never dropped */
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, house, state));
}

CORPUS(waker_cycle, "l03-waker-cycle", .claim = "an executor that is dropped drops its jobs",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
