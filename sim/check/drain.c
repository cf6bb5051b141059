/* Drain: after a shutdown the host's tasks end within the scenario's drain_ns. What has not ended is told with where it stands. */
#include "../core/internal.h"
#include "../core/net/net.h"

void sim__check_drain(struct fm_sim *sim)
{
	if (sim__is_off(sim, FM_SIM_ORACLE_DRAIN))
		return;
	for (unsigned h = 0; h < sim->hosts_count; h++) {
		struct sim_host *host = sim->hosts[h];

		if (host->tasks == 0)
			host->drain_by_ns = FM_NS_MAX;
		if (host->drain_by_ns == FM_NS_MAX || sim->now_ns <= host->drain_by_ns)
			continue;
		for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
			struct fm_task *task = fm_runq_slot(sim->runq, i);
			const struct fm_future *leaf = NULL;
			const struct fm_await_site *site;
			struct sim_text text;

			if (!task || !sim__live(sim, task) || sim->tasks[i]->host != host)
				continue;
			site = sim__innermost(fm_task_future(task), &leaf);
			text = sim__failure_text(sim);
			sim__net_describe_open(host, &text);
			sim__fail(sim,
				  &(struct sim_blame){ .oracle = "drain",
						       .file = site ? site->file : NULL,
						       .line = site ? site->line : 0,
						       .task = sim->tasks[i] },
				  &text, "host '%s' was told to shut down and %u of its tasks have not ended in time",
				  host->name, host->tasks);
		}
	}
}
