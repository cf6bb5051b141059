/*
 * Turning on the spot: a task that is polled again and again without ever parking, while nothing else in the world moves.
 *
 * What counts as movement: the clock, another task's wake, a spawn, an end, bytes on the network, a yield, by which a program
 * says that it means to go on, and an await that succeeded, since it may have taken something from somewhere. A sleep that is over at
 * once, a read and an error take nothing. Where nothing moves for SPINS_MAX polls of one task, it wakes itself for nothing
 * (no await became READY: a wake storm) or goes round a loop of awaits that are ready at once (a busy loop). A poll that a small
 * budget ended would have gone on, so it counts for as many of a whole budget's operations as it was given.
 */
#include "../core/internal.h"

#include <string.h>

#define SPINS_MAX (128 * SIM_BUDGET_MAX)

_Static_assert(SPINS_MAX + SIM_BUDGET_MAX <= UINT16_MAX, "spins are counted in 16 bits");

static enum fm_sim_oracle oracle_of(const struct sim_task *task)
{
	return task->spin_ready ? FM_SIM_ORACLE_BUSY_LOOP : FM_SIM_ORACLE_WAKE_STORM;
}

static void accuse(struct fm_sim *sim, struct sim_task *task) __attribute__((noreturn, cold));

static void accuse(struct fm_sim *sim, struct sim_task *task)
{
	const struct fm_future *leaf = NULL;
	const struct fm_await_site *site = sim__innermost(fm_task_future(task->task), &leaf);
	struct sim_text text = sim__failure_text(sim);
	struct sim_blame blame = {
		.oracle = fm_sim_oracle_name(oracle_of(task)),
		.file = site ? site->file : NULL,
		.line = site ? site->line : 0,
		.task = task,
	};

	sim__fail(sim, &blame, &text,
		  task->spin_ready ?
			  "task '%s' was polled %u times in a row without parking, its awaits ready at once each time, "
			  "while nothing else moved" :
			  "task '%s' was polled %u times in a row because it woke itself, and nothing became READY",
		  fm_task_name(task->task), task->spin_polls);
}

/* The last poll was, by a budget smaller than usual. */
static bool ended_by_budget(const struct fm_sim *sim)
{
	return sim->budget < SIM_BUDGET_MAX && sim->charges > sim->budget;
}

void sim__spins(struct fm_sim *sim, struct sim_task *task)
{
	if (task->spins == 0) {
		task->spin_ready = false;
		task->spin_polls = 0;
	}
	task->spin_polls++;
	task->spins += (uint16_t)(ended_by_budget(sim) ? sim->budget : SIM_BUDGET_MAX);
	if (task->spins > SPINS_MAX)
		sim__spins_for_starvation(sim, task);
	if (task->spins > SPINS_MAX && !sim__is_off(sim, oracle_of(task)))
		accuse(sim, task);
}

/* Futures that may succeed for ever without anything having changed. */
static bool takes_nothing(const struct fm_future *future)
{
	static const char *const names[] = { "fm_sleep", "fm_read", "fm_ready" };

	if (future->ops->inspect || future->status < 0)
		return true; /* what a combinator or a function awaited is looked at itself */
	for (unsigned i = 0; i < FM_COUNT_OF(names); i++)
		if (strcmp(future->ops->name, names[i]) == 0)
			return true;
	return false;
}

void sim__spin_ready(struct fm_sim *sim, const struct fm_future *future)
{
	struct fm_task *task = fm_task_current();
	struct sim_task *record = task ? sim__task(sim, task) : NULL;

	if (!record)
		return;
	if (takes_nothing(future))
		record->spin_ready = true;
	else
		sim->movements++;
}
