/*
 * sweep PATTERN [--alloc]: cancel at every await, once each; a verdict for every site.
 *
 * Exit status: 1 where a cancel made something hang, leak, or break a contract, or broke a claim that allows for the cancel
 * (the task is fm_sim_cancellable, or only an await was retried). Other broken claims are told, and are no failure: a
 * task that is gone does not do its part.
 */
#include "sweep.h"

#include "error.h"
#include "number.h"
#include "pattern.h"
#include "status.h"
#include "verbs.h"

#include <fm/async.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum verdict { NEVER, SAFE, LOSES, CLAIM, HANGS, LEAKS, CONTRACT, VERDICTS };

static const char *const verdict_names[VERDICTS] = {
	"never reached", "safe", "ends its part", "breaks a claim", "hangs", "leaks", "breaks a contract",
};

struct site_verdict {
	const struct fm_await_site *site;
	enum verdict worst;
	unsigned cancels;
	const struct sweep_point *example; /* of the worst */
	const char *scenario;
	char cause[160];
	char how[64];
};

struct sites {
	struct site_verdict *sites; /* sorted by file, line, order */
	size_t count;
	bool failed;
	unsigned runs;
};

static int by_place(const void *a, const void *b)
{
	const struct fm_await_site *x = ((const struct site_verdict *)a)->site;
	const struct fm_await_site *y = ((const struct site_verdict *)b)->site;
	const int file = strcmp(x->file, y->file);

	if (file)
		return file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->order > y->order) - (x->order < y->order);
}

static void gather_sites(struct sites *sites)
{
	const size_t linked = (size_t)(__stop_fm_await_sites - __start_fm_await_sites);

	sites->sites = calloc(linked ? linked : 1, sizeof(*sites->sites));
	for (size_t i = 0; sites->sites && i < linked; i++)
		sites->sites[sites->count++].site = __start_fm_await_sites[i];
	if (sites->sites)
		qsort(sites->sites, sites->count, sizeof(*sites->sites), by_place);
}

static struct site_verdict *site_of(struct sites *sites, const struct fm_await_site *site)
{
	const struct site_verdict key = { .site = site };

	return bsearch(&key, sites->sites, sites->count, sizeof(key), by_place);
}

static bool allowed_for(const struct sweep_point *point)
{
	return point->cancellable || point->point.how == FM_SIM_CANCEL_AWAIT;
}

static enum verdict judge(const struct sweep_point *point)
{
	static const char *const hangs[] = { "hang",	 "deadlock", "futurelock", "missed wake", "deadline",
					     "steps",	 "drain",    "busy loop",  "wake storm" };

	if (!point->done || !point->reached)
		return NEVER;
	if (point->verdict == FM_SIM_PASSED)
		return SAFE;
	if (strcmp(point->oracle, "claim") == 0)
		return allowed_for(point) ? CLAIM : LOSES;
	if (strcmp(point->oracle, "leak") == 0)
		return LEAKS;
	for (size_t i = 0; i < sizeof(hangs) / sizeof(hangs[0]); i++)
		if (strcmp(point->oracle, hangs[i]) == 0)
			return HANGS;
	return CONTRACT;
}

static void take(struct sites *sites, const char *scenario, const struct sweep_point *point)
{
	const enum verdict verdict = judge(point);

	sites->failed |= verdict > LOSES;
	for (unsigned i = 0; i < point->depth; i++) {
		struct site_verdict *site = site_of(sites, point->stack[i]);

		site->cancels += verdict != NEVER;
		if (verdict <= site->worst)
			continue;
		site->worst = verdict;
		site->scenario = scenario;
		snprintf(site->cause, sizeof(site->cause), "%s", point->cause);
		snprintf(site->how, sizeof(site->how), "%s, task %s, time %u",
			 fm_sim_cancel_how_name(point->point.how), point->task, point->point.times);
	}
}

/* Before the first poll there is no await to blame: a line of its own where it went wrong. */
static void tell_unpolled(const struct sweep *sweep)
{
	for (uint32_t i = 0; i < sweep->count; i++) {
		const struct sweep_point *point = &sweep->points[i];

		if (point->depth == 0 && judge(point) > LOSES)
			printf("  %s of task %s (%s): %s: %s\n", fm_sim_cancel_how_name(point->point.how), point->task,
			       point->leaf, verdict_names[judge(point)], point->cause);
	}
}

