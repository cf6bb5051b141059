/*
 * The environment of a simulated host: virtual clock, drawn budget, simulated network, virtual signals.
 *
 * It implements the same contract (fm/env.h) as runtime/os does with Linux; programs run in it as the same object
 * code. Parking is the scheduler's business, so nothing here ever waits.
 */
#include "../explore/search.h"
#include "../fault/hooks.h"
#include "internal.h"
#include "net/net.h"

#include <string.h>

static const struct fm_draw_site entropy_site = { "entropy", FM_DRAW_USER };

static void env_attach(struct fm_env *env)
{
	(void)env;
}

static void env_detach(struct fm_env *env)
{
	(void)env;
}

static void *env_alloc(struct fm_env *env, size_t bytes)
{
	struct fm_sim *sim = sim__host(env)->sim;

	if (FM_UNLIKELY(sim->options->fail_allocation) && !sim->in_setup &&
	    sim->allocations - sim->setup_allocations + 1 == sim->options->fail_allocation) {
		sim->allocations++;
		sim->result->cancelled = true;
		sim->shortages++;
		sim__trace(sim, SIM_TRACE_FAULT, "no memory", sim->options->fail_allocation, bytes);
		return NULL;
	}
	if (FM_UNLIKELY(sim->fault_in[SIM_FAULT_ALLOC] != 0) && sim__fault_no_memory(sim, bytes))
		return NULL;
	return sim__alloc(sim, bytes);
}

static void env_free(struct fm_env *env, void *memory, size_t bytes)
{
	sim__free(sim__host(env)->sim, memory, bytes);
}

static fm_ns env_now(struct fm_env *env)
{
	return sim__host(env)->sim->now_ns;
}

static int64_t env_wall_ns(struct fm_env *env)
{
	const struct sim_host *host = sim__host(env);

	return (int64_t)host->sim->now_ns + host->wall_offset_ns;
}

static void env_park(struct fm_env *env, fm_ns deadline_ns)
{
	(void)env, (void)deadline_ns;
	fm_contract_broken(NULL, "fm_block_on inside of the simulation, where the scheduler drives all executors");
}

static void env_unpark(struct fm_env *env)
{
	sim__host(env)->sim->remote_pending = true;
}

static bool budget_is_spent(struct fm_sim *sim)
{
	return ++sim->charges > (sim->ghost ? SIM_BUDGET_MAX : sim->budget);
}

/* Every other time of a task's: an operation that was refused once goes through at its next try. */
static bool yields_always(struct fm_sim *sim)
{
	struct fm_task *task;

	if (sim->ghost)
		return false;
	task = fm_task_current();
	if (!task)
		return false;
	sim__task(sim, task)->refused ^= true;
	return sim__task(sim, task)->refused;
}

static uint64_t env_draw(struct fm_env *env, const struct fm_draw_site *site, uint64_t n)
{
	struct fm_sim *sim = sim__host(env)->sim;

	return sim__draw(sim, sim__actor(sim), site, n);
}

/* Whether a ready operation lets others come between. */
static bool gives_way(struct fm_sim *sim, const void *resource)
{
	return sim->search ? !sim__search_charge(sim, resource) : sim__fault_yields(sim);
}

static __attribute__((noinline)) bool asked_charge(struct fm_sim *sim, const void *resource)
{
	if (FM_UNLIKELY(sim->yields_always) && yields_always(sim))
		return false;
	if (FM_UNLIKELY(budget_is_spent(sim))) {
		sim__budget_refused(sim);
		return false;
	}
	if (sim->gives_way && gives_way(sim, resource))
		return false;
	if (FM_UNLIKELY(sim->refused_some))
		sim__budget_charged(sim);
	return true;
}

static bool env_charge(struct fm_env *env, const void *resource)
{
	struct fm_sim *sim = sim__host(env)->sim;

	if (FM_UNLIKELY(sim->charge_askers != 0))
		return asked_charge(sim, resource);
	if (FM_LIKELY(!budget_is_spent(sim)))
		return true;
	sim__budget_refused(sim);
	return false;
}

static void env_entropy(struct fm_env *env, void *bytes, size_t count)
{
	struct fm_sim *sim = sim__host(env)->sim;

	for (size_t i = 0; i < count; i++)
		((unsigned char *)bytes)[i] =
			(unsigned char)sim__draw(sim, sim__actor(sim), &entropy_site, 256);
}

static void env_fatal(struct fm_env *env, const struct fm_fatal *fatal)
{
	static const char *const oracles[] = { "panic", "contract", "claim" };
	struct fm_sim *sim = sim__host(env)->sim;
	struct fm_task *task = fm_task_current();
	struct sim_text text = sim__failure_text(sim);
	const struct fm_await_site *site = sim->scope ? sim__scope_site(sim->scope) : NULL;
	struct sim_blame blame = {
		.oracle = oracles[fatal->kind],
		.file = fatal->file ? fatal->file : site ? site->file : NULL,
		.line = fatal->file ? (unsigned)fatal->line : site ? site->line : 0,
		.task = task ? sim__task(sim, task) : NULL,
	};

	if (fatal->kind == FM_FATAL_CLAIM)
		sim__claim_unheard(sim);
	if (fatal->future)
		sim__fail(sim, &blame, &text, "%s: %s",
			  fatal->future->ops ? fatal->future->ops->name : "a future never initialised",
			  fatal->message);
	sim__fail(sim, &blame, &text, "%s", fatal->message);
}

const struct fm_env_ops sim__env_ops = {
	.name = "simulated",
	.attach = env_attach,
	.detach = env_detach,
	.alloc = env_alloc,
	.free = env_free,
	.now = env_now,
	.wall_ns = env_wall_ns,
	.park = env_park,
	.unpark = env_unpark,
	.draw = env_draw,
	.charge = env_charge,
	.entropy = env_entropy,
	.fatal = env_fatal,
	.tcp_listen = sim__net_tcp_listen,
	.tcp_accept = sim__net_tcp_accept,
	.tcp_connect = sim__net_tcp_connect,
	.tcp_connected = sim__net_tcp_connected,
	.tcp_address = sim__net_tcp_address,
	.tcp_shutdown = sim__net_tcp_shutdown,
	.tcp_nodelay = sim__net_tcp_nodelay,
	.io_read = sim__net_io_read,
	.io_write = sim__net_io_write,
	.io_close = sim__net_io_close,
	.signal_watch = sim__signal_watch,
	.signal_unwatch = sim__signal_unwatch,
};
