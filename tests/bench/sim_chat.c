/*
 * A scenario as people run them, with and without the oracles: some bots in the rooms of a chat server, over the simulated
 * network, faults and all, one seed after another. Counted are simulated polls.
 */
#include "bench.h"

#include <fm_sim/sim.h>

#include <stdio.h>
#include <string.h>

enum { SEEDS = 600 };

static const struct fm_sim_scenario *scenario_of(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	bench_die("the scenario is not linked in");
}

static double sim_chat(bool unwatched)
{
	static struct fm_sim_result result;
	const struct fm_sim_scenario *scenario = scenario_of("chat/rooms-keep-apart");
	const fm_ns began_ns = bench_clock_ns();
	uint64_t steps = 0;

	for (unsigned seed = 0; seed < SEEDS; seed++) {
		fm_sim_run(scenario, &(struct fm_sim_options){ .seed = seed, .unwatched = unwatched }, &result);
		if (result.verdict != FM_SIM_PASSED)
			bench_die(result.failure.cause);
		steps += result.steps;
	}
	return bench_rate((double)steps, began_ns);
}

double bench_sim_chat(void)
{
	return sim_chat(false);
}

double bench_sim_chat_unwatched(void)
{
	return sim_chat(true);
}
