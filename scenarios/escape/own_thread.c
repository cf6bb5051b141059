/*
 * A thread of its own does the work. Nothing breaks by it in this run, but when it runs is the kernel's to say,
 * not the seed's: the twin spawns a task.
 */
#include "../twins.h"

#include <fm/task.h>
#include <pthread.h>
#include <stdatomic.h>

struct world {
	bool broken;
	bool started;
	pthread_t thread;
	atomic_uint done;
};

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

struct owner {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	atomic_fetch_add(&self->world->done, 1);
	FM_END;
}

static void *work(void *arg)
{
	struct world *world = arg;

	atomic_fetch_add(&world->done, 1);
	return NULL;
}

static void start_worker(struct world *world)
{
	struct worker *worker = fm_task_alloc(sizeof(*worker), "worker");

	FM_ASYNC_INIT(worker, worker);
	worker->world = world;
	fm_task_detach(fm_task_spawn(worker));
}

FM_ASYNC(owner)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (self->world->broken) /* BUG: a thread, where a task would do */
		self->world->started = pthread_create(&self->world->thread, NULL, work, self->world) == 0;
	else
		start_worker(self->world);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), owner, state));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	if (world->started)
		pthread_join(world->thread, NULL);
	FM_SIM_CHECK(sim, atomic_load(&world->done) == 1, "the work was done %u times", atomic_load(&world->done));
}

TWINS(own_thread, "escape/own-thread", .claim = "the work is done once", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
