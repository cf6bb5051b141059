/*
 * Milliseconds in 32 bits are good for 49.7 days: whoever asks for fifty gets seven hours.
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define PERIOD (50 * 24 * FM_HOUR)

struct world {
	bool broken;
};

struct janitor {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	fm_ns began;
};

static fm_ns through_ms(const struct world *world, fm_ns length)
{
	const uint64_t ms = length / FM_MS;

	return (world->broken ? (uint32_t)ms : ms) * FM_MS; /* planted: 32 bits */
}

FM_ASYNC(janitor)
{
	FM_BEGIN;
	self->began = fm_now();
	FM_AWAIT(fm_sleep_init(&self->sleep, through_ms(self->world, PERIOD)));
	/* BUG: it is up after seven hours */
	FM_ALWAYS(fm_now() - self->began >= PERIOD, "it sleeps as long as it asked");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, janitor, state));
}

NEWCOMER(fifty_days, "fifty-days", .claim = "it sleeps as long as it asked", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = 2 * PERIOD);
