/*
 * A periodic task whose body takes time: the next tick is due a period after the last was due, not after the
 * body.
 *
 * Corpus T11. Sleeping a whole period after each body adds the bodies up.
 */
#include "canary.h"

#include <fm/sleep.h>

#define PERIOD_NS (10 * FM_MS)
#define TICKS 20

struct world {
	bool broken;
	unsigned ticks;
};

struct ticker {
	struct fm_async async;
	struct world *world;
	fm_ns start_ns;
	struct fm_sleep pause;
	struct fm_sleep body;
};

static struct fm_future *next_tick(struct ticker *self)
{
	if (self->world->broken)
		return fm_sleep_init(&self->pause, PERIOD_NS); /* T11: counted from when the body ended */
	return fm_sleep_until_init(&self->pause, self->start_ns + (self->world->ticks + 1) * PERIOD_NS);
}

FM_ASYNC(ticker)
{
	FM_BEGIN;
	self->start_ns = fm_now();
	while (self->world->ticks < TICKS) {
		FM_AWAIT(next_tick(self));
		self->world->ticks++;
		FM_ALWAYS(fm_now() - self->start_ns - self->world->ticks * PERIOD_NS < PERIOD_NS / 2,
			  "the k-th tick comes at k periods, give or take half of one");
		FM_AWAIT(fm_sleep_init(&self->body, fm_random(2) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, ticker, state));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->ticks == TICKS, "%u of %u ticks", world->ticks, TICKS);
}

CANARY(drifting_tick, "drifting-tick", .claim = "ticks do not drift, however long their bodies take",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
