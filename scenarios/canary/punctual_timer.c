/*
 * A metronome that looks whether it is time for a beat, and takes its timer to be exact: a timer that is late, as every timer
 * is, misses the beat, and the beat is never made up for.
 *
 * Found by the fault timer-late alone.
 */
#include "canary.h"

#include <fm/sleep.h>

#define BEAT_NS (10 * FM_MS)
#define BEATS 8

struct world {
	bool broken;
	unsigned beats;
};

struct metronome {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	fm_ns start_ns;
	unsigned turn;
};

static bool is_time(const struct metronome *self)
{
	const fm_ns due_ns = self->start_ns + self->turn * BEAT_NS;

	if (self->world->broken)
		return fm_now() == due_ns; /* it never is, where clocks are real */
	return fm_now() >= due_ns;
}

FM_ASYNC(metronome)
{
	FM_BEGIN;
	self->start_ns = fm_now();
	for (self->turn = 1; self->turn <= BEATS; self->turn++) {
		FM_AWAIT(fm_sleep_until_init(&self->pause, self->start_ns + self->turn * BEAT_NS));
		self->world->beats += is_time(self);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), metronome, state));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->beats == BEATS, "%u of %u beats were heard", world->beats, BEATS);
}

CANARY(punctual_timer, "punctual-timer", .claim = "every beat is heard, however late its timer is",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_SEC, .end = end);
