/*
 * Hostile constants: what a start-up configuration may say, said as badly as it can be. The table of tasks and the
 * ring of the ready begin with one place, an unbounded channel's blocks hold one item, all that is counted upwards is
 * about to wrap, and a poll may do a few operations only, down to one. The table and the budget are shared by all hosts, the
 * rest is each host's own. None of it is anything that a program may rely on, so every scenario has to stand it.
 */
#include "fault.h"

static const struct fm_draw_site ring_site = { "ring of one", FM_DRAW_USER };
static const struct fm_draw_site block_site = { "blocks of one", FM_DRAW_USER };
static const struct fm_draw_site wrap_site = { "counters wrap", FM_DRAW_USER };
static const struct fm_draw_site left_site = { "counters wrap in", FM_DRAW_USER };

static const struct fm_draw_site budget_site = { "small budget", FM_DRAW_USER };
static const struct fm_draw_site budget_of_site = { "small budget of", FM_DRAW_USER };

static const uint8_t budgets[] = { 16, 3, 2, 1 }; /* operations that a poll may do */

#define LEFT_MAX 32 /* steps of a counter until it wraps: a run of a small program comes across */

const struct sim_fault sim__fault_constants = {
	.name = "constants",
	.group = "limits",
	.about = "tables and blocks begin with one place, budgets are small, counters are about to wrap",
	.rates = { 0, 0, 1, 2 },
	.rates_count = 4,
};

static uint64_t counters_from(struct fm_sim *sim, struct sim_actor *actor)
{
	if (!sim__fault_strikes(sim, actor, &wrap_site, SIM_FAULT_CONSTANTS))
		return 0;
	return UINT64_MAX - sim__draw(sim, actor, &left_site, LEFT_MAX);
}

void sim__fault_constants_world(struct fm_sim *sim, struct fm_executor_config *config)
{
	if (sim->fault_in[SIM_FAULT_CONSTANTS] == 0)
		return;
	if (sim__fault_strikes(sim, &sim->world, &ring_site, SIM_FAULT_CONSTANTS))
		config->slots_first = 1;
	config->counters_from = counters_from(sim, &sim->world);
	if (sim__fault_strikes(sim, &sim->world, &budget_site, SIM_FAULT_CONSTANTS) && !sim->options->budget)
		sim->budget = budgets[sim__draw(sim, &sim->world, &budget_of_site, FM_COUNT_OF(budgets))];
}

void sim__fault_constants_host(struct sim_host *host, struct fm_executor_config *config)
{
	struct fm_sim *sim = host->sim;

	if (sim->fault_in[SIM_FAULT_CONSTANTS] == 0)
		return;
	if (sim__fault_strikes(sim, &host->actor, &block_site, SIM_FAULT_CONSTANTS))
		config->chan_block_bytes = 1;
	config->counters_from = counters_from(sim, &host->actor);
}
