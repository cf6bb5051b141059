/*
 * Leaks: when all tasks have ended, nothing of theirs is left. What is, is named with where it came from.
 *
 * Looked for in the order of what explains what: wakers and timers that somebody registered and forgot, sockets, then
 * task handles and memory.
 */
#include "../core/internal.h"
#include "../core/net/net.h"
#include "../core/program.h"

static unsigned count_wakers(const struct fm_sim *sim)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < sim->tasks_cap; i++)
		if (sim->tasks[i] && sim->tasks[i]->serial)
			FM_LIST_FOR_EACH(link, &sim->tasks[i]->wakers)
				count++;
	return count;
}

static void check_wakers(struct fm_sim *sim)
{
	for (uint32_t i = 0; i < sim->tasks_cap; i++) {
		const struct sim_task *task = sim->tasks[i];
		const struct sim_waker *waker;
		const struct sim_pollee *pollee;
		struct sim_text text;

		if (!task || !task->serial || fm_list_empty(&task->wakers))
			continue;
		waker = FM_CONTAINER_OF(task->wakers.next, const struct sim_waker, link);
		pollee = waker->pollee;
		text = sim__failure_text(sim);
		sim__fail(sim,
			  &(struct sim_blame){ .oracle = "leak",
					       .file = pollee->site ? pollee->site->file : NULL,
					       .line = pollee->site ? pollee->site->line : 0 },
			  &text, "%u wakers are left when all tasks have ended; one was kept by %s in task '%s'",
			  count_wakers(sim), sim__pollee_name(pollee), fm_task_name(task->task));
	}
}

/* What is left is blamed on the await behind which it was taken. */
static struct sim_blame taken_behind(const struct fm_await_site *site)
{
	return (struct sim_blame){ .oracle = "leak", .file = site ? site->file : NULL, .line = site ? site->line : 0 };
}

static void check_host(struct fm_sim *sim, struct sim_host *host)
{
	struct sim_text text = sim__failure_text(sim);
	struct sim_blame blame;
	unsigned sockets;

	if (fm_executor_deadline(host->executor) != FM_NS_MAX)
		sim__fail(sim, &(struct sim_blame){ .oracle = "leak" }, &text,
			  "a timer is still armed on host '%s' when all tasks have ended", host->name);
	if (!fm_list_empty(&host->signal_watches)) {
		blame = taken_behind(sim__signals_describe(host, &text));
		sim__fail(sim, &blame, &text, "a signal is still watched on host '%s' when all tasks have ended", host->name);
	}
	sim__net_describe_open(host, &text);
	sockets = sim__net_host_close(host);
	if (sockets)
		sim__fail(sim, &(struct sim_blame){ .oracle = "leak" }, &text,
			  "%u sockets are still open on host '%s' when all tasks have ended", sockets, host->name);
}

static void check_handles(struct fm_sim *sim)
{
	struct sim_text text = sim__failure_text(sim);

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		static const struct sim_origin unspawned;
		const struct sim_origin *origin;
		struct sim_blame blame;

		if (!task)
			continue;
		origin = fm_task_done(task) ? &sim->origins[i] : &unspawned;
		blame = taken_behind(origin->site);
		if (origin != &unspawned) {
			sim__text(&text, "  a handle of task '%s', spawned ", fm_task_name(task));
			sim__tell_origin(&text, origin);
			sim__text(&text, "\n");
		}
		sim__fail(sim, &blame, &text, "a handle of task '%s' was never given back with fm_task_detach",
			  fm_task_name(task));
	}
}

static void check_memory(struct fm_sim *sim)
{
	struct sim_text text = sim__failure_text(sim);
	const struct fm_await_site *behind = NULL;
	struct sim_blame blame;
	size_t bytes;

	if (!fm_list_empty(&sim->blocks)) {
		blame = taken_behind(sim__memory_describe(sim, &text));
		sim__fail(sim, &blame, &text, "%zu bytes of memory are left when all tasks have ended", sim->live_bytes);
	}
	bytes = sim__program_left(sim, &text, &behind);
	if (bytes) {
		blame = taken_behind(behind);
		sim__fail(sim, &blame, &text, "%zu bytes that tasks took from malloc are left when all tasks have ended",
			  bytes);
	}
}

void sim__check_leaks(struct fm_sim *sim)
{
	if (sim__is_off(sim, FM_SIM_ORACLE_LEAK))
		return;
	check_wakers(sim);
	for (unsigned i = 0; i < sim->hosts_count; i++)
		check_host(sim, sim->hosts[i]);
	check_handles(sim);
	for (unsigned i = 0; i < sim->hosts_count; i++) {
		fm_executor_free(sim->hosts[i]->executor);
		sim->hosts[i]->executor = NULL;
	}
	check_memory(sim);
}
