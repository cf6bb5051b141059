/*
 * A pause between two tries, taken with the C library's sleep instead of the runtime's: every task of the thread pauses too.
 *
 * No clock of the simulator moves by it, so nothing but the call itself can be seen.
 */
#include "../twins.h"

#include <fm/sleep.h>
#include <time.h>

struct world {
	bool broken;
	unsigned tries;
};

struct trier {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

static void pause_thread(void)
{
	const struct timespec moment = { .tv_nsec = 1 };

	nanosleep(&moment, NULL);
}

FM_ASYNC(trier)
{
	FM_BEGIN;
	for (; self->world->tries < 3; self->world->tries++) {
		if (self->world->broken) /* stops the thread */
			pause_thread();
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), trier, state));
}

TWINS(sleeping_poll, "escape/sleeping-poll", .claim = "three tries, a moment apart, stop nobody else",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