static void tell_allocations(const struct sweep *sweep, struct sites *sites)
{
	for (uint32_t i = 0; i < sweep->count; i++) {
		const struct sweep_point *point = &sweep->points[i];
		const enum verdict verdict = judge(point);

		if (verdict <= SAFE)
			continue;
		/* Out of memory, a program may fail at what it does, but must not hang, leak or break down. */
		sites->failed |= verdict > CLAIM || (verdict == CLAIM && point->cancellable);
		printf("  allocation %u fails: %s: %s\n", point->point.times, verdict_names[verdict], point->cause);
	}
}

static bool sweep_scenario(struct sites *sites, const struct fm_sim_scenario *scenario, bool allocations,
			   unsigned jobs)
{
	struct sweep *sweep = sweep_open(scenario, allocations);
	unsigned bad = 0;
	bool ran;

	if (!sweep)
		return false;
	ran = sweep_run(sweep, jobs);
	if (!ran) {
		printf("FAIL  %-32s fails before anything is cancelled: %s\n", scenario->name,
		       sweep->base.failure.cause);
		sites->failed = true;
	}
	for (uint32_t i = 0; ran && i < sweep->count; i++) {
		take(sites, scenario->name, &sweep->points[i]);
		bad += judge(&sweep->points[i]) > LOSES;
	}
	sites->runs += sweep->count;
	if (ran) {
		printf("%-5s %-32s %6u %s%s\n", bad ? "FAIL" : "ok", scenario->name, sweep->count,
		       allocations ? "allocations failed" : "points", sweep->cut ? " (and more, not tried)" : "");
		if (allocations)
			tell_allocations(sweep, sites);
		else
			tell_unpolled(sweep);
	}
	sweep_close(sweep);
	return true;
}

/* A file counts when any of its awaits was reached: the others of it might have been. */
static bool file_reached(const struct sites *sites, const char *file)
{
	for (size_t i = 0; i < sites->count; i++)
		if (sites->sites[i].worst != NEVER && strcmp(sites->sites[i].site->file, file) == 0)
			return true;
	return false;
}

static void tell_sites(const struct sites *sites)
{
	unsigned counts[VERDICTS] = { 0 };
	unsigned told = 0;

	for (size_t i = 0; i < sites->count; i++) {
		const struct site_verdict *site = &sites->sites[i];

		if (!file_reached(sites, site->site->file))
			continue;
		told++;
		counts[site->worst]++;
		printf("  %s:%u: %s", site->site->file, site->site->line, verdict_names[site->worst]);
		if (site->worst == NEVER)
			printf(": no task stood there when a run without faults was at rest or gave way: %s", site->site->what);
		else
			printf(" (%u cancels)", site->cancels);
		if (site->worst > SAFE)
			printf(" in %s (%s): %s", site->scenario, site->how, site->cause);
		putchar('\n');
	}
	printf("%u sites:", told);
	for (unsigned v = 0; v < VERDICTS; v++)
		if (counts[v])
			printf(" %u %s%s", counts[v], verdict_names[v], v + 1 < VERDICTS ? "," : "");
	printf(" %u runs\n", sites->runs);
}

static unsigned cores(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > 64 ? 64 : (unsigned)count;
}

int verb_sweep(const char *program, char **argv)
{
	struct sites sites = { 0 };
	struct selection selection = { 0 };
	struct cli_error error;
	bool allocations = false;
	size_t patterns = 0;

	for (size_t i = 0; argv[i]; i++) {
		if (strcmp(argv[i], "--alloc") == 0) {
			allocations = true;
		} else if (argv[i][0] == '-') {
			cli_fail(&error, "sweep has no option '%s'", argv[i]);
			cli_print_error(program, &error);
			return CLI_USAGE;
		} else {
			argv[patterns++] = argv[i];
		}
	}
	if (patterns == 0) {
		cli_fail(&error, "sweep wants a pattern of scenarios");
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, argv, patterns, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	gather_sites(&sites);
	for (size_t i = 0; sites.sites && i < selection.count; i++)
		if (!sweep_scenario(&sites, selection.scenarios[i], allocations, cores()))
			break;
	if (!allocations && sites.sites)
		tell_sites(&sites);
	selection_free(&selection);
	free(sites.sites);
	return sites.failed ? CLI_BROKEN : CLI_HELD;
}
