/*
 * The flags stand here once: what `--help` prints is also what a mistyped flag is compared with, so a flag that is not told of
 * here is never what was meant.
 */
#include "usage.h"
#include "near.h"
#include "pattern.h"
#include "token.h"

#include <string.h>

struct usage {
	const char *verb;
	const char *about; /* in a line */
	const char *flags; /* how the verb is called, as --help prints it */
	const char *examples; /* arguments, a line each */
};

static const struct usage usages[] = {
	{ "list", "scenarios, and what each claims",
	  "list [PATTERN] [--json]            scenarios, tags, what each claims\n"
	  "list --faults                      faults, their groups, what each does\n",
	  "list 'canary/*'\n" },
	{ "run", "scenarios under many seeds",
	  "run [PATTERN...]                   scenarios under many seeds; without a pattern: all but */broken\n"
	  "    --seeds N | A..B               seeds 0 to N-1, or A to B-1; 1000\n"
	  "    --jobs J                       processes at a time; as many as there are cores\n"
	  "    --strategy S                   portfolio, shared, pct, surw, pos, random, fifo\n"
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
	  "    --quiet                        print failures only\n",
	  "run 'chat/*' --seeds 10000\n"
	  "run 'chat/*' --time 60s --html pages --junit junit.xml\n" },
	{ "replay", "one run again, from its token or tape",
	  "replay TOKEN|FILE                  one run again\n"
	  "    --trace, --trace=all           what happened, in columns: what matters, or every event\n"
	  "    --lenient                      where the program leaves the tape, say so and go on\n"
	  "    -o FILE                        write a tape of its draws, which replay takes, too\n"
	  "    --html FILE                    the report and what happened as a page (--trace=all: every event)\n"
	  "    --perfetto FILE                what happened as a timeline for ui.perfetto.dev\n",
	  "replay TOKEN --trace               the token stands behind a failure's `replay:`\n"
	  "replay TOKEN -o run.tape\n" },
	{ "shrink", "the least run that fails alike",
	  "shrink TOKEN|FILE                  the least run that fails as this one does\n"
	  "    -o FILE                        write its tape\n"
	  "    --emit-c FILE                  write it as a scenario in C\n",
	  "shrink TOKEN -o least.tape --emit-c least.c\n" },
	{ "sweep", "cancel at every await, once each",
	  "sweep PATTERN... [--alloc] [--json FILE]\n"
	  "                                   cancel at every await, once each; or fail every allocation\n",
	  "sweep 'chat/*'\n"
	  "sweep chat/join-leave --alloc\n" },
	{ "explore", "every schedule of small scenarios, every small program of subjects",
	  "explore PATTERN...                 every schedule of small scenarios; of subjects, every small program under every schedule\n"
	  "    --size N                       of programs: operations, and what of them is not the plainest; until 20000 schedules were run\n"
	  "    --operations N                 of programs: operations alone; 4\n"
	  "    --bound N                      steps of a run, which is cut there; 10000, of a subject 1000000\n"
	  "    --runs N --time 60s            schedules of a scenario at most; time, of which each scenario gets its share\n"
	  "    --until-fail                   end with the first failure\n"
	  "    --domains LIST                 what is enumerated: schedule,charge,select; or user, too\n"
	  "    --no-reduction                 also those that differ in the order of independent steps alone\n"
	  "    -o FOLDER                      where the tapes of failures go; the current folder\n",
	  "explore example/two-senders\n"
	  "explore subject/semaphore --size 5\n" },
	{ "fuzz", "search guided by coverage",
	  "fuzz PATTERN...                    search guided by coverage, over the draws\n"
	  "    --time 60s --seeds N           end after this time (60s), or so many runs of each\n"
	  "    --jobs J                       searches at once (1), which tell each other what is new\n"
	  "    --faults PROFILE               as of run\n"
	  "    --corpus FOLDER                tapes that came to something new: to begin with, and kept there\n"
	  "    -o FOLDER                      where the tapes of failures go; the current folder\n",
	  "fuzz 'subject/*' --time 60s --corpus corpus\n" },
	{ "coverage", "await coverage of one or many runs",
	  "coverage FILE... [--html DIR]      await coverage of one or many runs (--quiet: its sums)\n",
	  "coverage one.cov other.cov --html pages     files of `run --coverage FILE`\n" },
	{ "report", "results of several runs, merged",
	  "report FILE... [--html DIR]        the results (--json) of several runs, merged; judges probes never hit\n",
	  "report shard-1.json shard-2.json --html pages\n" },
};

