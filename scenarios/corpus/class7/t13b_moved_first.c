/*
 * The first timer of a wheel is moved to later: the wheel, woken at the old time, finds nothing due and
 * is armed anew.
 *
 * Corpus T13, second mechanism (msquic #3206). The move is not passed on to the alarm. It rings, nothing
 * is due, and it is armed again only after something was.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define TIMERS 2

struct timer {
	fm_ns deadline_ns; /* 0: has fired */
	struct event fired;
};

struct world {
	bool broken;
	struct timer timers[TIMERS];
	unsigned left;
};

/* Gives the earliest deadline of those left. */
static fm_ns earliest(const struct world *world)
{
	fm_ns earliest_ns = FM_NS_MAX;

	for (unsigned i = 0; i < TIMERS; i++)
		if (world->timers[i].deadline_ns && world->timers[i].deadline_ns < earliest_ns)
			earliest_ns = world->timers[i].deadline_ns;
	return earliest_ns;
}

static unsigned fire_due(struct world *world)
{
	unsigned fired = 0;

	for (unsigned i = 0; i < TIMERS; i++) {
		if (!world->timers[i].deadline_ns || world->timers[i].deadline_ns > fm_now())
			continue;
		world->timers[i].deadline_ns = 0;
		event_happen(&world->timers[i].fired);
		fired++;
	}
	world->left -= fired;
	return fired;
}

struct wheel {
	struct fm_async async;
	struct world *world;
	struct fm_sleep alarm;
	fm_ns at_ns;
};

FM_ASYNC(wheel)
{
	FM_BEGIN;
	self->at_ns = earliest(self->world);
	while (self->world->left) {
		/* BUG: armed for nothing any more */
		FM_AWAIT(fm_sleep_until_init(&self->alarm, self->at_ns));
		/* T13: what it was armed for has gone, and nothing takes its place */
		self->at_ns = fire_due(self->world) == 0 && self->world->broken ? FM_NS_MAX :
										  earliest(self->world);
	}
	FM_END;
}

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct timer *timer;
	struct fm_sleep before;
	struct until fired;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->before, fm_random(3) * FM_MS));
	if (self->timer->deadline_ns && fm_random(2))
		self->timer->deadline_ns += 5 * FM_MS;
	FM_AWAIT(event_wait(&self->fired, &self->timer->fired, "timer"));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site site = { "deadline", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->left = TIMERS;
	fm_sim_start(TWIN_TASK(host, wheel, world));
	for (unsigned i = 0; i < TIMERS; i++) {
		struct sleeper *sleeper = TWIN_TASK(host, sleeper, world);

		sleeper->timer = &world->timers[i];
		event_init(&sleeper->timer->fired);
		sleeper->timer->deadline_ns = FM_SEC + (1 + fm_sim_draw(sim, &site, 8)) * FM_MS;
		fm_sim_start(sleeper);
	}
}

CORPUS(moved_first, "t13b-moved-first", .claim = "every timer fires, also when the first was moved",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
