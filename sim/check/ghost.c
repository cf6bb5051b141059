/*
 * The ghost poll: a parked task is polled in place, as a spurious wake would do, with no wake due.
 *
 * A correct future is PENDING again. One that turns READY, or wakes somebody, could have gone on before, and nobody had told it: a
 * missed wake, blamed on the await of its last PENDING. Only so are lost wakes found that a timeout would have rescued.
 * Before the clock moves one task may be polled so, by a draw; at rest all are.
 */
#include "../core/internal.h"

void sim__ghost_poll(struct fm_sim *sim, struct fm_task *task)
{
	struct sim_task *record = sim__task(sim, task);
	const struct fm_future *leaf = NULL;
	const struct fm_await_site *stood = sim__innermost(fm_task_future(task), &leaf);
	const char *leaf_name = leaf ? leaf->ops->name : "the task's future";
	struct sim_text text = sim__failure_text(sim);

	if (sim__is_off(sim, FM_SIM_ORACLE_MISSED_WAKE))
		return; /* to poll it and say nothing would rescue it */
	sim__text(&text, "before the ghost poll:\n");
	sim__backtrace(&text, fm_task_future(task), 2);
	sim->ghost = true;
	sim->ghost_progress = false;
	sim->ghost_how = "went on";
	sim->ghost_name = NULL;
	sim->ghost_site = NULL;
	sim__trace(sim, SIM_TRACE_POLL, "ghost poll", record->actor.identity, sim->steps);
	fm_task_ref(task);
	fm_executor_enter(fm_task_executor(task));
	fm_task_poll_parked(task);
	if (record->flags & SIM_TASK_JUDGED)
		sim__check_pending(sim, record, task);
	sim->ghost = false;
	if (!sim->ghost_progress) {
		fm_executor_enter(fm_task_executor(task));
		fm_task_detach(task);
		fm_executor_enter(NULL);
		return;
	}
	/* The handle is kept: this may have been the task's last poll, and the failure names it. */
	fm_executor_enter(NULL);
	if (!sim->ghost_site)
		sim->ghost_site = stood;
	sim__fail(sim,
		  &(struct sim_blame){
			  .oracle = "missed wake",
			  .file = sim->ghost_site ? sim->ghost_site->file : NULL,
			  .line = sim->ghost_site ? sim->ghost_site->line : 0,
			  .task = record,
		  },
		  &text, "task '%s' was parked with no wake due, but when polled for no reason %s %s: nobody had woken it",
		  fm_task_name(task), sim->ghost_name ? sim->ghost_name : leaf_name, sim->ghost_how);
}
