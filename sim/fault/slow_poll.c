/*
 * Slow polls: time passes while tasks are ready, so that a timer is due, or a segment comes, between a wake and the poll
 * that it is for.
 *
 * The clock moves on to the next such time where that is less than a millisecond after what is ready was due: together with
 * timer-late nobody is later than a timer may be. It is asked only where there is such a time, so that a rate is one of
 * chances and not of steps. Cost: a look at the hosts' next timers, each step of such a run.
 */
#include "fault.h"

static const struct fm_draw_site slow_site = { "slow poll", FM_DRAW_TIME };

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	if (fm_runq_ready(sim->runq) == 0 || !sim__due_within(sim, fm_ns_add(sim->due_ns, SIM_LATE_MAX_NS - 1)))
		return;
	if (!sim__fault_strikes(sim, actor, &slow_site, SIM_FAULT_SLOW_POLL))
		return;
	sim__trace(sim, SIM_TRACE_FAULT, "slow poll", 0, 0);
	sim__pass_time(sim);
}

const struct sim_fault sim__fault_slow_poll = {
	.name = "slow-poll",
	.group = "time",
	.about = "time passes while tasks are ready: a timer comes between a wake and its poll",
	.allowed_by = FM_SIM_FAULT_TIMER,
	.rates = { 0, 2, 8, 32 },
	.rates_count = 4,
	.strike = strike,
};
