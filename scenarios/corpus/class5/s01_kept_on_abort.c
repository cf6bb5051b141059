/*
 * A harness that is told to abort its job drops the job, whether or not somebody still wants the outcome.
 *
 * Corpus S01 (tokio #3964). Without a join handle the harness ends as cancelled and leaves the job's
 * future as it stood: the sender which the job owns is never given back, and who receives from it waits
 * for ever.
 */
#include "../corpus.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct job {
	struct fm_async async;
	struct fm_mpsc_tx *tx;
	struct fm_defer give_back;
	struct fm_mpsc_send send;
	struct fm_sleep pause;
	unsigned item;
};

static void job_give_back(struct fm_defer *defer)
{
	fm_mpsc_tx_drop(FM_CONTAINER_OF(defer, struct job, give_back)->tx);
}

FM_ASYNC(job)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->item));
		FM_AWAIT(fm_sleep_init(&self->pause, FM_MS));
		self->item++;
	}
	FM_END;
}

struct world {
	bool broken;
	bool wanted; /* a join handle exists */
	struct event abort;
	struct fm_mpsc_rx *rx;
	struct job job;
	unsigned received;
};

struct harness {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct until abort;
};

FM_ASYNC(harness)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->world->job.async.fut),
			   event_wait(&self->abort, &self->world->abort, "abort")));
	if (!self->world->broken || self->world->wanted) /* S01: dropped only for who would join */
		fm_drop_if_live(&self->world->job.async.fut);
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
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	self->world->wanted = fm_random(2);
	event_happen(&self->world->abort);
	FM_END;
}

struct collector {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(collector)
{
	FM_BEGIN;
	do {
		/* BUG: never closed */
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
		self->world->received += self->recv.fut.status == FM_OK;
	} while (self->recv.fut.status == FM_OK);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	event_init(&world->abort);
	FM_ASYNC_INIT(&world->job, job);
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->job.tx, &world->rx) == FM_OK,
		     "no channel");
	fm_defer(&world->job.async, &world->job.give_back, job_give_back);
	fm_sim_start(TWIN_TASK(host, harness, world));
	fm_sim_start(TWIN_TASK(host, owner, world));
	fm_sim_start(TWIN_TASK(host, collector, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_mpsc_rx_drop(world->rx);
}

CORPUS(kept_on_abort, "s01-kept-on-abort", .claim = "an aborted job gives back what it holds",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
