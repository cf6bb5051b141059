/*
 * Timers are late, by less than their granularity: the clock has gone past the deadline before anybody looks, and all that was due
 * in between is due together. What the network delivers is not late: the clock stops there.
 */
#include "fault.h"

static const struct fm_draw_site late_site = { "timer late", FM_DRAW_TIME };
static const struct fm_draw_site by_site = { "timer late by us", FM_DRAW_TIME };

const struct sim_fault sim__fault_timer_late = {
	.name = "timer-late",
	.group = "time",
	.about = "a timer is late by up to a millisecond",
	.allowed_by = FM_SIM_FAULT_TIMER,
	.rates = { 0, 1, 4, 16 },
	.rates_count = 4,
};

fm_ns sim__fault_late(struct fm_sim *sim, fm_ns next_ns)
{
	fm_ns late_ns;

	if (sim->next_event_ns <= next_ns ||
	    !sim__fault_strikes(sim, &sim->world, &late_site, SIM_FAULT_TIMER_LATE))
		return next_ns;
	late_ns = next_ns + (1 + sim__draw(sim, &sim->world, &by_site, SIM_LATE_MAX_NS / FM_US - 1)) * FM_US;
	return late_ns < sim->next_event_ns ? late_ns : sim->next_event_ns;
}
