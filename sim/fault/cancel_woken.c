/*
 * Cancellation after a wake, before the poll that the wake was for: what was handed to a future that will never look again is
 * lost there or passed on, so it is drawn apart from where else a task may be aborted. It is asked only where such a task
 * stands ready, so that a rate is one of chances and not of steps. Cost: a look at the ready tasks, each step of such a run.
 */
#include "fault.h"

static const struct fm_draw_site cancel_site = { "cancel woken", FM_DRAW_CANCEL };
static const struct fm_draw_site whom_site = { "cancel woken of", FM_DRAW_CANCEL };

static bool woken(struct fm_sim *sim, struct fm_task *task)
{
	return (sim__task(sim, task)->flags & SIM_TASK_CANCELLABLE) && sim__live(sim, task) && !fm_task_parked(task) &&
	       fm_task_future(task)->self != FM__FUTURE_FRESH;
}

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	const uint32_t ready = fm_runq_ready(sim->runq);
	struct fm_task *task;
	uint32_t position = 0;

	while (position < ready && !woken(sim, fm_runq_peek(sim->runq, position)))
		position++;
	if (position == ready || !sim__fault_strikes(sim, actor, &cancel_site, SIM_FAULT_CANCEL_WOKEN))
		return;
	task = sim__fault_whom(sim, actor, &whom_site, woken);
	if (!task)
		return;
	sim__trace(sim, SIM_TRACE_FAULT, "cancel woken", sim__task(sim, task)->serial, 0);
	fm_executor_enter(fm_task_executor(task));
	fm_task_abort(task);
	fm_executor_enter(NULL);
}

const struct sim_fault sim__fault_cancel_woken = {
	.name = "abort-woken",
	.group = "cancel",
	.about = "a task that may be cancelled is aborted after a wake, before its poll",
	.allowed_by = FM_SIM_FAULT_CANCEL,
	.rates = { 0, 2, 8, 32 },
	.rates_count = 4,
	.strike = strike,
};
