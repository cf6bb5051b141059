/*
 * A wait with a time limit, measured by the wall clock: when somebody sets the clock, the wait ends at once, or not for a year.
 * What lies between two points in time is the monotonic clock's to say.
 *
 * Found by the fault clock-jump alone.
 */
#include "canary.h"

#include <fm/sleep.h>

#define LIMIT_NS (50 * FM_MS)
#define LOOK_NS (5 * FM_MS)
#define WAITS 5

struct world {
	bool broken;
	unsigned ended;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	fm_ns start_ns;
	fm_ns since_ns;
};

static fm_ns clock_ns(const struct world *world)
{
	if (world->broken)
		return (fm_ns)fm_wall_ns(); /* the clock that people set */
	return fm_now();
}

FM_ASYNC(waiter)
{
	FM_BEGIN;
	while (self->world->ended < WAITS) {
		self->start_ns = fm_now();
		self->since_ns = clock_ns(self->world);
		while (clock_ns(self->world) - self->since_ns < LIMIT_NS)
			FM_AWAIT(fm_sleep_init(&self->pause, LOOK_NS));
		FM_ALWAYS(fm_now() - self->start_ns >= LIMIT_NS, "a wait lasts until its limit");
		FM_ALWAYS(fm_now() - self->start_ns < LIMIT_NS + 2 * LOOK_NS, "a wait ends at its limit");
		self->world->ended++;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), waiter, state));
}

CANARY(wall_timeout, "wall-timeout", .claim = "a wait lasts as long as its limit, whoever sets the clock",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CLOCK, .deadline_ns = FM_HOUR);
