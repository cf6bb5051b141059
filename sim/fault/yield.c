/*
 * An operation that could be ready at once gives way to others first: without that an uncontended lock would never
 * let anybody come between. It strikes where an operation charges its task's cooperative budget (core/env.c).
 */
#include "fault.h"

static const struct fm_draw_site budget_site = { "budget", FM_DRAW_SCHEDULE };

const struct sim_fault sim__fault_yield = {
	.name = "yield",
	.group = "schedule",
	.about = "an operation that is ready lets others come first",
	.rates = { 0, 2, 4, 16 },
	.rates_count = 4,
};

bool sim__fault_yields(struct fm_sim *sim)
{
	if (sim->fault_in[SIM_FAULT_YIELD] == 0 || sim->ghost)
		return false;
	return sim__fault_strikes(sim, sim__actor(sim), &budget_site, SIM_FAULT_YIELD);
}
