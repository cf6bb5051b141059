/*
 * Slow tasks: one of the ready tasks is passed over for a while, whoever else is ready. Receivers lag, channels fill up, values
 * are skipped, and the other side goes away before anybody looks. The clock does not move meanwhile, since a ready
 * task is left. The choice is bent, and what comes out of it is on the tape as every schedule is.
 */
#include "fault.h"

static const struct fm_draw_site slow_site = { "slow task", FM_DRAW_SCHEDULE };
static const struct fm_draw_site whom_site = { "slow task is", FM_DRAW_SCHEDULE };
static const struct fm_draw_site length_site = { "slow task for", FM_DRAW_SCHEDULE };

static const uint8_t lengths[] = { 8, 16, 32, 64 }; /* polls: less than makes a wake storm */

static bool any(struct fm_sim *sim, struct fm_task *task)
{
	(void)sim, (void)task;
	return true;
}

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	struct fm_task *task;
	uint64_t length;

	if (sim->slow)
		sim->slow = sim->steps < sim->slow_until_step;
	if (sim->steps < sim->slow_rest_step || !sim__fault_strikes(sim, actor, &slow_site, SIM_FAULT_SLOW))
		return;
	task = sim__fault_whom(sim, actor, &whom_site, any);
	if (!task)
		return;
	sim->slow = true;
	sim->slow_index = fm_task_index(task);
	length = lengths[sim__draw(sim, actor, &length_site, FM_COUNT_OF(lengths))];
	sim->slow_until_step = sim->steps + length;
	sim->slow_rest_step = sim->steps + 2 * length; /* so that nobody is passed over for ever */
	sim__trace(sim, SIM_TRACE_FAULT, "slow task", sim__task(sim, task)->serial, 0);
}

const struct sim_fault sim__fault_slow = {
	.name = "slow-task",
	.group = "schedule",
	.about = "a task is passed over for a while: it lags",
	.rates = { 0, 0, 8, 32 },
	.rates_count = 4,
	.strike = strike,
};

uint32_t sim__fault_passed_over(struct fm_sim *sim, uint32_t position, uint32_t ready)
{
	if (fm_runq_peek_index(sim->runq, position) != sim->slow_index || sim->healed)
		return position;
	return position + 1 < ready ? position + 1 : position - 1;
}
