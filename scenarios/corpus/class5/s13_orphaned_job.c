/*
 * A pool that starts a worker for a job and cannot: whether somebody else will take the job is told by
 * its own workers.
 *
 * Corpus S13 (tokio #8406). The error is swallowed where the pool has threads; those counted are the
 * executor's, which never look into the queue, so that the job stays there.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define CLIENTS 3

struct job {
	struct fm_list link;
	struct event ended;
};

struct world {
	bool broken;
	unsigned threads; /* the executor's, and the pool's workers */
	unsigned workers;
	struct fm_list queue;
	unsigned ran;
	unsigned failed;
};

/* Takes jobs until there are none, and ends. */
struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct job *job;
};

static struct job *next_job(struct world *world)
{
	struct fm_list *link = world->queue.next;

	if (fm_list_empty(&world->queue))
		return NULL;
	fm_list_unlink(link);
	return FM_CONTAINER_OF(link, struct job, link);
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	while ((self->job = next_job(self->world)) != NULL) {
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		self->world->ran++;
		event_happen(&self->job->ended);
	}
	self->world->workers--;
	self->world->threads--;
	FM_END;
}

/* Now and then the system has no more threads. */
static int start_worker(struct world *world)
{
	struct worker *worker = fm_random(3) == 2 ? NULL : fm_task_alloc(sizeof(*worker), "worker");

	if (!worker)
		return FM_ERR_AGAIN;
	FM_ASYNC_INIT(worker, worker);
	worker->world = world;
	world->workers++;
	world->threads++;
	fm_task_detach(fm_task_spawn(worker));
	return FM_OK;
}

static int submit(struct world *world, struct job *job)
{
	int status;

	event_init(&job->ended);
	fm_list_push_back(&world->queue, &job->link);
	status = start_worker(world);
	/* S13: counts those of others */
	if (status == FM_OK || (world->broken ? world->threads : world->workers) > 0)
		return FM_OK;
	fm_list_unlink(&job->link);
	return status;
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
	if (submit(self->world, &self->job) == FM_OK)
		FM_AWAIT(event_wait(&self->join, &self->job.ended, "job")); /* BUG: in the queue for ever */
	else
		self->world->failed++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->threads = 1;
	fm_list_init(&world->queue);
	for (unsigned i = 0; i < CLIENTS; i++)
		fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->ran + world->failed == CLIENTS, "%u jobs ran and %u failed", world->ran,
		     world->failed);
}

CORPUS(orphaned_job, "s13-orphaned-job", .claim = "a job runs, or its submission fails",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
