/*
 * sweep PATTERN... [--alloc] [--json FILE]: cancel at every await, once each; a verdict for every site.
 *
 * Exit status: 1 where a verdict is bad (sweep_verdict.c says which are), or a scenario fails with nothing cancelled.
 */
#include "sweep.h"

#include "error.h"
#include "files.h"
#include "pattern.h"
#include "status.h"
#include "sweep_tell.h"
#include "verbs.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct sweeping {
	struct verdicts verdicts;
	struct fm_sim_coverage *coverage;
	struct sweep_why *whys; /* one a site */
	bool allocations;
	FILE *json;
	const char *json_path;
};

static unsigned cores(void)
{
	const long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > 64 ? 64 : (unsigned)count;
}

static bool sweep_scenario(struct sweeping *sweeping, const struct fm_sim_scenario *scenario)
{
	struct sweep *sweep = sweep_open(scenario, sweeping->coverage, sweeping->allocations);
	unsigned bad = 0;
	bool found;

	if (!sweep)
		return false;
	found = sweep_find(sweep);
	if (found) {
		sweep_try(sweep, cores());
		bad = verdicts_take(&sweeping->verdicts, sweep);
	}
	sweeping->verdicts.bad |= !found;
	sweep_tell_scenario(sweep, found, bad);
	fflush(stdout);
	if (sweeping->json)
		sweep_json_scenario(sweeping->json, sweep, found, bad);
	sweep_close(sweep);
	return true;
}

static bool sweep_all(struct sweeping *sweeping, const struct selection *selection)
{
	size_t swept = 0;

	for (; swept < selection->count && !sweep_interrupted(); swept++)
		if (!sweep_scenario(sweeping, selection->scenarios[swept]))
			return false;
	if (sweep_interrupted())
		printf("interrupted: %zu of %zu scenarios were begun\n", swept, selection->count);
	if (sweeping->allocations)
		return !sweep_interrupted();
	/* Reasons are looked for in more runs, for which there is no time then. */
	sweep_why(&sweeping->verdicts, sweeping->coverage, selection->scenarios, sweep_interrupted() ? 0 : selection->count,
		  sweeping->whys);
	sweep_tell_sites(&sweeping->verdicts, sweeping->whys);
	sweep_tell_leaves(&sweeping->verdicts);
	if (sweeping->json)
		sweep_json_verdicts(sweeping->json, &sweeping->verdicts, sweeping->whys);
	return !sweep_interrupted();
}

static bool open_all(struct sweeping *sweeping, struct cli_error *error)
{
	sweeping->coverage = sweep_coverage_open();
	if (!sweep_watch_interrupts() || !verdicts_open(&sweeping->verdicts) || !sweeping->coverage)
		return cli_fail(error, "no memory");
	sweeping->whys = calloc(sweeping->verdicts.sites_count + 1, sizeof(*sweeping->whys));
	if (!sweeping->whys)
		return cli_fail(error, "no memory");
	return file_open(&sweeping->json, sweeping->json_path, error);
}

static void close_all(struct sweeping *sweeping)
{
	verdicts_close(&sweeping->verdicts);
	sweep_coverage_close(sweeping->coverage);
	free(sweeping->whys);
}

static bool parse(struct sweeping *sweeping, struct words *words)
{
	while (words_next(words)) {
		bool good;

		if (words_is(words, "--alloc"))
			good = words_plain(words, &sweeping->allocations);
		else if (words_is(words, "--json"))
			good = words_value(words, &sweeping->json_path);
		else
			good = words_unknown(words, "sweep");
		if (!good)
			return false;
	}
	return words->count > 0 || cli_fail(words->error, "sweep needs a pattern of scenarios");
}

bool sweep_parses(char **argv, struct cli_error *error)
{
	struct sweeping sweeping = { 0 };
	struct words words = { .argv = argv, .error = error };

	return parse(&sweeping, &words);
}

int verb_sweep(const char *program, char **argv)
{
	struct sweeping sweeping = { 0 };
	struct selection selection = { 0 };
	struct cli_error error;
	struct words words = { .argv = argv, .error = &error };
	int status = CLI_USAGE;

	if (!parse(&sweeping, &words)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, argv, words.count, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	if (!open_all(&sweeping, &error)) {
		cli_print_error(program, &error);
	} else {
		const bool all = sweep_all(&sweeping, &selection);

		status = sweeping.verdicts.bad ? CLI_BROKEN : all ? CLI_HELD : CLI_INCOMPLETE;
		if (!file_close(sweeping.json, sweeping.json_path, &error)) {
			cli_print_error(program, &error);
			status = CLI_USAGE;
		}
	}
	close_all(&sweeping);
	selection_free(&selection);
	return status;
}
