/* A pipeline of a source and a sink; the boss says stop, and waits for both. */
#include "newcomer.h"

#include <fm/cancel.h>
#include <fm/env.h>
#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/task.h>

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_cancel *stop;
	int sunk;
};

struct source {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	struct fm_sleep sleep;
	int i;
};

FM_ASYNC(source)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 8 && !fm_cancel_cancelled(self->world->stop); self->i++) {
		/* BUG: nobody receives any more */
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->i));
		if (self->send.fut.status != FM_OK)
			break;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct sink {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep sleep;
	struct fm_cancel_wait wait;
	struct fm_select select;
	struct fm_branch branch[2];
	int item;
};

FM_ASYNC(sink)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch,
				   fm_cancel_wait_init(&self->wait, self->world->stop),
				   fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item)));
		if (self->select.winner == 0 || self->recv.fut.status != FM_OK)
			break;
		self->world->sunk++;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(4) * FM_MS));
	}
	if (!self->world->broken) /* planted: the queue stays full, and open */
		fm_mpsc_close(self->world->rx);
	FM_END;
}

struct boss {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_task *source, *sink;
	struct fm_task_join join;
};

FM_ASYNC(boss)
{
	FM_BEGIN;
	self->world->stop = fm_cancel_new();
	fm_mpsc_new(sizeof(int), 1, NULL, &self->world->tx, &self->world->rx);
	{
		struct source *source = fm_task_alloc(sizeof(*source), "source");
		struct sink *sink = fm_task_alloc(sizeof(*sink), "sink");

		source->world = sink->world = self->world;
		FM_ASYNC_INIT(source, source);
		FM_ASYNC_INIT(sink, sink);
		self->source = fm_task_spawn(source);
		self->sink = fm_task_spawn(sink);
	}
	FM_AWAIT(fm_sleep_init(&self->sleep, (40 - fm_random(40)) * FM_MS));
	fm_cancel_cancel(self->world->stop);
	/* BUG: as above, told from here */
	FM_AWAIT(fm_task_join_init(&self->join, self->source));
	FM_AWAIT(fm_task_join_init(&self->join, self->sink));
	fm_task_detach(self->source);
	fm_task_detach(self->sink);
	fm_mpsc_rx_drop(self->world->rx);
	fm_cancel_unref(self->world->stop);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), boss, world));
}

NEWCOMER(full_at_stop, "full-at-stop", .claim = "the pipeline stops",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN);
