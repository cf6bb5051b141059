/*
 * A scheduler within a task that polls so many jobs a turn: what is left in its queue must bring it back.
 *
 * Corpus W13 (tokio #1899, #1900, #1905). Jobs that come ready while it is parked wake it; those left over
 * when its quota is spent wake nobody any more.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define JOBS 7
#define QUOTA 3

struct local_set;

struct job {
	struct fm_wakeable wakeable;
	struct local_set *set;
	struct fm_list link; /* in set->ready */
	struct until work;
	bool done;
};

struct local_set {
	struct fm_future fut;
	bool broken;
	unsigned left;
	struct fm_list ready;
	struct fm_waker outer;
	struct job jobs[JOBS];
};

static struct fm_waker job_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void job_wake(struct fm_wakeable *wakeable)
{
	struct job *job = FM_CONTAINER_OF(wakeable, struct job, wakeable);

	if (job->done || !fm_list_empty(&job->link))
		return;
	fm_list_push_back(&job->set->ready, &job->link);
	fm_waker_wake_by_ref(job->set->outer);
}

static void job_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool job_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops job_waker_ops = { job_clone, job_wake, job_drop, job_will_wake };

static void run_next(struct local_set *self, struct fm_context *cx)
{
	struct job *job = FM_CONTAINER_OF(self->ready.next, struct job, link);
	struct fm_context sub = *cx;

	fm_list_unlink(&job->link);
	sub.waker = fm_waker_of(&job->wakeable);
	if (fm_poll(&job->work.fut, &sub) == FM_READY) {
		job->done = true;
		self->left--;
	}
}

static enum fm_poll local_set_poll(struct fm_future *future, struct fm_context *cx)
{
	struct local_set *self = FM_CONTAINER_OF(future, struct local_set, fut);

	fm_waker_store(&self->outer, cx);
	for (unsigned i = 0; i < QUOTA && !fm_list_empty(&self->ready); i++)
		run_next(self, cx);
	if (!self->left) {
		fm_waker_drop(&self->outer);
		return fm_ready(future, FM_OK);
	}
	if (!self->broken &&
	    !fm_list_empty(&self->ready)) /* W13: the rest waits for a wake of somebody else's */
		fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void local_set_drop(struct fm_future *future)
{
	struct local_set *self = FM_CONTAINER_OF(future, struct local_set, fut);

	for (unsigned i = 0; i < JOBS; i++)
		fm_drop_if_live(&self->jobs[i].work.fut);
	fm_waker_drop(&self->outer);
}

static const struct fm_future_ops local_set_ops = {
	.name = "local_set",
	.poll = local_set_poll,
	.drop = local_set_drop,
};

struct world {
	bool broken;
	bool open;
	struct fm_waitq waiting;
};

static bool is_open(const void *open)
{
	return *(const bool *)open;
}

static struct fm_future *local_set_init(struct local_set *self, struct world *world)
{
	fm_future_init(&self->fut, &local_set_ops);
	fm_list_init(&self->ready);
	self->outer = FM_WAKER_NONE;
	self->broken = world->broken;
	self->left = JOBS;
	for (unsigned i = 0; i < JOBS; i++) {
		self->jobs[i].wakeable.ops = &job_waker_ops;
		self->jobs[i].set = self;
		self->jobs[i].done = false;
		until_init(&self->jobs[i].work, &world->waiting, "door", is_open, &world->open);
		fm_list_push_back(&self->ready, &self->jobs[i].link);
	}
	return &self->fut;
}

struct house {
	struct fm_async async;
	struct world *world;
	struct local_set set;
};

FM_ASYNC(house)
{
	FM_BEGIN;
	/* BUG: jobs are ready, and it sleeps */
	FM_AWAIT(local_set_init(&self->set, self->world));
	FM_END;
}

struct opener {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(opener)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, FM_MS));
	self->world->open = true;
	fm_waitq_wake_all(&self->world->waiting);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->waiting);
	fm_sim_start(TWIN_TASK(host, house, world));
	fm_sim_start(TWIN_TASK(host, opener, world));
}

CORPUS(spent_quota, "w13-spent-quota", .claim = "every job that is ready is run", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
