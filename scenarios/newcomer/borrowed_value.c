/*
 * Who looks at the value of a watch channel looks at it in place: until the next send, so never across an
 * await.
 *
 * A reader that steps back in between mostly finds it as it was: the sender is busy with something else for a
 * while.
 */
#include "newcomer.h"

#include <fm/sleep.h>
#include <fm/watch.h>

#define VERSIONS 3

struct pair {
	unsigned number;
	unsigned square;
};

struct world {
	bool broken;
	struct fm_watch_tx *tx;
	struct fm_watch_rx *rx;
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct fm_watch_changed changed;
	struct fm_yield yield;
	const struct pair *borrowed;
	struct pair copy;
	unsigned number;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	do {
		self->borrowed = fm_watch_borrow_and_update(self->world->rx);
		self->copy = *self->borrowed;
		self->number = self->copy.number;
		FM_AWAIT(fm_yield_init(&self->yield));
		if (!self->world->broken) /* planted: the value itself, not the copy */
			self->borrowed = &self->copy;
		/* BUG: it is another value by now */
		FM_ALWAYS(self->borrowed->square == self->number * self->number,
			  "it is the square of the number");
		FM_AWAIT(fm_watch_changed_init(&self->changed, self->world->rx));
	} while (self->changed.fut.status == FM_OK);
	fm_watch_rx_drop(self->world->rx);
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct pair pair;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->pair.number < VERSIONS) {
		FM_AWAIT(fm_sleep_init(&self->work, 300 * FM_US + fm_random(FM_MS)));
		self->pair.number++;
		self->pair.square = self->pair.number * self->pair.number;
		fm_watch_send(self->world->tx, &self->pair);
	}
	fm_watch_tx_drop(self->world->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim,
		     fm_watch_new(sizeof(struct pair), &(struct pair){ 0, 0 }, NULL, &world->tx) == FM_OK,
		     "no channel");
	FM_SIM_CHECK(sim, fm_watch_subscribe(world->tx, &world->rx) == FM_OK, "no receiver");
	fm_sim_start(TWIN_TASK(host, reader, world));
	fm_sim_start(TWIN_TASK(host, sender, world));
}

NEWCOMER(borrowed_value, "borrowed-value", .claim = "a value that was read stays what it was",
	 .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN);
