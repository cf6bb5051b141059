/*
 * Closing a sub-scheduler: its jobs go when the queues that refer to them have been emptied, both of
 * them.
 *
 * Corpus S03 (tokio #1885). A job that a timer has woken stands in the remote queue and counts as owned
 * until it is taken out there. The close empties the local queue alone, and goes round until nothing is
 * owned, which never comes.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define JOBS 3

struct local_set {
	bool broken;
	unsigned owned;
	unsigned local;  /* jobs that stand in the local queue */
	unsigned remote; /* in the queue for wakes from outside */
	struct fm_waitq woken;
};

/* Runs what stands in the queues, and ends when all jobs have. */
struct run {
	struct fm_future fut;
	struct local_set *set;
	struct fm_waiter waiter;
};

static enum fm_poll run_poll(struct fm_future *future, struct fm_context *cx)
{
	struct run *self = FM_CONTAINER_OF(future, struct run, fut);

	self->set->local += self->set->remote;
	self->set->remote = 0;
	if (self->set->local) {
		self->set->local--;
		self->set->owned--;
		fm_waker_wake_by_ref(cx->waker);
		fm_waiter_leave(&self->waiter);
		return FM_PENDING;
	}
	if (self->set->owned) {
		twin_wait(&self->set->woken, &self->waiter, "jobs", self->set, future, cx);
		return FM_PENDING;
	}
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void run_drop(struct fm_future *future)
{
	struct run *self = FM_CONTAINER_OF(future, struct run, fut);

	twin_leave(&self->waiter, self->set, future);
}

static const struct fm_future_ops run_ops = { .name = "run", .poll = run_poll, .drop = run_drop };

static struct fm_future *run_init(struct run *self, struct local_set *set)
{
	fm_future_init(&self->fut, &run_ops);
	fm_waiter_init(&self->waiter);
	self->set = set;
	return &self->fut;
}

/* Cancels all jobs: those that wait nowhere at once, those in a queue as they are taken out of it. */
struct close {
	struct fm_future fut;
	struct local_set *set;
};

static enum fm_poll close_poll(struct fm_future *future, struct fm_context *cx)
{
	struct close *self = FM_CONTAINER_OF(future, struct close, fut);
	struct local_set *set = self->set;

	set->owned = set->local + set->remote;
	if (!set->owned)
		return fm_ready(future, FM_OK);
	if (set->local)
		set->local--;
	else if (set->remote && !set->broken) /* S03: nobody looks into the other queue */
		set->remote--;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void close_drop(struct fm_future *future)
{
	(void)future;
}

static const struct fm_future_ops close_ops = { .name = "close", .poll = close_poll, .drop = close_drop };

static struct fm_future *close_init(struct close *self, struct local_set *set)
{
	fm_future_init(&self->fut, &close_ops);
	self->set = set;
	return &self->fut;
}

struct world {
	bool broken;
	struct local_set set;
};

struct house {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct run run;
	struct fm_sleep stop;
	struct close close;
};

FM_ASYNC(house)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, run_init(&self->run, &self->world->set),
			   fm_sleep_init(&self->stop, 2 * FM_MS)));
	FM_AWAIT(close_init(&self->close, &self->world->set)); /* BUG: turns for ever */
	FM_END;
}

/* The timers that the jobs sleep for. */
struct timers {
	struct fm_async async;
	struct world *world;
	struct fm_sleep until;
	unsigned fired;
};

FM_ASYNC(timers)
{
	FM_BEGIN;
	for (; self->fired < JOBS; self->fired++) {
		FM_AWAIT(fm_sleep_init(&self->until, FM_MS));
		if (self->world->set.local + self->world->set.remote < self->world->set.owned) {
			self->world->set.remote++;
			fm_waitq_wake_all(&self->world->set.woken);
		}
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->set.broken = world->broken;
	world->set.owned = JOBS;
	fm_waitq_init(&world->set.woken);
	fm_sim_start(TWIN_TASK(host, house, world));
	fm_sim_start(TWIN_TASK(host, timers, world));
}

CORPUS(undrained_queue, "s03-undrained-queue", .claim = "a sub-scheduler can be closed at any time",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
