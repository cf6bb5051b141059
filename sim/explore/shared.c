/*
 * Others come between mostly where a task has just touched what is shared, and then another task really is next.
 *
 * Operations that touch nobody cannot change what others do, so to try every schedule around them is to try the same one again; this
 * is the observation that partial-order methods begin with (Godefroid, Partial-Order Methods for the Verification of Concurrent
 * Systems, 1996), used as a bias and not as a reduction. How often, is drawn for the run (swarm testing: Groce et al., 2012),
 * and half of the runs come between at any point, so that every schedule has a probability above 0. With s points after a touch
 * of what is shared in a run of n tasks, a given schedule that leaves its tasks at c of them has at least
 * 1/4 * (1/2)^s * n^-(polls), whatever number of other points there is: padding costs nothing.
 */
#include "strategy.h"

#include "search.h"

static const struct fm_draw_site shared_site = { "strategy shared in", FM_DRAW_SCHEDULE };
static const struct fm_draw_site own_site = { "strategy own in", FM_DRAW_SCHEDULE };

static const uint32_t shared_rates[] = { 0, 1, 1, 1, 1, 2, 2, 8 };
static const uint32_t own_rates[] = { 0, 0, 16, 4 };

static void begin(struct fm_sim *sim)
{
	sim->search->shared_in = shared_rates[sim__search_draw(sim, &shared_site, FM_COUNT_OF(shared_rates))];
	sim->search->own_in = own_rates[sim__search_draw(sim, &own_site, FM_COUNT_OF(own_rates))];
}

/* Who was left has come in as the last: unless somebody was woken after it, it is not its turn again. */
static uint32_t choose(struct fm_sim *sim, uint32_t ready)
{
	const struct sim_search *search = sim->search;

	if (search->left_step == sim->steps && fm_runq_peek_index(sim->runq, ready - 1) == search->left_index)
		return sim__random_task(sim, ready - 1);
	return sim__random_task(sim, ready);
}

static bool comes_between(struct fm_sim *sim, struct sim_task *task, bool shared)
{
	return sim__search_strikes(sim, task, shared ? sim->search->shared_in : sim->search->own_in);
}

const struct sim_strategy sim__strategy_shared = {
	.name = "shared",
	.is_fair = true,
	.begin = begin,
	.choose = choose,
	.comes_between = comes_between,
};
