/* The event log: one line an event, the same for the same token wherever it is replayed. */
#include "../core/internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
	"run", "draw", "spawn", "end", "poll", "wake", "clock", "net", "signal", "fault", "fail", "note",
	"send", "receive",
};

static const struct sim_task *by_identity(const struct fm_sim *sim, uint64_t identity)
{
	for (uint32_t i = 0; i < sim->tasks_cap; i++)
		if (sim->tasks[i] && sim->tasks[i]->serial && sim->tasks[i]->actor.identity == identity)
			return sim->tasks[i];
	return NULL;
}

/* Whom an event is about: polls and their kin name an identity, what strikes a task its number. */
static const struct sim_task *about(const struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a)
{
	static const char *const strike[] = { "cancel", "cancel woken", "spurious wake", "slow task" };

	if (kind == SIM_TRACE_SPAWN || kind == SIM_TRACE_END || kind == SIM_TRACE_POLL || kind == SIM_TRACE_WAKE)
		return by_identity(sim, a);
	for (size_t i = 0; kind == SIM_TRACE_FAULT && i < FM_COUNT_OF(strike); i++)
		for (uint32_t k = 0; strcmp(what, strike[i]) == 0 && k < sim->tasks_cap; k++)
			if (sim->tasks[k] && sim->tasks[k]->serial == a)
				return sim->tasks[k];
	return NULL;
}

void sim__tell(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a, uint64_t b)
{
	const struct sim_task *task = about(sim, kind, what, a);
	const struct fm_task *running = fm_task_current();
	const struct fm_future *leaf;
	struct fm_sim_event event = {
		.kind = kinds[kind],
		.step = sim->steps,
		.at_ns = sim->now_ns - SIM_START_NS,
		.a = a,
		.b = b,
	};

	snprintf(event.what, sizeof(event.what), "%s", what);
	if (running && sim__live(sim, running))
		event.by = sim__live(sim, running)->serial;
	if (task) {
		event.task = task->serial;
		event.host = task->host->number;
		if (kind != SIM_TRACE_END && (task->flags & SIM_TASK_LIVE))
			snprintf(event.name, sizeof(event.name), "%s", fm_task_name(task->task));
		if (kind == SIM_TRACE_POLL || kind == SIM_TRACE_FAULT)
			event.site = sim__innermost(fm_task_future(task->task), &leaf);
	}
	sim->options->tell(sim->options->tell_arg, &event);
}

void sim__trace_log(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a, uint64_t b)
{
	FILE *log = sim->options->log;
	const struct sim_task *task = NULL;

	if (sim->options->tell)
		sim__tell(sim, kind, what, a, b);
	if (!log)
		return;
	if (kind == SIM_TRACE_SPAWN || kind == SIM_TRACE_END || kind == SIM_TRACE_POLL || kind == SIM_TRACE_WAKE)
		task = by_identity(sim, a);
	fprintf(log, "%6" PRIu64 " %12" PRIu64 "us %-6s %s", sim->steps, (sim->now_ns - FM_SEC) / FM_US,
		kinds[kind], what);
	if (task)
		fprintf(log, " #%u %s", task->serial,
			kind == SIM_TRACE_SPAWN || kind == SIM_TRACE_END ? "" : fm_task_name(task->task));
	else
		fprintf(log, " %" PRIu64, a);
	if (kind == SIM_TRACE_END)
		fprintf(log, "%s", fm_status_name((int)(int64_t)b));
	else if (kind == SIM_TRACE_DRAW)
		fprintf(log, " of %" PRIu64, b);
	else if (kind != SIM_TRACE_POLL && kind != SIM_TRACE_SPAWN && kind != SIM_TRACE_CLOCK)
		fprintf(log, " %" PRIu64, b);
	fputc('\n', log);
}

void fm_sim_note(struct fm_sim *sim, const char *format, ...)
{
	char text[64];
	va_list args;

	if (sim->options->tell) {
		va_start(args, format);
		vsnprintf(text, sizeof(text), format, args);
		va_end(args);
		sim__tell(sim, SIM_TRACE_NOTE, text, 0, 0);
	}
	if (!sim->options->log)
		return;
	fprintf(sim->options->log, "%6" PRIu64 " %12" PRIu64 "us note   ", sim->steps,
		(sim->now_ns - FM_SEC) / FM_US);
	va_start(args, format);
	vfprintf(sim->options->log, format, args);
	va_end(args);
	fputc('\n', sim->options->log);
}
