/* The command: a verb and its arguments. What it prints about itself is here too. */
#include "fresh.h"
#include "pattern.h"
#include "status.h"
#include "verbs.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define VERSION "0.1.0"

struct verb {
	const char *name;
	int (*call)(const char *program, char **argv);
};

static const struct verb verbs[] = {
	{ "list", verb_list },
	{ "run", verb_run },
	{ "replay", verb_replay },
	{ "shrink", verb_shrink },
	{ "sweep", verb_sweep },
	{ "explore", verb_explore },
	{ "fuzz", verb_fuzz },
	{ "coverage", verb_coverage },
	{ "report", verb_report },
};

static const char help[] =
	"list [PATTERN] [--json]            scenarios, tags, what each claims\n"
	"list --faults                      faults, their groups, what each does\n"
	"run [PATTERN...]                   scenarios under many seeds; without a pattern: all but */broken\n"
	"    --seeds N | A..B               seeds 0 to N-1, or A to B-1; 1000\n"
	"    --jobs J                       processes at a time; as many as there are cores\n"
	"    --strategy S                   portfolio, shared, pct, surw, random, fifo\n"
	"    --faults PROFILE               default, none, or a list: net,cancel or default,-reset\n"
	"    --time 60s                     end after this time; without --seeds, go on until then\n"
	"    --keep-going                   go on beyond failures, which are then grouped and counted (--time does so)\n"
	"    --pin                          what fails goes to seeds/pinned beside the scenario, which is tried first\n"
	"    --until-fail                   go on to further seeds until something fails\n"
	"    --isolate=run                  a process for each run\n"
	"    --no-claims                    the generic oracles only\n"
	"    --require-probes               fail where a sometimes or a reachable was never hit\n"
	"    --medians                      for */broken: how soon each is found, by 20 ranges of seeds\n"
	"    --coverage FILE                what happened at each await, for `coverage`\n"
	"    --junit FILE --json FILE       results for machines\n"
	"    --html DIR                     results as pages: what failed, its story, coverage\n"
	"    --quiet                        print failures only\n"
	"replay TOKEN|FILE                  one run again\n"
	"    --trace, --trace=all           what happened, in columns: what matters, or every event\n"
	"    --lenient                      where the program leaves the tape, say so and go on\n"
	"    -o FILE                        write a tape of its draws, which replay takes, too\n"
	"    --html FILE                    the report and what happened as a page (--trace=all: every event)\n"
	"    --perfetto FILE                what happened as a timeline for ui.perfetto.dev\n"
	"shrink TOKEN|FILE                  the least run that fails as this one does\n"
	"    -o FILE                        write its tape\n"
	"    --emit-c FILE                  write it as a scenario in C\n"
	"sweep PATTERN... [--alloc] [--json FILE]\n"
	"                                   cancel at every await, once each; or fail every allocation\n"
	"explore PATTERN...                 every schedule of small scenarios, one after another\n"
	"    --bound N                      steps of a run, which is cut there; 10000\n"
	"    --runs N --time 60s            schedules of a scenario at most; end after this time\n"
	"    --domains LIST                 what is enumerated: schedule,charge,select; or user, too\n"
	"    --no-reduction                 also those that differ in the order of independent steps alone\n"
	"    -o FOLDER                      where the tapes of failures go; the current folder\n"
	"fuzz PATTERN...                    search guided by coverage, over the draws\n"
	"    --time 60s --seeds N           end after this time (60s), or so many runs of each\n"
	"    --faults PROFILE               as of run\n"
	"    --corpus FOLDER                tapes that came to something new: to begin with, and kept there\n"
	"    -o FOLDER                      where the tapes of failures go; the current folder\n"
	"coverage FILE... [--html DIR]      await coverage of one or many runs (--quiet: its sums)\n"
	"report FILE... [--html DIR]        the results (--json) of several runs, merged; judges probes never hit\n"
	"\n"
	"In a PATTERN, * is any text, ? any character, [ab] one of them.\n"
	"Exit status: 0 all claims held; 1 a claim was broken; 2 usage; 3 not deterministic; 4 nothing ran;\n"
	"5 incomplete, with nothing broken.\n";

static void print_help(const char *program)
{
	printf("usage: %s VERB [ARGUMENTS]\n\n%s", program, help);
}

static int dispatch(const char *program, const char *name, char **argv, struct cli_error *error)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verbs[i].name, name) == 0)
			return verbs[i].call(program, argv);
	}
	cli_fail(error, "unknown verb '%s'; --help lists them", name);
	return -1;
}

/* false: this is not a process that was started by another of ours. */
static bool is_machine(char **argv, int *status)
{
	bool known = false;

	if (argv[1] && strcmp(argv[1], FRESH_VERB) == 0)
		*status = machine_main(argv + 2, &known);
	return known;
}

int fm_sim_main(int argc, char **argv)
{
	const char *program = argc > 0 && argv[0] && argv[0][0] ? argv[0] : "fermata";
	struct cli_error error;
	int status;

	if (!scenarios_check(&error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (argc < 2) {
		cli_fail(&error, "a verb is missing; --help lists them");
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (is_machine(argv, &status))
		return status;
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		print_help(program);
		status = CLI_HELD;
	} else if (strcmp(argv[1], "--version") == 0) {
		printf("fermata %s\n", VERSION);
		status = CLI_HELD;
	} else {
		status = dispatch(program, argv[1], argv + 2, &error);
		if (status < 0) {
			cli_print_error(program, &error);
			return CLI_USAGE;
		}
	}
	if (fflush(stdout) != 0 || ferror(stdout)) {
		cli_fail(&error, "cannot write to standard output: %s", strerror(errno));
		cli_print_error(program, &error);
		return status == CLI_HELD ? CLI_USAGE : status;
	}
	return status;
}
