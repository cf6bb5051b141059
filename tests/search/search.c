/*
 * How many runs it takes to find what is broken: for each scenario that a pattern names and each strategy, campaigns of seeds
 * in a row, each until its first failure; printed as a table of means or medians, with their total.
 *
 * Beside the strategies there is "guided", the search of the verb fuzz.
 *
 *     search [-c CAMPAIGNS] [-m CAP] [-a mean|median] STRATEGY[,STRATEGY...] PATTERN...
 *
 * Campaign i begins at seed i * 10,000, and a campaign that finds nothing counts as CAP. Every execution counts.
 */
#include <fm_sim/guided.h>

#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEDS_APART 10000
#define CAMPAIGNS_MAX 1000
#define STRATEGIES_MAX 16
#define GUIDED FM_SIM_STRATEGIES /* no strategy: what a run is depends on those before */

/* sim/check/blocking.h: what stands between a program and the C library comes with main, which this is not. */
void sim__link_calls(void);

static unsigned campaigns = 30;
static unsigned cap = 10000;
static bool median;

static unsigned strategies[STRATEGIES_MAX];
static unsigned strategies_count;

static int ascending(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

/* Executions to the first failure, that one included. */
static unsigned first_failure(const struct fm_sim_scenario *scenario, unsigned strategy, unsigned campaign)
{
	static struct fm_sim_result result;
	unsigned executions = strategy == FM_SIM_SURW; /* its trial run */
	struct fm_sim_guided *guided = strategy == GUIDED ? fm_sim_guided_new(campaign) : NULL;
	struct fm_sim_tape tape = { 0 };

	for (unsigned i = 0; i < cap && executions < cap; i++) {
		struct fm_sim_options options = {
			.seed = (uint64_t)campaign * SEEDS_APART + i,
			.strategy = guided ? FM_SIM_PORTFOLIO : (enum fm_sim_strategy)strategy,
		};

		if (guided) {
			fm_sim_guided_next(guided, &options);
			options.seed += (uint64_t)campaign * SEEDS_APART;
			options.record = &tape;
			tape.count = 0;
		}
		fm_sim_run(scenario, &options, &result);
		if (guided)
			fm_sim_guided_took(guided, &tape);
		executions++;
		if (result.verdict != FM_SIM_PASSED)
			break;
	}
	fm_sim_guided_free(guided);
	free(tape.records);
	return executions;
}

static double measure(const struct fm_sim_scenario *scenario, unsigned strategy)
{
	unsigned runs[CAMPAIGNS_MAX];
	double sum = 0;

	for (unsigned i = 0; i < campaigns; i++) {
		runs[i] = first_failure(scenario, strategy, i);
		sum += runs[i];
	}
	if (!median)
		return sum / campaigns;
	qsort(runs, campaigns, sizeof(*runs), ascending);
	return (runs[(campaigns - 1) / 2] + runs[campaigns / 2]) / 2.0;
}

static bool named(const char *name, char **patterns)
{
	for (; *patterns; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

static void table(char **patterns)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);
	double totals[STRATEGIES_MAX] = { 0 };

	printf("%-44s", median ? "median runs to the first failure" : "mean runs to the first failure");
	for (unsigned i = 0; i < strategies_count; i++)
		printf(" %10s", strategies[i] == GUIDED ? "guided" : fm_sim_strategy_name(strategies[i]));
	printf("\n");
	for (size_t s = 0; s < count; s++) {
		if (!named(list[s]->name, patterns))
			continue;
		printf("%-44s", list[s]->name);
		for (unsigned i = 0; i < strategies_count; i++) {
			const double runs = measure(list[s], strategies[i]);

			totals[i] += runs;
			printf(" %10.1f", runs);
			fflush(stdout);
		}
		printf("\n");
	}
	printf("%-44s", "total");
	for (unsigned i = 0; i < strategies_count; i++)
		printf(" %10.1f", totals[i]);
	printf("\n");
}

static bool parse_strategies(char *text)
{
	for (char *word = strtok(text, ","); word; word = strtok(NULL, ",")) {
		unsigned number = 0;

		while (fm_sim_strategy_name(number) && strcmp(fm_sim_strategy_name(number), word) != 0)
			number++;
		if ((!fm_sim_strategy_name(number) && strcmp(word, "guided") != 0) || strategies_count == STRATEGIES_MAX)
			return false;
		strategies[strategies_count++] = number;
	}
	return strategies_count > 0;
}

int main(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "c:m:a:")) != -1) {
		switch (option) {
		case 'c':
			campaigns = (unsigned)atoi(optarg);
			break;
		case 'm':
			cap = (unsigned)atoi(optarg);
			break;
		case 'a':
			median = strcmp(optarg, "median") == 0;
			break;
		default:
			return 2;
		}
	}
	if (argc - optind < 2 || campaigns == 0 || campaigns > CAMPAIGNS_MAX || !parse_strategies(argv[optind])) {
		fprintf(stderr, "usage: search [-c CAMPAIGNS] [-m CAP] [-a mean|median] STRATEGY[,STRATEGY...] PATTERN...\n");
		return 2;
	}
	sim__link_calls();
	table(argv + optind + 1);
	return 0;
}
