/*
 * A set of futures that polls one of those that were woken, and comes back for the rest. The one polled last, where it has been
 * woken again, is warm and goes first: as long as it has work, none of the others gets its turn. The twin takes the oldest.
 */
#include "oracle.h"

#define JOBS 3
#define ROUNDS 4000

struct set;

/* The first waits to be told once; the others do one step after another, coming back for each. */
struct job {
	struct fm_future fut;
	struct fm_wakeable wakeable; /* what its polls are given */
	struct fm_list link;         /* among the woken */
	struct set *set;
	struct fm_waker waker;
	struct fm_yield step;
	bool told;
	unsigned left;
};

struct set {
	struct fm_future fut;
	bool warm_first;
	struct job *last;
	struct fm_list woken;
	struct fm_waker outer;
	struct job jobs[JOBS];
};

struct world {
	bool broken;
	struct set set;
};

static struct fm_waker job_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void job_wake(struct fm_wakeable *wakeable)
{
	struct job *job = FM_CONTAINER_OF(wakeable, struct job, wakeable);

	if (fm_list_empty(&job->link))
		fm_list_push_back(&job->set->woken, &job->link);
	fm_waker_wake_by_ref(job->set->outer);
}

static void job_waker_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool job_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops job_waker_ops = { job_clone, job_wake, job_waker_drop, job_will_wake };

static enum fm_poll job_poll(struct fm_future *future, struct fm_context *cx)
{
	struct job *self = FM_CONTAINER_OF(future, struct job, fut);

	for (; self->left > 0; self->left--) {
		if (fm_poll(&self->step.fut, cx) == FM_PENDING)
			return FM_PENDING;
		fm_yield_init(&self->step);
	}
	if (!self->told) {
		fm_waker_store(&self->waker, cx);
		return FM_PENDING;
	}
	fm_waker_drop(&self->waker);
	fm_drop(&self->step.fut);
	return fm_ready(future, FM_OK);
}

static void job_drop(struct fm_future *future)
{
	struct job *self = FM_CONTAINER_OF(future, struct job, fut);

	fm_waker_drop(&self->waker);
	fm_drop(&self->step.fut);
}

static const struct fm_future_ops job_ops = { .name = "job", .poll = job_poll, .drop = job_drop };

static enum fm_poll set_poll(struct fm_future *future, struct fm_context *cx)
{
	struct set *self = FM_CONTAINER_OF(future, struct set, fut);
	bool all = true;

	fm_waker_store(&self->outer, cx);
	if (!fm_list_empty(&self->woken)) {
		struct job *job = FM_CONTAINER_OF(self->woken.next, struct job, link);
		struct fm_context sub = *cx;

		if (self->warm_first && self->last && !fm_list_empty(&self->last->link))
			job = self->last;
		self->last = job;
		fm_list_unlink(&job->link);
		sub.waker = fm_waker_of(&job->wakeable);
		fm_poll(&job->fut, &sub);
	}
	for (unsigned i = 0; i < JOBS; i++)
		all &= fm_future_is_ready(&self->jobs[i].fut);
	if (all) {
		fm_waker_drop(&self->outer);
		return fm_ready(future, FM_OK);
	}
	if (!fm_list_empty(&self->woken))
		fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void set_drop(struct fm_future *future)
{
	struct set *self = FM_CONTAINER_OF(future, struct set, fut);

	for (unsigned i = 0; i < JOBS; i++)
		fm_drop_if_live(&self->jobs[i].fut);
	fm_waker_drop(&self->outer);
}

static const struct fm_await_site *set_inspect(const struct fm_future *future, unsigned index,
					       struct fm_future **child)
{
	*child = index < JOBS ? (struct fm_future *)&FM_CONTAINER_OF(future, const struct set, fut)->jobs[index].fut :
				NULL;
	return NULL;
}

static const struct fm_future_ops set_ops = { .name = "set", .poll = set_poll, .drop = set_drop, .inspect = set_inspect };

static struct fm_future *set_init(struct set *self, bool warm_first)
{
	fm_future_init(&self->fut, &set_ops);
	fm_list_init(&self->woken);
	self->warm_first = warm_first;
	self->last = NULL;
	for (unsigned i = 0; i < JOBS; i++) {
		struct job *job = &self->jobs[i];

		fm_future_init(&job->fut, &job_ops);
		fm_yield_init(&job->step);
		job->wakeable.ops = &job_waker_ops;
		job->set = self;
		job->told = i != 0;
		job->left = i == 0 ? 0 : ROUNDS;
		fm_list_push_back(&self->woken, &job->link);
	}
	return &self->fut;
}

struct house {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(house)
{
	FM_BEGIN;
	FM_AWAIT(set_init(&self->world->set, self->world->broken)); /* BUG: the warm one first */
	FM_END;
}

/* Tells the first job, once it waits. */
struct foreman {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(foreman)
{
	FM_BEGIN;
	do
		FM_AWAIT(fm_yield_init(&self->yield));
	while (fm_waker_is_none(self->world->set.jobs[0].waker));
	self->world->set.jobs[0].told = true;
	fm_waker_wake_by_ref(self->world->set.jobs[0].waker);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, house, state));
	fm_sim_start(TWIN_TASK(host, foreman, state));
}

ORACLE(last_again, "last-again", .claim = "every job is done", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
