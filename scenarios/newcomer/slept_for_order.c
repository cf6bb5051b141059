/*
 * A wait group: savers count themselves in and out, the main task waits for nobody to be left, then closes
 * the file.
 */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/notify.h>
#include <fm/sleep.h>
#include <fm/task.h>

enum { SAVERS = 3 };

struct world {
	bool broken;
	struct fm_notify idle;
	int active;
	bool closed;
	int saved, refused;
};

struct saver {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(saver)
{
	FM_BEGIN;
	if (self->world->broken) /* planted: who has begun is counted, and not who will */
		self->world->active++;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(4) * FM_MS));
	if (self->world->closed)
		self->world->refused++;
	else
		self->world->saved++;
	if (--self->world->active == 0)
		fm_notify_one(&self->world->idle);
	FM_END;
}

struct chief {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_notified idle;
	int i;
};

FM_ASYNC(chief)
{
	FM_BEGIN;
	for (self->i = 0; self->i < SAVERS; self->i++) {
		struct saver *s = fm_task_alloc(sizeof(*s), "saver");

		s->world = self->world;
		FM_ASYNC_INIT(s, saver);
		if (!self->world->broken)
			self->world->active++;
		fm_task_detach(fm_task_spawn(s));
	}
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS)); /* they have begun by then */
	while (self->world->active)
		FM_AWAIT(fm_notified_init(&self->idle, &self->world->idle));
	self->world->closed = true;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_notify_init(&world->idle);
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), chief, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: one began later than that, when the file was closed */
	FM_SIM_CHECK(sim, world->saved == SAVERS, "%d saved, %d came too late", world->saved, world->refused);
}

NEWCOMER(slept_for_order, "slept-for-order", .claim = "the file is closed after all have saved",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_STALL, .deadline_ns = FM_MIN, .end = end);
