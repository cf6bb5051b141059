/*
 * The strategies by number, and the point: an operation of a task that is ready asks whether others come first.
 *
 * A point is a choice made once: the task that was left there goes on when its turn comes again, and all other operations
 * of the poll that was left are refused with it. Each point is told whether its task has touched what others can see since
 * the last one (a resource outside of its own frame, or a wake, a spawn, an end). If it has not, then to come between
 * here is the same as to come between there, as far as what the library knows of goes; what plain variables tell, it does not
 * know: so a strategy may care less for such points, but not nothing. Where nobody else could run there is no point at all.
 */
#include "strategy.h"

#include "../fault/hooks.h"
#include "enumerate.h"
#include "search.h"

static const struct fm_draw_site budget_site = { "budget", FM_DRAW_SCHEDULE };
static const struct fm_draw_site alone_site = { "strategy alone in", FM_DRAW_SCHEDULE };

#define REST_IN 2

static const struct sim_strategy *const table[] = {
	[FM_SIM_RANDOM] = &sim__strategy_random,
	[FM_SIM_FIFO] = &sim__strategy_fifo,
	[FM_SIM_SHARED] = &sim__strategy_shared,
	[FM_SIM_PCT] = &sim__strategy_pct,
	[FM_SIM_PORTFOLIO] = &sim__strategy_portfolio,
	[FM_SIM_EXPLORE] = &sim__strategy_explore,
	[FM_SIM_SURW] = &sim__strategy_surw,
	[FM_SIM_POS] = &sim__strategy_pos,
};

_Static_assert(FM_COUNT_OF(table) == FM_SIM_STRATEGIES, "a row for each strategy");

const char *fm_sim_strategy_name(unsigned strategy)
{
	return strategy < FM_SIM_STRATEGIES ? table[strategy]->name : NULL;
}

uint64_t sim__search_draw(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n)
{
	return sim__draw(sim, &sim->search->actor, site, n);
}

/* Once the mix is known: a profile without yields has none here either. */
void sim__search_open(struct fm_sim *sim)
{
	const struct sim_strategy *strategy = table[sim->options->strategy];
	const bool yields = !(sim->options->profile >> SIM_FAULT_YIELD & 1);

	sim->is_fair = strategy->is_fair;
	if (!strategy->begin)
		return;
	sim->search = sim__own_alloc(sizeof(*sim->search));
	sim->search->strategy = strategy;
	sim__actor_init(&sim->search->actor, 0x736561726368);
	if (sim->options->strategy != FM_SIM_EXPLORE)
		sim->search->alone_in = sim__search_draw(sim, &alone_site, 4) ? 2 : 0;
	strategy->begin(sim);
	strategy = sim->search->strategy;
	sim->is_fair = strategy->is_fair;
	if (!strategy->choose) {
		sim__search_close(sim);
		return;
	}
	sim->is_straight = false;
	sim->fault_in[SIM_FAULT_YIELD] = yields;
	sim->gives_way = yields != 0;
	if (sim->options->strategy != FM_SIM_EXPLORE && sim->faults_until_step > sim->steps_max / 2)
		sim->faults_until_step = sim->steps_max / 2; /* from there on every schedule is fair */
}

void sim__search_close(struct fm_sim *sim)
{
	if (!sim->search)
		return;
	sim__own_free(sim->search->ranks);
	sim__own_free(sim->search->done);
	sim__own_free(sim->search->events);
	sim__own_free(sim->search);
	sim->search = NULL;
}

void sim__search_runs(struct fm_sim *sim, uint32_t position)
{
	struct sim_search *search = sim->search;

	search->ran_index = fm_runq_peek_index(sim->runq, position);
	search->ran_serial = sim->tasks[search->ran_index]->serial;
	search->ran_step = sim->steps + 1;
}

static bool is_ready(const struct fm_sim *sim, uint32_t index, uint32_t ready)
{
	for (uint32_t i = 0; i < ready; i++)
		if (fm_runq_peek_index(sim->runq, i) == index)
			return true;
	return false;
}

bool sim__search_woke_itself(const struct fm_sim *sim, uint32_t ready)
{
	const struct sim_search *search = sim->search;

	return search->ran_serial && search->left_step != sim->steps &&
	       sim->tasks[search->ran_index]->serial == search->ran_serial && search->ran_step == sim->steps &&
	       is_ready(sim, search->ran_index, ready);
}

uint32_t sim__search_choose(struct fm_sim *sim, uint32_t ready)
{
	const uint32_t position = sim->search->strategy->choose(sim, ready);

	/* The task woken last is the one that was left: not it again. */
	return sim->search->left_step == sim->steps ? position : sim__fault_bent(sim, position, ready);
}

static bool others_could_run(const struct fm_sim *sim)
{
	return fm_runq_ready(sim->runq) != 0 || sim->next_event_ns <= sim->now_ns;
}

static bool leaves(struct fm_sim *sim, struct sim_task *task)
{
	struct sim_search *search = sim->search;
	const bool shared = search->point_step == sim->steps + 1 &&
			    (search->touched || search->movements != sim->movements);

	if (task->flags & SIM_TASK_LEFT) {
		task->flags &= (uint16_t)~SIM_TASK_LEFT;
		return false;
	}
	if (search->left_step == sim->steps + 1)
		return sim->explore ? sim__search_decides(sim, task, true) : sim__search_strikes(sim, task, REST_IN);
	if (FM_UNLIKELY(sim->options->lengths != NULL))
		sim__surw_count(sim, task, shared);
	if (search->strategy->passes)
		search->strategy->passes(sim, task, shared);
	if (!others_could_run(sim))
		return sim__search_strikes(sim, task, search->alone_in);
	return search->strategy->comes_between(sim, task, shared);
}

bool sim__search_charge(struct fm_sim *sim, const void *resource)
{
	struct sim_search *search = sim->search;
	struct fm_task *task = fm_task_current();
	struct sim_task *record = task ? sim__task(sim, task) : NULL;

	if (sim->fault_in[SIM_FAULT_YIELD] == 0 || sim->ghost || !record)
		return true;
	if (search->point_step != sim->steps + 1) {
		search->movements = sim->movements;
		search->touched_last = NULL;
	}
	search->about_to = resource;
	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, NULL, resource, false);
	if (leaves(sim, record)) {
		record->flags |= SIM_TASK_LEFT;
		search->left_step = sim->steps + 1;
		search->left_index = fm_task_index(task);
		sim->result->struck[SIM_FAULT_YIELD]++;
		return false;
	}
	search->point_step = sim->steps + 1;
	search->movements = sim->movements;
	search->touched = !fm_task_owns(task, resource);
	search->touched_last = resource;
	if (FM_UNLIKELY(sim->explore != NULL))
		sim__explore_touch(sim, NULL, resource, true);
	return true;
}

bool sim__search_strikes(struct fm_sim *sim, struct sim_task *task, uint32_t in)
{
	return sim__strikes(sim, &task->actor, &budget_site, in);
}

bool sim__search_decides(struct fm_sim *sim, struct sim_task *task, bool leave)
{
	return sim__decides(sim, &task->actor, &budget_site, leave);
}
