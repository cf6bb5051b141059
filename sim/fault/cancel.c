/* Cancellation: a task that the scenario marked fm_sim_cancellable is aborted, wherever it stands. */
#include "fault.h"

static const struct fm_draw_site cancel_site = { "cancel", FM_DRAW_CANCEL };
static const struct fm_draw_site whom_site = { "cancel of", FM_DRAW_CANCEL };

static bool cancellable(struct fm_sim *sim, struct fm_task *task)
{
	return sim__task(sim, task)->flags & SIM_TASK_CANCELLABLE;
}

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	struct fm_task *task;

	if (!sim__fault_strikes(sim, actor, &cancel_site, SIM_FAULT_CANCEL))
		return;
	task = sim__fault_whom(sim, actor, &whom_site, cancellable);
	if (!task)
		return;
	sim__trace(sim, SIM_TRACE_FAULT, "cancel", sim__task(sim, task)->serial, 0);
	fm_executor_enter(fm_task_executor(task));
	fm_task_abort(task);
	fm_executor_enter(NULL);
}

const struct sim_fault sim__fault_cancel = {
	.name = "abort",
	.group = "cancel",
	.about = "a task that may be cancelled is aborted where it stands",
	.allowed_by = FM_SIM_FAULT_CANCEL,
	.rates = { 0, 8, 32, 128 },
	.rates_count = 4,
	.strike = strike,
};
