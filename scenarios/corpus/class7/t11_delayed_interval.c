/*
 * A heartbeat by the interval: a beat that came late is not to move all that follow.
 *
 * Corpus T11 (tokio #6029, ractor #57). With the behaviour DELAY the next tick is due a period after the
 * late one was taken, so what each long body takes is added to every beat after it.
 */
#include "../corpus.h"

#include <fm/interval.h>
#include <fm/sleep.h>

#define PERIOD_NS (10 * FM_MS)
#define BEATS 12

struct world {
	bool broken;
	unsigned beats;
};

struct heart {
	struct fm_async async;
	struct world *world;
	struct fm_interval interval;
	struct fm_interval_tick tick;
	struct fm_sleep body;
	fm_ns start_ns;
	fm_ns expected_ns;
};

static enum fm_interval_behaviour behaviour(const struct world *world)
{
	/* T11: the next from when this one was taken */
	return world->broken ? FM_INTERVAL_DELAY : FM_INTERVAL_BURST;
}

FM_ASYNC(heart)
{
	FM_BEGIN;
	self->start_ns = fm_now();
	FM_ALWAYS(fm_interval_init(&self->interval, PERIOD_NS, behaviour(self->world)) == FM_OK,
		  "an interval has a period");
	for (; self->world->beats < BEATS; self->world->beats++) {
		FM_AWAIT(fm_interval_tick_init(&self->tick, &self->interval));
		self->expected_ns = self->start_ns + self->world->beats * PERIOD_NS;
		/* BUG: a late beat has moved it */
		FM_ALWAYS(self->tick.due_ns == self->expected_ns, "the k-th beat is due at k periods");
		FM_AWAIT(fm_sleep_init(&self->body, fm_random(20) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, heart, state));
}

CORPUS(delayed_interval, "t11-delayed-interval", .claim = "beats do not drift, however long the bodies take",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
