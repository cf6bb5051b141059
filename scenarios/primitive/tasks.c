/*
 * Seventy children, more than the table of tasks begins with: some return, some are aborted before or after their first poll or by
 * themselves, some panic and are contained, some are joined by two, some by nobody. Who joins is told the status, once the child has
 * ended and no sooner, and each child's defers have run, once.
 */
#include "primitive.h"

#include <fm/panic.h>

#define CHILDREN 70

enum fate { RETURNS, SLEEPS, ABORTED, UNPOLLED, ABORTS_ITSELF, PANICS, FATES };

struct world {
	unsigned began[CHILDREN];
	unsigned ended[CHILDREN];
	bool forever[CHILDREN]; /* it waits for an abort */
	unsigned watchers;
	unsigned told;
};

struct child {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct fm_sleep sleep;
	struct fm_yield yield;
	unsigned number;
	enum fate fate;
};

static void child_leaves(struct fm_defer *defer)
{
	struct child *self = FM_CONTAINER_OF(defer, struct child, leave);

	self->world->ended[self->number]++;
}

FM_ASYNC(child)
{
	FM_BEGIN;
	self->world->began[self->number]++;
	HOLDS(fm_task_frame(fm_task_current()) == self, "another task is the current one");
	HOLDS(self->fate != UNPOLLED, "aborted, and polled after it");
	FM_AWAIT(fm_yield_init(&self->yield));
	switch (self->fate) {
	case SLEEPS:
		FM_AWAIT(fm_sleep_init(&self->sleep, (1 + self->number % 3) * FM_MS));
		FM_RETURN(FM_ERR_BUSY);
	case ABORTED:
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_HOUR));
		HOLDS(false, "it was aborted, and slept to the end");
		break;
	case ABORTS_ITSELF:
		fm_task_abort(fm_task_current());
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_HOUR));
		HOLDS(false, "it aborted itself, and slept to the end");
		break;
	case PANICS:
		fm_panic("child %u has had enough", self->number);
	default:
		break;
	}
	FM_RETURN((int)self->number);
}

/* Joins a child, and is told. */
struct watcher {
	struct fm_async async;
	struct world *world;
	struct fm_task *child; /* a handle of its own */
	struct fm_defer leave;
	struct strict strict;
	struct fm_task_join join;
};

static int due(const struct child *child)
{
	switch (child->fate) {
	case SLEEPS:
		return FM_ERR_BUSY;
	case ABORTED:
	case UNPOLLED:
	case ABORTS_ITSELF:
		return FM_ERR_CANCELLED;
	case PANICS:
		return FM_ERR_PANICKED;
	default:
		return (int)child->number;
	}
}

static void watcher_leaves(struct fm_defer *defer)
{
	struct watcher *self = FM_CONTAINER_OF(defer, struct watcher, leave);

	self->world->watchers--;
	fm_task_detach(self->child);
}

static void judge(struct watcher *self)
{
	const struct child *child = fm_task_frame(self->child); /* readable while the handle is held */
	const int status = self->join.fut.status;

	HOLDS(status == due(child), "child %u, fate %d, ended with %s", child->number, child->fate, fm_status_name(status));
	HOLDS(self->world->ended[child->number] == 1, "child %u left %u times", child->number,
	      self->world->ended[child->number]);
	HOLDS(child->fate == ABORTED || self->world->began[child->number] == (child->fate != UNPOLLED), "child %u began %u times", child->number,
	      self->world->began[child->number]);
	HOLDS(fm_task_done(self->child) && fm_task_status(self->child) == status, "it says otherwise later");
	fm_task_abort(self->child); /* it has ended: nothing */
	HOLDS(fm_task_status(self->child) == status, "aborted after its end");
	self->world->told++;
}

FM_ASYNC(watcher)
{
	FM_BEGIN;
	HOLDS(fm_task_done(self->child) == (fm_task_status(self->child) != FM_ERR_AGAIN), "it has ended, or not");
	FM_AWAIT_RETRIED(strict(&self->strict, fm_task_join_init(&self->join, self->child)));
	judge(self);
	FM_AWAIT(strict(&self->strict, fm_task_join_init(&self->join, self->child)));
	HOLDS(self->join.fut.status == fm_task_status(self->child), "joined again, it says otherwise");
	FM_END;
}

struct parent {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
	struct fm_sleep sleep;
	struct fm_task *child; /* to be aborted */
	struct fm_defer let_go;
	unsigned number;
};

static void let_go(struct fm_defer *defer)
{
	struct parent *self = FM_CONTAINER_OF(defer, struct parent, let_go);

	if (self->child)
		fm_task_abort(self->child);
	fm_task_detach(self->child);
}

static void watch(struct parent *self)
{
	struct watcher *watcher = fm_task_alloc(sizeof(*watcher), NULL);

	if (!watcher)
		return;
	FM_ASYNC_INIT(watcher, watcher);
	watcher->world = self->world;
	watcher->child = fm_task_ref(self->child);
	fm_defer(&watcher->async, &watcher->leave, watcher_leaves);
	self->world->watchers++;
	fm_task_detach(fm_task_spawn(watcher));
}

static void bear(struct parent *self)
{
	struct child *child = fm_task_alloc(sizeof(*child), "child");

	self->child = NULL;
	if (!child)
		return;
	FM_ASYNC_INIT(child, child);
	child->world = self->world;
	child->number = self->number;
	child->fate = (enum fate)((self->number + fm_random(2)) % FATES);
	fm_defer(&child->async, &child->leave, child_leaves);
	if (child->fate == PANICS)
		fm_task_contain(child);
	self->child = fm_task_spawn(child);
	HOLDS(fm_task_status(self->child) == FM_ERR_AGAIN && !fm_task_done(self->child), "it has ended unpolled");
	if (child->fate == UNPOLLED)
		fm_task_abort(self->child);
	for (unsigned i = self->number % 3; i > 0; i--)
		watch(self);
}

/* Given back unspawned: as if it had never been. */
static void think_better_of_it(void)
{
	struct child *child = fm_task_alloc(sizeof(*child), "child");

	HOLDS(!fm_task_alloc(sizeof(struct fm_future) - 1, "small"), "a frame without room for a future");
	HOLDS(!fm_task_alloc(FM_TASK_FRAME_BYTES_MAX + 1, "large"), "a frame larger than there may be");
	if (child)
		fm_task_unalloc(child);
}

FM_ASYNC(parent)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->let_go, let_go);
	for (; self->number < CHILDREN; self->number++) {
		bear(self);
		think_better_of_it();
		if (self->number % 8 == 7 && SOMETIMES_IN(2))
			FM_AWAIT(fm_yield_init(&self->yield));
		if (self->child && ((struct child *)fm_task_frame(self->child))->fate == ABORTED) {
			if (SOMETIMES_IN(2))
				FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
			fm_task_abort(self->child);
			fm_task_abort(self->child);
		}
		fm_task_detach(self->child);
		self->child = NULL;
	}
	fm_task_detach(NULL);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(PRIMITIVE_TASK(fm_sim_host(sim, "host"), parent, state));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned i = 0; i < CHILDREN; i++)
		FM_SIM_CHECK(sim, world->ended[i] == 1, "child %u left %u times", i, world->ended[i]);
	FM_SIM_CHECK(sim, world->watchers == 0 && world->told == CHILDREN - 1, "%u were told", world->told);
}

FM_SCENARIO(primitive_tasks) = {
	.name = "primitive/tasks",
	.claim = "who joins a task is told how it ended, once it has, and however it ends its defers run once",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
