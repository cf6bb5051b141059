/*
 * Stalls: the machine stands still for up to a second while tasks are ready, as under a heavy load, a pause of a virtual machine
 * or a page that is read in. Timers that were far away are due by then, and come before, after or between what was ready.
 *
 * What a program orders by sleeping ("they will have started by then") is not in that order any more. It is a fault of its own,
 * since no claim about times survives it. It is slow-poll with a longer arm: the clock moves on to the next thing that is due
 * where that is less than a second after what is ready was due. Cost: a look at the hosts' next timers, each step of such a run.
 */
#include "fault.h"

static const struct fm_draw_site stall_site = { "stall", FM_DRAW_TIME };

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	if (fm_runq_ready(sim->runq) == 0 || !sim__due_within(sim, fm_ns_add(sim->due_ns, SIM_STALL_MAX_NS - 1)))
		return;
	if (!sim__fault_strikes(sim, actor, &stall_site, SIM_FAULT_STALL))
		return;
	sim__trace(sim, SIM_TRACE_FAULT, "stall", 0, 0);
	sim__pass_time(sim);
}

const struct sim_fault sim__fault_stall = {
	.name = "stall",
	.group = "time",
	.about = "the machine stands still for up to a second while tasks are ready",
	.allowed_by = FM_SIM_FAULT_STALL,
	.rates = { 0, 4, 16, 64 },
	.rates_count = 4,
	.strike = strike,
};
