/*
 * One run from beginning to end. A failure jumps out of wherever it is; then nothing of the program is called any
 * more, and all memory of the run is simply forgotten.
 */
#include "../escape/faketime.h"
#include "../escape/world.h"
#include "../explore/enumerate.h"
#include "../explore/search.h"
#include "../fault/hooks.h"
#include "internal.h"
#include "net/net.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

_Thread_local struct fm_sim *sim__here;

static void *world_alloc(struct fm_env *env, size_t bytes)
{
	(void)env;
	return sim__own_alloc(bytes);
}

static void world_free(struct fm_env *env, void *memory, size_t bytes)
{
	(void)env, (void)bytes;
	sim__own_free(memory);
}

/* Only the run queue lives in it, and asks for nothing but memory. */
static const struct fm_env_ops world_ops = { .name = "world", .alloc = world_alloc, .free = world_free };

static void open_run(struct fm_sim *sim)
{
	sim->observer.ops = &sim__observer_ops;
	if (sim->options->coverage)
		sim__cover(sim);
	else if (sim->options->unwatched && !sim->options->visit && !sim->options->cancel)
		sim__unwatch(sim);
	sim->replay = sim->options->replay;
	sim->follow = sim->replay ? NULL : sim->options->follow;
	sim->record = sim->options->record;
	sim->compares = sim->replay || sim->follow;
	sim->goes_on = sim->replay && sim->options->lenient && sim->options->goes_on;
	sim->schedule_hash = sim__site_hash(&sim__schedule_site);
	sim__tape_open(sim);
	sim->is_random = !sim->replay && !sim->options->bytes && sim->options->strategy != FM_SIM_FIFO &&
			 sim->options->strategy != FM_SIM_EXPLORE;
	sim->is_first = !sim->replay && !sim->options->bytes && !sim->is_random;
	sim->heard = sim->options->log || sim->options->tell;
	sim->carries_clock = sim__carry_open();
	sim->sweeps = sim->options->visit || sim->options->cancel;
	sim->edges = sim->options->edges != NULL;
	if (sim->sweeps)
		sim__sweep_futures(sim);
	sim->check_step = sim->options->no_claims ? NULL : sim->scenario->step;
	sim->checks_step = sim->check_step != NULL;
	sim->env.ops = &world_ops;
	sim->key = sim__mix(sim->options->seed ^ 0x6665726d617461u);
	sim->now_ns = SIM_START_NS;
	sim->due_ns = SIM_START_NS;
	sim->rounds_from_ns = fm_ns_add(SIM_START_NS, sim->scenario->deadline_ns / 2);
	sim->next_event_ns = FM_NS_MAX;
	sim->steps_max = sim->scenario->steps_max ? sim->scenario->steps_max : FM_SIM_STEPS_MAX;
	sim->yields_always = sim->options->yield_always;
	sim->budget = sim->options->budget ? sim->options->budget : SIM_BUDGET_MAX;
	sim->hash = 0x243f6a8885a308d3u;
	sim__actor_init(&sim->world, SIM_WORLD_IDENTITY);
	fm_list_init(&sim->waker_blocks);
	sim__memory_open(sim);
	if (sim->scenario->state_bytes)
		sim->state = sim__own_alloc(sim->scenario->state_bytes);
	sim__trace(sim, SIM_TRACE_RUN, sim->scenario->name, 0, 0);
}

static void open_runq(struct fm_sim *sim)
{
	struct fm_executor_config config;

	fm_executor_config_init(&config);
	config.tasks_max = 1u << 24;
	sim__fault_constants_world(sim, &config);
	sim->runq = fm_runq_new(&sim->env, &config);
}

static void play(struct fm_sim *sim)
{
	sim__mix_faults(sim);
	open_runq(sim);
	sim__search_open(sim);
	sim->in_setup = true;
	sim->scenario->setup(sim, sim->state);
	sim->in_setup = false;
	sim->setup_allocations = sim->allocations;
	fm_executor_enter(NULL);
	sim__run_to_end(sim);
	sim__faults_over(sim);
	sim__end_daemons(sim);
	if (sim->scenario->end) {
		if (sim->hosts_count)
			fm_executor_enter(sim->hosts[0]->executor);
		sim->scenario->end(sim, sim->state);
		fm_executor_enter(NULL);
		sim__settle(sim); /* handles of other hosts' tasks that were given back */
	}
	sim__check_leaks(sim);
}

