/* A slot between producers and consumers, guarded by notifications. */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/notify.h>
#include <fm/sleep.h>

enum { ITEMS = 6 };

struct world {
	bool broken;
	struct fm_notify not_full, not_empty;
	struct fm_notify *filled;
	bool full;
	int made, taken;
};

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_notified wait;
	int i;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (self->i = 0; self->i < ITEMS / 2; self->i++) {
		while (self->world->full) {
			/* BUG: the wake went to another producer */
			FM_AWAIT(fm_notified_init(&self->wait, &self->world->not_full));
		}
		self->world->full = true;
		fm_notify_one(self->world->filled);
	}
	FM_END;
}

struct consumer {
	struct fm_async async;
	struct world *world;
	struct fm_notified wait;
	struct fm_sleep sleep;
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	for (;;) {
		while (!self->world->full && self->world->taken < ITEMS) {
			/* BUG: or the wake went to another consumer */
			FM_AWAIT(fm_notified_init(&self->wait, self->world->filled));
		}
		if (self->world->taken == ITEMS)
			break;
		self->world->full = false;
		self->world->taken++;
		fm_notify_one(&self->world->not_full);
		if (self->world->taken == ITEMS)
			fm_notify_all(self->world->filled);
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_notify_init(&world->not_full);
	fm_notify_init(&world->not_empty);
	world->filled = world->broken ? &world->not_full :
					&world->not_empty; /* planted: one notify for both */
	for (int i = 0; i < 2; i++) {
		fm_sim_start(TWIN_TASK(host, producer, world));
		fm_sim_start(TWIN_TASK(host, consumer, world));
	}
}

NEWCOMER(one_for_two_kinds, "one-for-two-kinds", .claim = "all items are consumed",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN);
