/*
 * A failure: what broke, where, one sentence of cause, and where every task stood. It ends the run.
 */
#include "../core/internal.h"

#include <stdio.h>
#include <string.h>

#define TASKS_TOLD_MAX 12

struct sim_text sim__failure_text(struct fm_sim *sim)
{
	struct fm_sim_failure *failure = &sim->result->failure;

	failure->text[0] = '\0';
	return (struct sim_text){ failure->text, failure->text + sizeof(failure->text) };
}

static void tell_task(const struct fm_sim *sim, struct sim_text *text, const struct sim_task *record)
{
	const struct sim_origin *origin = &sim->origins[fm_task_index(record->task)];

	sim__text(text, "task #%u '%s' on %s, %s", record->serial, fm_task_name(record->task),
		  record->host->name,
		  fm_task_scheduled(record->task) ? "ready" :
		  fm_task_parked(record->task)	  ? "parked" :
						    "running");
	if (origin->serial) {
		sim__text(text, ", spawned ");
		sim__tell_origin(text, origin);
	}
	sim__text(text, ":\n");
	sim__backtrace(text, fm_task_future(record->task), 2);
}

/* Where every task has ended, how they did and where they waited last, the newest first. */
static void tell_ended(const struct fm_sim *sim, struct sim_text *text)
{
	const uint32_t kept = sim->ended_count < SIM_ENDED_KEPT ? sim->ended_count : SIM_ENDED_KEPT;

	for (uint32_t i = 1; i <= kept; i++) {
		const struct sim_ended *ended = &sim->ended[(sim->ended_count - i) % SIM_ENDED_KEPT];

		sim__text(text, "task #%u '%s' on %s, ended with %s", ended->serial, ended->name, ended->host,
			  fm_status_name(ended->status));
		if (ended->site)
			sim__text(text, "; its last await:\n  %s at %s:%u: %s", ended->name, ended->site->file,
				  ended->site->line, ended->site->what);
		sim__text(text, "\n");
	}
}

static void tell_tasks(struct fm_sim *sim, struct sim_text *text, const struct sim_task *first)
{
	unsigned told = 0;

	if (first && (first->flags & SIM_TASK_LIVE))
		tell_task(sim, text, first);
	else if (!first && sim->awaited == 0)
		tell_ended(sim, text);
	for (uint32_t i = 0; sim->runq && i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);
		const struct sim_task *record = task && i < sim->tasks_cap ? sim->tasks[i] : NULL;

		if (!record || record == first || record->task != task || !(record->flags & SIM_TASK_LIVE))
			continue;
		if (++told > TASKS_TOLD_MAX) {
			sim__text(text, "... and more tasks\n");
			return;
		}
		tell_task(sim, text, record);
	}
}

/* Which oracle it was goes into the hash, not the line: gcc and clang number calls over several lines differently. */
static uint64_t oracle_number(const char *oracle)
{
	uint64_t number = 0;

	while (*oracle)
		number = number * 31 + (uint8_t)*oracle++;
	return number;
}

/* What cannot go on ends as passed: nothing after it is defined. */
static void end_unheard(struct fm_sim *sim) __attribute__((noreturn, cold));

static void end_unheard(struct fm_sim *sim)
{
	sim->running = false;
	longjmp(sim->over, 1);
}

/* Whether the cause may lie before: the others break on the spot. */
static bool of_what_happened(const char *oracle)
{
	static const enum fm_sim_oracle those[] = { FM_SIM_ORACLE_CLAIM,    FM_SIM_ORACLE_HANG,  FM_SIM_ORACLE_DEADLOCK,
						    FM_SIM_ORACLE_DEADLINE, FM_SIM_ORACLE_STEPS, FM_SIM_ORACLE_DRAIN,
						    FM_SIM_ORACLE_LEAK };

	for (unsigned i = 0; i < FM_COUNT_OF(those); i++)
		if (strcmp(fm_sim_oracle_name(those[i]), oracle) == 0)
			return true;
	return false;
}

void sim__fail(struct fm_sim *sim, const struct sim_blame *blame, const struct sim_text *text,
	       const char *format, ...)
{
	struct fm_sim_failure *failure = &sim->result->failure;
	struct sim_text rest = *text;
	va_list args;

	if (!sim->running)
		__builtin_trap();
	if (sim__is_silent(sim, blame->oracle))
		end_unheard(sim);
	if (sim->result->verdict == FM_SIM_PASSED)
		sim->result->verdict = FM_SIM_FAILED;
	snprintf(failure->oracle, sizeof(failure->oracle), "%s", blame->oracle);
	va_start(args, format);
	vsnprintf(failure->cause, sizeof(failure->cause), format, args);
	va_end(args);
	snprintf(failure->file, sizeof(failure->file), "%s", blame->file ? blame->file : "");
	failure->line = blame->file ? blame->line : 0;
	snprintf(failure->task, sizeof(failure->task), "%s",
		 blame->task ? fm_task_name(blame->task->task) : "");
	if (of_what_happened(blame->oracle))
		sim__tell_losses(sim, &rest);
	tell_tasks(sim, &rest, blame->task);
	if (sim->tell_program)
		sim->tell_program(sim, failure);
	sim__trace(sim, SIM_TRACE_FAIL, blame->oracle, oracle_number(blame->oracle), sim->steps);
	sim->running = false;
	longjmp(sim->over, 1);
}

/* Claims that are not to be heard end the run all the same. */
static void unheard(struct fm_sim *sim)
{
	if (sim->options->no_claims && !sim->in_setup)
		end_unheard(sim);
}

void fm_sim_fail(struct fm_sim *sim, const char *file, int line, const char *format, ...)
{
	struct fm_task *task = fm_task_current();
	struct sim_text text = sim__failure_text(sim);
	char cause[sizeof(sim->result->failure.cause)];
	va_list args;

	unheard(sim);
	va_start(args, format);
	vsnprintf(cause, sizeof(cause), format, args);
	va_end(args);
	sim__fail(sim,
		  &(struct sim_blame){ .oracle = "claim",
				       .file = file,
				       .line = (unsigned)line,
				       .task = task ? sim__task(sim, task) : NULL },
		  &text, "%s", cause);
}

void sim__claim_unheard(struct fm_sim *sim)
{
	unheard(sim);
}
