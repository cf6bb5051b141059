/*
 * A value made on first use: the first user makes it, the others wait until it is there.
 *
 * A maker who is cancelled halfway must say so, or everybody waits for a value that nobody makes.
 */
#include "newcomer.h"

#include <fm/notify.h>
#include <fm/sleep.h>

enum value { VALUE_NONE, VALUE_IN_WORK, VALUE_THERE };

struct world {
	bool broken;
	enum value value;
	struct fm_notify changed;
};

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct fm_notified changed;
	struct fm_defer undo;
};

static void undo(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct user, undo)->world;

	if (world->value == VALUE_THERE)
		return;
	world->value = VALUE_NONE;
	fm_notify_all(&world->changed);
}

FM_ASYNC(user)
{
	FM_BEGIN;
	while (self->world->value == VALUE_IN_WORK) {
		/* BUG: its maker has gone */
		FM_AWAIT(fm_notified_init(&self->changed, &self->world->changed));
	}
	if (self->world->value == VALUE_NONE) {
		self->world->value = VALUE_IN_WORK;
		if (!self->world->broken) /* planted: a cancelled maker leaves it in work */
			fm_defer(&self->async, &self->undo, undo);
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		self->world->value = VALUE_THERE;
		fm_notify_all(&self->world->changed);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->changed);
	fm_sim_cancellable(sim, fm_sim_start(TWIN_TASK(host, user, world)));
	fm_sim_start(TWIN_TASK(host, user, world));
	fm_sim_start(TWIN_TASK(host, user, world));
}

NEWCOMER(half_made, "half-made", .claim = "all who stay get the value", .faults = FM_SIM_FAULTS_GENTLE,
	 .deadline_ns = FM_MIN);
