/*
 * Ties of timers: what the network delivers at the very time of a timer comes before it, and the tasks that wait for it may run
 * before the timer is noticed. (Which of two tasks runs first whose timers are due together is the schedule's draw.)
 */
#include "fault.h"

static const struct fm_draw_site ties_site = { "event before timer", FM_DRAW_TIME };

const struct sim_fault sim__fault_timer_ties = {
	.name = "timer-ties",
	.group = "time",
	.about = "what arrives at the time of a timer comes before it",
	.rates = { 0, 0, 1, 2 },
	.rates_count = 4,
};

bool sim__fault_event_wins(struct fm_sim *sim)
{
	return sim->next_event_ns <= sim->now_ns &&
	       sim__fault_strikes(sim, &sim->world, &ties_site, SIM_FAULT_TIMER_TIES);
}
