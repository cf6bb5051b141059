/*
 * A pool that has shut down refuses what is submitted later: its join handle says so at once.
 *
 * Corpus S05 (tokio #3548). The queue of a pool whose worker has gone still takes jobs, and nobody will
 * ever run or cancel them.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define CLIENTS 3

struct job {
	struct fm_list link;
	struct event ended;
	int status;
};

struct pool {
	bool broken;
	bool closed;
	struct fm_list queue;
	struct fm_waitq changed;
};

static void job_end(struct job *job, int status)
{
	job->status = status;
	event_happen(&job->ended);
}

static void pool_submit(struct pool *pool, struct job *job)
{
	event_init(&job->ended);
	if (pool->closed && !pool->broken) { /* S05: queued behind a worker that has gone */
		job_end(job, FM_ERR_SHUTDOWN);
		return;
	}
	fm_list_push_back(&pool->queue, &job->link);
	fm_waitq_wake_all(&pool->changed);
}

static bool has_work(const void *pool)
{
	return !fm_list_empty(&((const struct pool *)pool)->queue) || ((const struct pool *)pool)->closed;
}

struct world {
	bool broken;
	struct pool pool;
	unsigned run;
	unsigned refused;
};

static void end_next(struct pool *pool, int status)
{
	struct fm_list *link = pool->queue.next;

	fm_list_unlink(link);
	job_end(FM_CONTAINER_OF(link, struct job, link), status);
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct until work;
	struct fm_sleep busy;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(until_init(&self->work, &self->world->pool.changed, "work", has_work,
				    &self->world->pool));
		if (self->world->pool.closed)
			break;
		FM_AWAIT(fm_sleep_init(&self->busy, FM_MS));
		end_next(&self->world->pool, FM_OK);
	}
	while (!fm_list_empty(&self->world->pool.queue))
		end_next(&self->world->pool, FM_ERR_SHUTDOWN);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	struct job job;
	struct until join;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	pool_submit(&self->world->pool, &self->job);
	FM_AWAIT(event_wait(&self->join, &self->job.ended, "job")); /* BUG: never resolves */
	self->world->run += self->job.status == FM_OK;
	self->world->refused += self->job.status == FM_ERR_SHUTDOWN;
	FM_END;
}

struct owner {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(6) * FM_MS));
	self->world->pool.closed = true;
	fm_waitq_wake_all(&self->world->pool.changed);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->pool.broken = world->broken;
	fm_list_init(&world->pool.queue);
	fm_waitq_init(&world->pool.changed);
	fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, owner, world));
	for (unsigned i = 0; i < CLIENTS; i++)
		fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->run + world->refused == CLIENTS, "%u jobs ran and %u were refused",
		     world->run, world->refused);
}

CORPUS(late_spawn, "s05-late-spawn", .claim = "every job's handle resolves, also after the shutdown",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
