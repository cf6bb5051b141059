/* Hosts: an executor on the shared run queue, a name, an address. */
#include "../escape/faketime.h"
#include "../fault/hooks.h"
#include "internal.h"
#include "net/net.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

/* Where the wall clocks start: 2020-01-01, so that printed times look like times. */
#define WALL_START_NS ((int64_t)1577836800 * 1000000000)

struct sim_host *sim__host_new(struct fm_sim *sim, const char *name)
{
	struct sim_host *host = sim__own_alloc(sizeof(*host));
	struct fm_executor_config config;

	host->env.ops = &sim__env_ops;
	host->env.budget_is_drawn = true;
	host->sim = sim;
	host->number = sim->hosts_count + 1;
	snprintf(host->name, sizeof(host->name), "%s", name);
	sim__actor_init(&host->actor, sim__mix(0x686f7374 + host->number));
	host->wall_offset_ns = WALL_START_NS + sim__fault_skew_ns(host);
	host->drain_by_ns = FM_NS_MAX;
	fm_list_init(&host->signal_watches);
	sim__net_host_open(host);
	fm_executor_config_init(&config);
	sim__fault_constants_host(host, &config);
	host->executor = fm_executor_new_on(&host->env, &config, sim->runq);
	if (!host->executor)
		fm_contract_broken(NULL, "no memory for a simulated host");
	fm_executor_observe(host->executor, &sim->observer);
	sim->hosts[sim->hosts_count++] = host;
	return host;
}

void sim__host_free(struct sim_host *host)
{
	sim__own_free(host->watched);
	sim__own_free(host);
}

struct fm_sim_host *fm_sim_host(struct fm_sim *sim, const char *name)
{
	struct sim_host *host;

	if (sim->hosts_count == SIM_HOSTS_MAX)
		fm_sim_fail(sim, __FILE__, __LINE__, "a scenario has at most %d hosts", SIM_HOSTS_MAX);
	host = sim__host_new(sim, name);
	fm_executor_enter(host->executor);
	return (struct fm_sim_host *)host;
}

struct fm_executor *fm_sim_host_executor(struct fm_sim_host *host)
{
	return ((struct sim_host *)host)->executor;
}

const char *fm_sim_host_name(const struct fm_sim_host *host)
{
	return ((const struct sim_host *)host)->name;
}

void *fm_sim_alloc(struct fm_sim_host *host, size_t frame_bytes, const char *name)
{
	void *frame = fm_task_alloc_on(((struct sim_host *)host)->executor, frame_bytes, name);

	if (!frame)
		fm_contract_broken(NULL, "no memory for a frame of a scenario");
	return frame;
}

struct fm_task *fm_sim_start(void *frame)
{
	struct fm_task *task = fm_task_spawn(frame);

	fm_task_detach(task);
	return task;
}

struct fm_task *fm_sim_start_daemon(void *frame)
{
	struct fm_sim *sim = sim__here;
	struct fm_task *task;

	sim->daemon_spawn = true;
	task = fm_sim_start(frame);
	sim->daemon_spawn = false;
	return task;
}

void fm_sim_cancellable(struct fm_sim *sim, struct fm_task *task)
{
	sim__task(sim, task)->flags |= SIM_TASK_CANCELLABLE;
}

void fm_sim_shutdown(struct fm_sim_host *handle)
{
	struct sim_host *host = (struct sim_host *)handle;
	struct fm_sim *sim = host->sim;

	host->stays_down = true;
	if (sim->scenario->drain_ns && host->drain_by_ns == FM_NS_MAX) {
		host->drain_by_ns = fm_ns_add(sim->now_ns, sim->scenario->drain_ns);
		sim->drain_watched = true;
	}
	fm_sim_signal(handle, SIGINT);
}

void fm_sim_wall_jump(struct fm_sim_host *handle, int64_t by_ns)
{
	struct sim_host *host = (struct sim_host *)handle;

	sim__trace(host->sim, SIM_TRACE_FAULT, "wall clock jump", host->number, (uint64_t)by_ns);
	host->wall_offset_ns += by_ns;
	if (host->sim->carries_clock)
		sim__carry_clock(host);
}
