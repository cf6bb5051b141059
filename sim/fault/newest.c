/*
 * Wake order: the task that was woken last goes first, as with an executor that has a last-in slot. The choice is bent, and what
 * comes out of it is on the tape as every schedule is.
 */
#include "fault.h"

const struct sim_fault sim__fault_newest = {
	.name = "newest-first",
	.group = "schedule",
	.about = "the task woken last goes first",
	.rates = { 0, 0, 2, 8 },
	.rates_count = 4,
};

uint32_t sim__fault_bent(struct fm_sim *sim, uint32_t position, uint32_t ready)
{
	/* Its own counter, so that no draw is spent: position and step are as random as a draw would be. */
	if (sim->fault_in[SIM_FAULT_NEWEST] &&
	    sim__mix(sim->key ^ (sim->steps + 0x6e6577)) % sim->fault_in[SIM_FAULT_NEWEST] == 0) {
		sim->result->struck[SIM_FAULT_NEWEST]++;
		position = ready - 1;
	}
	return sim->slow ? sim__fault_passed_over(sim, position, ready) : position;
}