static void close_run(struct fm_sim *sim)
{
	fm_executor_enter(NULL);
	for (unsigned i = 0; i < sim->hosts_count; i++) {
		sim__net_host_close(sim->hosts[i]);
		sim__host_free(sim->hosts[i]);
	}
	sim__observe_close(sim);
	sim__search_close(sim);
	sim__tape_close(sim);
	if (sim->runq)
		fm_runq_free(sim->runq);
	sim__memory_close(sim);
	sim__own_free(sim->events);
	sim__own_free(sim->step_events);
	sim__own_free(sim->state);
	sim__own_free(sim->holders);
	sim__own_free(sim->losses);
	sim__own_free(sim->rounds);
	sim__own_free(sim->counts);
	sim__world_close(sim);
	if (sim->carries_clock)
		sim__carry_close();
}

static void run(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options,
		struct fm_sim_result *result)
{
	struct fm_sim *sim = sim__own_alloc(sizeof(*sim));

	static _Thread_local uint64_t runs;

	sim->number = ++runs;
	sim->scenario = scenario;
	sim->options = options;
	sim->result = result;
	result->verdict = FM_SIM_PASSED;
	result->failure.oracle[0] = '\0';
	result->failure.program[0] = '\0';
	result->divergence.text[0] = '\0';
	result->cancelled = false;
	memset(result->struck, 0, sizeof(result->struck));
	sim__here = sim;
	open_run(sim);
	if (setjmp(sim->over) == 0) {
		sim->running = true;
		play(sim);
	}
	sim->running = false;
	if (sim->explore)
		sim__explore_close(sim);
	sim__tape_ended(sim);
	sim__check_cpu(sim);
	result->hash = sim->hash;
	result->steps = sim->steps;
	result->allocations = sim->allocations - sim->setup_allocations;
	result->virtual_ns = sim->now_ns - SIM_START_NS;
	close_run(sim);
	sim__here = NULL;
	sim__own_free(sim);
}

void fm_sim_run(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options,
		struct fm_sim_result *result)
{
	struct sim_script *script;

	if (FM_UNLIKELY(options->strategy == FM_SIM_SURW) && !options->replay && !scenario->like)
		sim__surw_try(scenario, options);
	if (FM_LIKELY(!scenario->like)) {
		run(scenario, options, result);
		return;
	}
	script = sim__own_alloc(sizeof(*script));
	sim__script_open(script, scenario, options);
	run(&script->scenario, &script->options, result);
	sim__script_close(script);
	sim__own_free(script);
}

struct fm_sim *fm_sim_current(void)
{
	return sim__here;
}

void *fm_sim_state(struct fm_sim *sim)
{
	return sim->state;
}

fm_ns fm_sim_elapsed(const struct fm_sim *sim)
{
	return sim->now_ns - SIM_START_NS;
}

uint64_t fm_sim_shortages(const struct fm_sim *sim)
{
	return sim->shortages;
}

uint64_t fm_sim_steps(const struct fm_sim *sim)
{
	return sim->steps;
}

bool fm_sim_swept(const struct fm_sim *sim)
{
	return sim->options->cancel != NULL;
}

uint64_t fm_sim_draw(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n)
{
	return sim__draw(sim, sim__actor(sim), site, n);
}

void fm_sim_at(struct fm_sim *sim, fm_ns elapsed_ns, void (*call)(struct fm_sim *, void *), void *arg)
{
	sim__event_at(sim, fm_ns_add(SIM_START_NS, elapsed_ns), call, arg);
}

void fm_sim_at_step(struct fm_sim *sim, uint64_t steps, void (*call)(struct fm_sim *, void *), void *arg)
{
	if (sim->step_events_count == sim->step_events_cap)
		sim->step_events = sim__own_grow(sim->step_events, &sim->step_events_cap,
						 sizeof(*sim->step_events), sim->step_events_count + 1);
	sim->has_step_events = true;
	sim->step_events[sim->step_events_count++] = (struct sim_event){
		.at_ns = sim->steps + steps,
		.call = call,
		.arg = arg,
	};
}
