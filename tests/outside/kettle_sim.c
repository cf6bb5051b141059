/*
 * The kettle's scenarios: three minutes that take no time. Linked with fermata_main they are a test program with all
 * the verbs of the stock one. The broken twin is there to see a failure, and its replay line, from outside.
 */
#include "kettle.h"

#include <fm_sim/scenario.h>

struct world {
	struct kettle kettle;
	unsigned guests;
};

static const struct fm_draw_site guests_site = { .name = "kettle guests", .domain = FM_DRAW_USER };

static void lay_the_table(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "kitchen");
	struct boil *boil = fm_sim_alloc(host, sizeof(*boil), "boil");

	boil_init(boil, &world->kettle, 3 * FM_MIN);
	fm_sim_start(boil);
	world->guests = 2 + (unsigned)fm_sim_draw(sim, &guests_site, 4);
	for (unsigned i = 0; i < world->guests; i++) {
		struct guest *guest = fm_sim_alloc(host, sizeof(*guest), "guest");

		guest_init(guest, &world->kettle);
		fm_sim_start(guest);
	}
}

static void setup_fixed(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	kettle_init(&world->kettle);
	lay_the_table(sim, world);
}

static void setup_broken(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	kettle_init(&world->kettle);
	world->kettle.first_only = true;
	lay_the_table(sim, world);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->kettle.cups == world->guests, "%u guests, %u cups", world->guests,
		     world->kettle.cups);
}

FM_SCENARIO(tea_fixed) = {
	.name = "kettle/tea/fixed",
	.claim = "every guest has one cup once the kettle has boiled",
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE,
	.deadline_ns = 5 * FM_MIN,
	.setup = setup_fixed,
	.end = end,
};

FM_SCENARIO(tea_broken) = {
	.name = "kettle/tea/broken",
	.claim = "every guest has one cup once the kettle has boiled",
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE,
	.deadline_ns = 5 * FM_MIN,
	.setup = setup_broken,
	.end = end,
};
