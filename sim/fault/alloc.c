/*
 * No memory, by chance: an allocation of the library or of a frame fails after setup. `sweep --alloc` fails the n-th one, for
 * every n; this one finds what goes wrong where two fail, or one fails late.
 */
#include "fault.h"

static const struct fm_draw_site alloc_site = { "no memory", FM_DRAW_ALLOC };

const struct sim_fault sim__fault_alloc = {
	.name = "no-memory",
	.group = "memory",
	.about = "an allocation fails",
	.allowed_by = FM_SIM_FAULT_ALLOC,
	.rates = { 0, 16, 64, 256 },
	.rates_count = 4,
};

bool sim__fault_no_memory(struct fm_sim *sim, size_t bytes)
{
	if (sim->in_setup || !sim__fault_strikes(sim, sim__actor(sim), &alloc_site, SIM_FAULT_ALLOC))
		return false;
	sim->allocations++;
	sim->shortages++;
	sim__trace(sim, SIM_TRACE_FAULT, "no memory", sim->allocations, bytes);
	return true;
}
