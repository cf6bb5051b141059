/*
 * PCT: the ready task of the highest priority runs; d-1 times a run, at points drawn beforehand, the running one goes below all others
 * (Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, 2010).
 *
 * A bug of depth d in a program of n tasks and k points is found with at least 1/(n k^(d-1)). Depth and k are drawn for the run:
 * each next depth in half as many runs, so that a campaign of N runs goes down to about log2 N; k among the powers of two,
 * since a point beyond the run's end is a change that does not happen. Points are those after a touch of what is shared, in three
 * runs of four. A task that wakes itself goes behind all others, so that one which waits by yielding keeps nobody out.
 */
#include "strategy.h"

#include "search.h"

static const struct fm_draw_site depth_site = { "strategy depth", FM_DRAW_SCHEDULE };
static const struct fm_draw_site length_site = { "strategy length", FM_DRAW_SCHEDULE };
static const struct fm_draw_site change_site = { "strategy change", FM_DRAW_SCHEDULE };
static const struct fm_draw_site own_site = { "strategy own in", FM_DRAW_SCHEDULE };

#define CHANGES_DRAWN_MAX 8
#define LENGTHS 5 /* 2 to 512 points, each four times the last */
#define RANK_OF_CHANGE(i) (UINT32_MAX - (uint32_t)(i)) /* whichever of them comes first */
#define RANK_OF_WAITERS (UINT32_MAX - SIM_PCT_CHANGES_MAX) /* who wakes itself: from here down */

static void begin(struct fm_sim *sim)
{
	struct sim_search *search = sim->search;
	const struct fm_sim_options *options = sim->options;
	uint64_t length;

	search->lowest = RANK_OF_WAITERS;
	if (options->pct_depth)
		search->changes = options->pct_depth - 1;
	else
		while (search->changes < CHANGES_DRAWN_MAX && sim__search_draw(sim, &depth_site, 4) != 0)
			search->changes++;
	if (search->changes > SIM_PCT_CHANGES_MAX)
		search->changes = SIM_PCT_CHANGES_MAX;
	length = options->pct_points ? options->pct_points : (uint64_t)2 << (2 * sim__search_draw(sim, &length_site, LENGTHS));
	for (unsigned i = 0; i < search->changes; i++)
		search->changes_at[i] = 1 + (uint32_t)sim__search_draw(sim, &change_site, length);
	search->own_in = options->pct_points || sim__search_draw(sim, &own_site, 4) == 3;
}

static struct sim_rank *rank_of(struct sim_search *search, uint32_t index)
{
	if (index >= search->ranks_cap)
		search->ranks = sim__own_grow(search->ranks, &search->ranks_cap, sizeof(*search->ranks), index + 1);
	return &search->ranks[index];
}

/* Higher is first. Of an identity, or below all of them. */
static uint64_t priority(struct fm_sim *sim, uint32_t index)
{
	const struct sim_task *task = sim->tasks[index];
	const struct sim_rank *rank = rank_of(sim->search, index);

	if (rank->serial == task->serial)
		return rank->rank;
	return sim__mix(sim->key ^ task->actor.identity ^ 0x706374) | (uint64_t)1 << 63;
}

static void demote(struct fm_sim *sim, uint32_t index, uint32_t rank)
{
	*rank_of(sim->search, index) = (struct sim_rank){ .serial = sim->tasks[index]->serial, .rank = rank };
}

/* The highest of those that are ready. */
static uint32_t highest(struct fm_sim *sim, uint32_t ready)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i < ready; i++)
		if (priority(sim, fm_runq_peek_index(sim->runq, i)) > priority(sim, fm_runq_peek_index(sim->runq, best)))
			best = i;
	return best;
}

static uint32_t choose(struct fm_sim *sim, uint32_t ready)
{
	struct sim_search *search = sim->search;
	uint32_t position;

	if (sim__search_woke_itself(sim, ready))
		demote(sim, search->ran_index, --search->lowest);
	position = highest(sim, ready);
	sim__search_runs(sim, position);
	return position;
}

static bool comes_between(struct fm_sim *sim, struct sim_task *task, bool shared)
{
	struct sim_search *search = sim->search;
	const uint32_t index = fm_task_index(task->task);
	const uint32_t ready = fm_runq_ready(sim->runq);

	if (!shared && !search->own_in)
		return false;
	search->points++;
	for (unsigned i = 0; i < search->changes; i++)
		if (search->changes_at[i] == search->points)
			demote(sim, index, RANK_OF_CHANGE(i));
	return sim__search_decides(sim, task,
				   ready && priority(sim, fm_runq_peek_index(sim->runq, highest(sim, ready))) >
						    priority(sim, index));
}

const struct sim_strategy sim__strategy_pct = {
	.name = "pct",
	.begin = begin,
	.choose = choose,
	.comes_between = comes_between,
};
