/* The event log: one line an event, the same for the same token wherever it is replayed. */
#include "../core/internal.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const kinds[] = {
	"run", "draw", "spawn", "end", "poll", "wake", "clock", "net", "signal", "fault", "fail",
};

static const struct sim_task *by_identity(const struct fm_sim *sim, uint64_t identity)
{
	for (uint32_t i = 0; i < sim->tasks_cap; i++)
		if (sim->tasks[i] && sim->tasks[i]->serial && sim->tasks[i]->actor.identity == identity)
			return sim->tasks[i];
	return NULL;
}

void sim__trace_log(struct fm_sim *sim, enum sim_trace_kind kind, const char *what, uint64_t a, uint64_t b)
{
	FILE *log = sim->options->log;
	const struct sim_task *task = NULL;

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
	va_list args;

	if (!sim->options->log)
		return;
	fprintf(sim->options->log, "%6" PRIu64 " %12" PRIu64 "us note   ", sim->steps,
		(sim->now_ns - FM_SEC) / FM_US);
	va_start(args, format);
	vfprintf(sim->options->log, format, args);
	va_end(args);
	fputc('\n', sim->options->log);
}
