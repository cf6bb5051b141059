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
	for (size_t i = 0; i < selection->count; i++)
		if (!sweep_scenario(sweeping, selection->scenarios[i]))
			return false;
	if (sweeping->allocations)
		return true;
	sweep_why(&sweeping->verdicts, sweeping->coverage, selection->scenarios, selection->count, sweeping->whys);
	sweep_tell_sites(&sweeping->verdicts, sweeping->whys);
	sweep_tell_leaves(&sweeping->verdicts);
	if (sweeping->json)
		sweep_json_verdicts(sweeping->json, &sweeping->verdicts, sweeping->whys);
	return true;
}

static bool open_all(struct sweeping *sweeping, struct cli_error *error)
{
	sweeping->coverage = sweep_coverage_open();
	if (!verdicts_open(&sweeping->verdicts) || !sweeping->coverage)
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

/* Patterns are moved to the front of argv. */
static bool parse(struct sweeping *sweeping, char **argv, size_t *patterns, struct cli_error *error)
{
	for (size_t i = 0; argv[i]; i++) {
		if (strcmp(argv[i], "--alloc") == 0) {
			sweeping->allocations = true;
		} else if (strcmp(argv[i], "--json") == 0) {
			if (!argv[i + 1])
				return cli_fail(error, "--json wants a file");
			sweeping->json_path = argv[++i];
		} else if (argv[i][0] == '-') {
			return cli_fail(error, "sweep has no option '%s'", argv[i]);
		} else {
			argv[(*patterns)++] = argv[i];
		}
	}
	return *patterns > 0 || cli_fail(error, "sweep wants a pattern of scenarios");
}

int verb_sweep(const char *program, char **argv)
{
	struct sweeping sweeping = { 0 };
	struct selection selection = { 0 };
	struct cli_error error;
	size_t patterns = 0;
	int status = CLI_USAGE;

	if (!parse(&sweeping, argv, &patterns, &error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, argv, patterns, &error)) {
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
