/*
 * The default: each run follows one of the others, drawn from its seed. Of N runs each member has its share of N, so nothing is found
 * by a member that the portfolio does not find in a fixed multiple of its runs; and what one member is blind to, another sees.
 */
#include "strategy.h"

static const struct fm_draw_site member_site = { "strategy", FM_DRAW_SCHEDULE };

static const struct sim_strategy *const shares[] = {
	&sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared,
	&sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared,
	&sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared, &sim__strategy_shared,
	&sim__strategy_shared, &sim__strategy_shared, &sim__strategy_pct,    &sim__strategy_random,
};

static void begin(struct fm_sim *sim)
{
	sim->search->strategy = shares[sim__search_draw(sim, &member_site, FM_COUNT_OF(shares))];
	if (sim->search->strategy->begin)
		sim->search->strategy->begin(sim);
}

const struct sim_strategy sim__strategy_portfolio = { .name = "portfolio", .begin = begin };
