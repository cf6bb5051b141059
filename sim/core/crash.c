/*
 * A host goes down and comes up again. Its tasks are dropped between two polls, its sockets being dead to the world
 * already; see sim/fault/crash.c for what that stands for.
 */
#include "internal.h"
#include "net/net.h"

/* The next of the host's tasks that is ready; UINT32_MAX: none. */
static uint32_t ready_of(const struct fm_sim *sim, const struct sim_host *host)
{
	for (uint32_t i = 0; i < fm_runq_ready(sim->runq); i++)
		if (fm_task_executor(fm_runq_peek(sim->runq, i)) == host->executor)
			return i;
	return UINT32_MAX;
}

static void abort_all(struct fm_sim *sim, const struct sim_host *host)
{
	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (task && sim__live(sim, task) && fm_task_executor(task) == host->executor)
			fm_task_abort(task);
	}
}

/* What a drop spawns is dropped before it is polled. */
static void drop_tasks(struct fm_sim *sim, const struct sim_host *host)
{
	uint32_t position;

	fm_executor_drain_remote(host->executor);
	do {
		abort_all(sim, host);
		position = ready_of(sim, host);
		if (position != UINT32_MAX)
			fm_task_run(fm_runq_take(sim->runq, position));
	} while (position != UINT32_MAX);
}

static void restart(struct fm_sim *sim, void *arg)
{
	struct sim_host *host = arg;
	struct fm_executor *before = fm_executor_enter(host->executor);

	sim__trace(sim, SIM_TRACE_FAULT, "host restarts", host->number, 0);
	host->down = false;
	sim__net_host_up(host);
	if (!host->stays_down) {
		sim->in_setup = true;
		host->restart((struct fm_sim_host *)host, host->restart_arg);
		sim->in_setup = false;
	}
	sim->awaited--;
	fm_executor_enter(before);
}

void sim__host_crash(struct sim_host *host, bool power, fm_ns down_ns)
{
	struct fm_sim *sim = host->sim;
	struct fm_executor *before = fm_executor_enter(host->executor);

	sim__trace(sim, SIM_TRACE_FAULT, power ? "host loses power" : "host crashes", host->number, down_ns);
	host->down = true;
	host->drain_by_ns = FM_NS_MAX;
	sim__net_host_down(host, power);
	drop_tasks(sim, host);
	if (host->restart) {
		sim->awaited++; /* it comes back, so the run goes on */
		sim__event_at(sim, fm_ns_add(sim->now_ns, down_ns), restart, host);
	}
	fm_executor_enter(before);
}

void fm_sim_restartable(struct fm_sim_host *handle, void (*start)(struct fm_sim_host *, void *), void *arg)
{
	struct sim_host *host = (struct sim_host *)handle;

	host->restart = start;
	host->restart_arg = arg;
}

void fm_sim_crash(struct fm_sim_host *handle, fm_ns down_ns)
{
	struct sim_host *host = (struct sim_host *)handle;

	if (!host->down)
		sim__host_crash(host, false, down_ns);
}
