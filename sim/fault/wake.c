/* Spurious wakes: a parked task is woken for no reason. A wake proves nothing, so a future must look again. */
#include "fault.h"

static const struct fm_draw_site wake_site = { "spurious wake", FM_DRAW_WAKE };
static const struct fm_draw_site whom_site = { "spurious wake of", FM_DRAW_WAKE };

static bool parked(struct fm_sim *sim, struct fm_task *task)
{
	(void)sim;
	return fm_task_parked(task);
}

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	const uint64_t movements = sim->movements;
	struct fm_task *task;

	if (!sim__fault_strikes(sim, actor, &wake_site, SIM_FAULT_WAKE))
		return;
	task = sim__fault_whom(sim, actor, &whom_site, parked);
	if (!task)
		return;
	sim__trace(sim, SIM_TRACE_FAULT, "spurious wake", sim__task(sim, task)->serial, 0);
	fm_executor_enter(fm_task_executor(task));
	fm_task_wake(task);
	fm_executor_enter(NULL);
	sim->movements = movements; /* nothing has moved: it lets nobody go on */
}

const struct sim_fault sim__fault_wake = {
	.name = "spurious-wake",
	.group = "wake",
	.about = "a parked task is woken for no reason",
	.allowed_by = FM_SIM_FAULT_WAKE,
	.rates = { 0, 4, 16, 64 },
	.rates_count = 4,
	.strike = strike,
};
