/* A worker waits until the configuration says "ready". */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/sleep.h>
#include <fm/watch.h>

struct world {
	bool broken;
	struct fm_watch_tx *tx;
	int started;
};

struct loader {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	int ready;
};

FM_ASYNC(loader)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(10) * FM_MS));
	self->ready = 1;
	fm_watch_send_replace(self->world->tx, &self->ready, NULL);
	FM_END;
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_watch_rx *rx;
	struct fm_watch_changed changed;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	fm_watch_subscribe(self->world->tx, &self->rx);
	while (!*(const int *)fm_watch_tx_borrow(self->world->tx)) {
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(5) * FM_MS)); /* warm the caches meanwhile */
		if (self->world->broken) /* planted: what changed meanwhile counts as seen */
			fm_watch_mark_unchanged(self->rx);
		/* BUG: it waits for a change that was */
		FM_AWAIT(fm_watch_changed_init(&self->changed, self->rx));
	}
	fm_watch_rx_drop(self->rx);
	self->world->started++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	int no = 0;

	fm_watch_new(sizeof(int), &no, NULL, &world->tx);
	fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, loader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	(void)sim;
	fm_watch_tx_drop(((struct world *)state)->tx);
}

NEWCOMER(subscribed_late, "subscribed-late", .claim = "the worker starts",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
