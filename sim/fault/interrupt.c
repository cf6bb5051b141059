/*
 * An await that its program says may be given up and begun anew (FM_AWAIT_RETRIED) is: the awaited future is dropped
 * where it stands, as a select or a timeout around it would do.
 */
#include "fault.h"

static const struct fm_draw_site interrupt_site = { "interrupt await", FM_DRAW_CANCEL };

const struct sim_fault sim__fault_interrupt = {
	.name = "interrupt",
	.group = "cancel",
	.about = "an FM_AWAIT_RETRIED await is dropped and begun anew",
	.allowed_by = FM_SIM_FAULT_CANCEL,
	.rates = { 0, 2, 8 },
	.rates_count = 3,
};

bool sim__fault_interrupts(struct fm_sim *sim)
{
	return sim__fault_strikes(sim, sim__actor(sim), &interrupt_site, SIM_FAULT_INTERRUPT);
}