#define USAGES (sizeof(usages) / sizeof(usages[0]))

static const char patterns[] = "In a PATTERN, * is any text, ? any character, [ab] one of them.\n";
static const char statuses[] = "Exit status: 0 all claims held; 1 a claim was broken; 2 usage; 3 not deterministic; 4 nothing ran;\n"
			       "5 incomplete, with nothing broken.\n";

void usage_print(FILE *out, const char *program)
{
	fprintf(out, "usage: %s VERB [ARGUMENTS]        %s VERB --help has examples\n\n", program, program);
	for (size_t i = 0; i < USAGES; i++)
		fputs(usages[i].flags, out);
	fprintf(out, "\n%s%s", patterns, statuses);
}

void usage_print_short(FILE *out, const char *program)
{
	fprintf(out, "usage: %s VERB [ARGUMENTS]\n", program);
	for (size_t i = 0; i < USAGES; i++)
		fprintf(out, "  %-10s %s\n", usages[i].verb, usages[i].about);
	fprintf(out, "%s VERB --help says how; %s --help prints all\n", program, program);
}

static const struct usage *find(const char *verb)
{
	size_t i = 0;

	while (i < USAGES && strcmp(usages[i].verb, verb) != 0)
		i++;
	return i < USAGES ? &usages[i] : NULL;
}

bool usage_print_verb(FILE *out, const char *program, const char *verb)
{
	const struct usage *usage = find(verb);

	if (!usage)
		return false;
	fprintf(out, "usage: %s VERB [ARGUMENTS]\n\n%s\nfor example:\n", program, usage->flags);
	for (const char *line = usage->examples; *line;) {
		const size_t length = strcspn(line, "\n");

		fprintf(out, "    %s %.*s\n", program, (int)length, line);
		line += length + (line[length] == '\n');
	}
	fprintf(out, "\n%s%s", strstr(usage->flags, "PATTERN") ? patterns : "", statuses);
	return true;
}

bool usage_asked(char **argv)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		if (strcmp(*argv, "--help") == 0 || strcmp(*argv, "-h") == 0)
			return true;
	return false;
}

bool usage_unknown_verb(const char *word, struct cli_error *error)
{
	struct near near = { .word = word, .length = strlen(word) };
	char verbs[160] = "";

	if (token_resembles(word))
		return cli_fail(error, "a verb is missing before the token: replay %s", word);
	if (scenario_find(word, strlen(word)))
		return cli_fail(error, "'%s' is a scenario, and a verb is missing before it: run %s", word, word);
	cli_fail(error, "unknown verb '%.80s'", word);
	for (size_t i = 0; i < USAGES; i++) {
		const size_t length = strlen(verbs);

		near_try(&near, usages[i].verb, strlen(usages[i].verb));
		snprintf(verbs + length, sizeof(verbs) - length, "%s%s%s", i ? ", " : ": ", usages[i].verb,
			 i + 1 == USAGES ? "; or --help" : "");
	}
	return near_say(&near, verbs, error);
}

/* Flags are what begins with '-' in the verb's usage. */
bool usage_unknown_flag(const char *verb, const char *flag, size_t length, struct cli_error *error)
{
	static const char ends[] = " =,|]()[\n";
	const struct usage *usage = find(verb);
	struct near near = { .word = flag, .length = length };
	char otherwise[64];

	cli_fail(error, "unknown flag '%.*s' for %s", (int)(length < 80 ? length : 80), flag, verb);
	for (const char *at = usage ? usage->flags : ""; *at;) {
		const size_t word = strcspn(at, ends);

		if (at[0] == '-' && word > 1)
			near_try(&near, at, word);
		at += word;
		at += strspn(at, ends);
	}
	snprintf(otherwise, sizeof(otherwise), ": `%s --help` lists its flags", verb);
	return near_say(&near, otherwise, error);
}
