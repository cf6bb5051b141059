/*
 * A configuration that is loaded in the background: until it is there, what the watch holds is a placeholder.
 *
 * Corpus B11 (omicron #8998). A consumer that looks before the first load acts on the default.
 */
#include "../corpus.h"

#include <fm/sleep.h>
#include <fm/watch.h>

struct config {
	bool loaded;
};

struct world {
	bool broken;
	struct fm_watch_tx *tx;
	struct fm_watch_rx *rx;
};

struct loader {
	struct fm_async async;
	struct world *world;
	struct fm_sleep load;
};

FM_ASYNC(loader)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->load, fm_random(4) * FM_MS));
	fm_watch_send_replace(self->world->tx, &(struct config){ .loaded = true }, NULL);
	FM_END;
}

static bool is_loaded(const void *config, void *broken)
{
	return *(const bool *)broken || ((const struct config *)config)->loaded; /* B11: anything will do */
}

struct consumer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep start;
	struct fm_watch_wait_for wait;
};

static bool acts_on_loaded(const struct world *world)
{
	return ((const struct config *)fm_watch_borrow(world->rx))->loaded;
}

FM_ASYNC(consumer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->start, fm_random(4) * FM_MS));
	FM_AWAIT(fm_watch_wait_for_init(&self->wait, self->world->rx, is_loaded, &self->world->broken));
	/* BUG: acts on the placeholder */
	FM_ALWAYS(acts_on_loaded(self->world), "nobody acts on a configuration that was not loaded");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	const struct config placeholder = { .loaded = false };

	FM_SIM_CHECK(sim, fm_watch_new(sizeof(placeholder), &placeholder, NULL, &world->tx) == FM_OK,
		     "no watch");
	FM_SIM_CHECK(sim, fm_watch_subscribe(world->tx, &world->rx) == FM_OK, "no receiver");
	fm_sim_start(TWIN_TASK(host, consumer, world));
	fm_sim_start(TWIN_TASK(host, loader, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_watch_tx_drop(world->tx);
	fm_watch_rx_drop(world->rx);
}

CORPUS(placeholder, "b11-placeholder", .claim = "nobody acts on a configuration that was not loaded",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
