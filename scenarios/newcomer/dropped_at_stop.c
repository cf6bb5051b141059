/* Jobs are accepted into a queue; a worker does them until it is told to stop. */
#include "newcomer.h"

#include <fm/cancel.h>
#include <fm/embed.h>
#include <fm/env.h>
#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_cancel *stop;
	int accepted, done;
};

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_cancel_wait wait;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep sleep;
	int job;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch,
				   fm_mpsc_recv_init(&self->recv, self->world->rx, &self->job),
				   fm_cancel_wait_init(&self->wait, self->world->stop)));
		if (self->select.winner == 1 || self->recv.fut.status != FM_OK)
			break;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
		self->world->done++;
	}
	fm_mpsc_close(self->world->rx);
	while (!self->world->broken) { /* planted: what is still queued is left there */
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->job));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->done++;
	}
	fm_mpsc_rx_drop(self->world->rx);
	fm_cancel_unref(self->world->stop);
	FM_END;
}

struct front {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_mpsc_send send;
	int i;
};

FM_ASYNC(front)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 6; self->i++) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->i));
		if (self->send.fut.status != FM_OK)
			break;
		self->world->accepted++;
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(2) * FM_MS));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct operator
{
	struct fm_async async;
	struct world *world;
	struct fm_cancel *stop;
	struct fm_sleep sleep;
};

FM_ASYNC(operator)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, (20 - fm_random(20)) * FM_MS));
	fm_cancel_cancel(self->stop);
	fm_cancel_unref(self->stop);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	struct operator* operator= TWIN_TASK(host, operator, world);

	fm_mpsc_new(sizeof(int), 4, NULL, &world->tx, &world->rx);
	fm_executor_enter(fm_sim_host_executor(host));
	world->stop = fm_cancel_new();
	operator->stop = fm_cancel_ref(world->stop);
	fm_executor_enter(NULL);
	fm_sim_start(operator);
	fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, front, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: what was accepted before the stop is dropped */
	FM_SIM_CHECK(sim, world->accepted == world->done, "%d accepted, %d done", world->accepted,
		     world->done);
}

NEWCOMER(dropped_at_stop, "dropped-at-stop", .claim = "what is accepted is done",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
