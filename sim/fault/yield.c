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

/* Nobody says that a fuzzer's bytes are fair: a task that has given way once goes on the next time. */
static bool yields_by_bytes(struct fm_sim *sim)
{
	struct fm_task *task = fm_task_current();
	struct sim_task *record = task ? sim__task(sim, task) : NULL;
	bool yields = false;

	if (!record)
		return false;
	if (!(record->flags & SIM_TASK_LEFT))
		yields = sim__strike_from_bytes(sim, sim->fault_in[SIM_FAULT_YIELD]);
	record->flags = (uint16_t)((record->flags & ~SIM_TASK_LEFT) | (yields ? SIM_TASK_LEFT : 0));
	sim->result->struck[SIM_FAULT_YIELD] += yields;
	return sim__decides(sim, &record->actor, &budget_site, yields);
}

bool sim__fault_yields(struct fm_sim *sim)
{
	if (sim->fault_in[SIM_FAULT_YIELD] == 0 || sim->ghost)
		return false;
	if (FM_UNLIKELY(sim->options->bytes != NULL))
		return yields_by_bytes(sim);
	return sim__fault_strikes(sim, sim__actor(sim), &budget_site, SIM_FAULT_YIELD);
}
