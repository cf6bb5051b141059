/*
 * Receipts are numbered, and no two have the same number. A counter in memory begins anew when its host does; the number that was
 * promised must be on disk before it is given out.
 *
 * Found by the fault crash alone.
 */
#include "canary.h"

#include <fm/sleep.h>

#define RECEIPTS 24

struct world {
	bool broken;
	unsigned on_disk; /* outlives the host: the next number */
	unsigned given;
	bool taken[RECEIPTS + 1];
};

struct office {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned next;
};

static unsigned number(struct office *self)
{
	if (self->world->broken)
		return self->next++; /* gone with the host's memory */
	return self->world->on_disk++;
}

FM_ASYNC(office)
{
	FM_BEGIN;
	while (self->world->given < RECEIPTS) {
		FM_AWAIT(fm_sleep_init(&self->pause, FM_MS));
		{
			const unsigned given = number(self);

			FM_ALWAYS(!self->world->taken[given], "no two receipts have the same number");
			self->world->taken[given] = true;
			self->world->given++;
		}
	}
	FM_END;
}

static void open_office(struct fm_sim_host *host, void *world)
{
	fm_sim_start(TWIN_TASK(host, office, world));
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "office");

	fm_sim_restartable(host, open_office, state);
	open_office(host, state);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->given == RECEIPTS, "%u of %u receipts were given", world->given, RECEIPTS);
}

CANARY(reused_number, "reused-number", .claim = "no two receipts have the same number, also after a crash",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CRASH, .deadline_ns = FM_HOUR, .end = end);
