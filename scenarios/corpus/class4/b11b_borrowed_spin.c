/*
 * A loop that waits for changes through a clone of its receiver: the original must learn what was seen.
 *
 * Corpus B11, second mechanism (maka #4687). Borrowed and not marked as seen, the change stays new for every
 * clone, and the loop turns on the spot.
 */
#include "../corpus.h"

#include <fm/sleep.h>
#include <fm/watch.h>

#define LAST 3

struct world {
	bool broken;
	struct fm_watch_tx *tx;
	struct fm_watch_rx *rx;
};

struct updater {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned value;
};

FM_ASYNC(updater)
{
	FM_BEGIN;
	for (self->value = 1; self->value <= LAST; self->value++) {
		FM_AWAIT(fm_sleep_init(&self->pause, (1 + fm_random(2)) * FM_MS));
		fm_watch_send_replace(self->world->tx, &self->value, NULL);
	}
	FM_END;
}

struct follower {
	struct fm_async async;
	struct world *world;
	struct fm_watch_rx *clone;
	struct fm_watch_changed changed;
	unsigned value;
};

static unsigned look(const struct world *world)
{
	if (world->broken)
		return *(const unsigned *)fm_watch_borrow(world->rx); /* B11b: seen, and still new */
	return *(const unsigned *)fm_watch_borrow_and_update(world->rx);
}

FM_ASYNC(follower)
{
	FM_BEGIN;
	while (self->value != LAST) {
		FM_ALWAYS(fm_watch_rx_clone(self->world->rx, &self->clone) == FM_OK, "there is memory");
		/* BUG: what has changed is what was seen before */
		FM_AWAIT(fm_watch_changed_init(&self->changed, self->clone));
		fm_watch_rx_drop(self->clone);
		self->value = look(self->world);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_watch_new(sizeof(unsigned), &(unsigned){ 0 }, NULL, &world->tx) == FM_OK,
		     "no watch");
	FM_SIM_CHECK(sim, fm_watch_subscribe(world->tx, &world->rx) == FM_OK, "no receiver");
	fm_sim_start(TWIN_TASK(host, follower, world));
	fm_sim_start(TWIN_TASK(host, updater, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	fm_watch_tx_drop(world->tx);
	fm_watch_rx_drop(world->rx);
}

CORPUS(borrowed_spin, "b11b-borrowed-spin", .claim = "a loop that follows changes sleeps until there is one",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .steps_max = 5000, .end = end);
