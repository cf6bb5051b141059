/*
 * SURW: who is next is drawn by how much each has left to do (Zhao, Wolff, Mathur, Roychoudhury: Selectively Uniform Concurrency Testing,
 * ASPLOS 2025), so that of tasks whose lengths are known every interleaving has the same probability; a uniform walk over who is
 * next favours those in which the short tasks are over early.
 *
 * The lengths are estimated by a trial: the plain run of the scenario, without faults and with its points counted. It is made once in a
 * process and is the same for every seed, so a run is a function of its token still; who counts runs has to count one more. Selectively:
 * points behind what touches nobody else are neither left at nor counted, in three runs of four. Guarantee: with n points that
 * count, the right lengths and no waiting, each of the n!/(n1! ... nk!) interleavings has its even share. Who has outlived its
 * estimate, or is not in it, has one step left.
 */
#include "strategy.h"

#include "search.h"

#include <fm_sim/explore.h>
#include <fm_sim/oracle.h>

static const struct fm_draw_site every_site = { "strategy every point", FM_DRAW_SCHEDULE };

#define LENGTHS_MAX 1024

struct fm_sim_lengths {
	const struct fm_sim_scenario *scenario;
	uint32_t count;
	struct {
		uint64_t identity;
		struct sim_points points;
	} tasks[LENGTHS_MAX];
};

static _Thread_local struct fm_sim_lengths trial;

static struct sim_points *length_of(struct fm_sim_lengths *lengths, uint64_t identity)
{
	for (uint32_t i = 0; i < lengths->count; i++)
		if (lengths->tasks[i].identity == identity)
			return &lengths->tasks[i].points;
	return NULL;
}

void sim__surw_count(struct fm_sim *sim, const struct sim_task *task, bool shared)
{
	struct fm_sim_lengths *lengths = sim->options->lengths;
	struct sim_points *points = length_of(lengths, task->actor.identity);

	if (!points && lengths->count < LENGTHS_MAX) {
		lengths->tasks[lengths->count].identity = task->actor.identity;
		points = &lengths->tasks[lengths->count++].points;
		*points = (struct sim_points){ .all = 0 };
	}
	if (!points)
		return;
	points->all++;
	points->shared += shared;
}

void sim__surw_try(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options)
{
	static _Thread_local struct fm_sim_result result;
	const struct fm_sim_options plain = {
		.strategy = FM_SIM_EXPLORE, /* the plain run, with points */
		.profile = fm_sim_explore_profile(),
		.no_claims = options->no_claims,
		.oracles_off = FM_SIM_ORACLE_BIT(FM_SIM_ORACLE_CPU_TIME),
		.lengths = &trial,
	};

	if (trial.scenario == scenario)
		return;
	trial.scenario = scenario;
	trial.count = 0;
	fm_sim_run(scenario, &plain, &result);
}

static void begin(struct fm_sim *sim)
{
	sim->search->every_point = sim->options->surw_every_point || sim__search_draw(sim, &every_site, 4) == 3;
}

static struct sim_done *done_of(struct sim_search *search, uint32_t index)
{
	if (index >= search->done_cap)
		search->done = sim__own_grow(search->done, &search->done_cap, sizeof(*search->done), index + 1);
	return &search->done[index];
}

/* Steps that a task has before it. */
static uint32_t left(struct fm_sim *sim, uint32_t index)
{
	const struct sim_task *task = sim->tasks[index];
	const struct sim_points *length = length_of(&trial, task->actor.identity);
	const struct sim_done *done = done_of(sim->search, index);
	const struct sim_points none = { .all = 0 };
	const struct sim_points *came_by = done->serial == task->serial ? &done->points : &none;
	const uint32_t all = !length ? 0 : sim->search->every_point ? length->all : length->shared;
	const uint32_t past = sim->search->every_point ? came_by->all : came_by->shared;

	return 1 + (all > past ? all - past : 0);
}

/* Each of the ready ones by as many steps as it has left; one that was left there is not next. */
static uint32_t choose(struct fm_sim *sim, uint32_t ready)
{
	const struct sim_search *search = sim->search;
	const bool was_left = search->left_step == sim->steps &&
			      fm_runq_peek_index(sim->runq, ready - 1) == search->left_index;
	uint32_t sum = 0, drawn;

	ready -= was_left;
	for (uint32_t i = 0; i < ready; i++)
		sum += left(sim, fm_runq_peek_index(sim->runq, i));
	drawn = sim__random_task(sim, sum);
	for (uint32_t i = 0; i < ready; i++) {
		const uint32_t steps = left(sim, fm_runq_peek_index(sim->runq, i));

		if (drawn < steps)
			return i;
		drawn -= steps;
	}
	return 0;
}

/* It has come by a point, whether others come in or not. */
static void pass(struct fm_sim *sim, const struct sim_task *task, bool shared)
{
	struct sim_done *done = done_of(sim->search, fm_task_index(task->task));

	if (done->serial != task->serial)
		*done = (struct sim_done){ .serial = task->serial };
	done->points.all++;
	done->points.shared += shared;
}

static bool comes_between(struct fm_sim *sim, struct sim_task *task, bool shared)
{
	const uint32_t ready = fm_runq_ready(sim->runq);
	uint32_t others = 0, own;

	if (!shared && !sim->search->every_point)
		return false;
	own = left(sim, fm_task_index(task->task));
	for (uint32_t i = 0; i < ready; i++)
		others += left(sim, fm_runq_peek_index(sim->runq, i));
	return sim__search_decides(sim, task, others && sim__random_task(sim, own + others) >= own);
}

const struct sim_strategy sim__strategy_surw = {
	.name = "surw",
	.is_fair = true,
	.begin = begin,
	.choose = choose,
	.comes_between = comes_between,
	.passes = pass,
};
