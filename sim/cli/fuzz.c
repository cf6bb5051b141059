/*
 * fuzz PATTERN... [--time T] [--seeds N] [--faults PROFILE] [--corpus FOLDER] [-o FOLDER]: search guided by coverage, over the draws.
 *
 * Exit status: 1 where a run failed; 5 where it was interrupted; 0 where nothing was found in the time or the runs it was given.
 */
#include "batch.h"
#include "files.h"
#include "hunt.h"
#include "pattern.h"
#include "profile.h"
#include "status.h"
#include "tape_file.h"
#include "verbs.h"
#include "words.h"

#include <fm_sim/guided.h>

#include "reports/text.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define TIME_NS (60 * FM_SEC) /* all scenarios together, unless they are told how many runs */
#define SAMPLES_MAX 40

/* How far it had come after 1, 2, 4, ... runs. */
struct sample {
	fm_ns after_ns;
	struct fm_sim_guided_counts counts;
};

struct samples {
	unsigned count;
	struct sample list[SAMPLES_MAX];
};

struct fuzzing {
	const char *program;
	uint64_t runs_max;
	fm_ns time_ns;
	uint64_t profile;
	const char *corpus; /* folder; NULL: none */
	const char *folder; /* for the tapes of failures */

	/* the scenario under way */
	struct token token;
	struct fm_sim_guided *guided;
	struct samples *samples; /* shared */
	struct finds *finds;
	fm_ns began_ns;
};

static bool before(void *arg, struct fm_sim_options *options)
{
	struct fuzzing *fuzzing = arg;

	if (fm_sim_guided_counts(fuzzing->guided)->runs >= fuzzing->runs_max)
		return false;
	fm_sim_guided_next(fuzzing->guided, options);
	return true;
}

static void sample(struct fuzzing *fuzzing)
{
	struct samples *samples = fuzzing->samples;

	if (samples->count < SAMPLES_MAX)
		samples->list[samples->count++] = (struct sample){ cli_clock() - fuzzing->began_ns,
								    *fm_sim_guided_counts(fuzzing->guided) };
}

static void after(void *arg, const struct fm_sim_result *result, const struct fm_sim_tape *tape)
{
	struct fuzzing *fuzzing = arg;

	(void)result;
	fm_sim_guided_took(fuzzing->guided, tape);
	if (fm_sim_guided_counts(fuzzing->guided)->runs >> fuzzing->samples->count)
		sample(fuzzing);
}

/* Where it went is not looked at: the process is about to end. */
static void died(void *arg)
{
	(void)arg;
}

static bool is_tape(const char *name)
{
	const size_t length = strlen(name);

	return length > 5 && strcmp(name + length - 5, ".tape") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Tapes of this scenario; those of others are left alone, and so is what is none any more. */
static void read_corpus(struct fuzzing *fuzzing)
{
	struct dirent **names = NULL;
	const int count = fuzzing->corpus ? scandir(fuzzing->corpus, &names, NULL, by_name) : 0;

	for (int i = 0; i < count; i++) {
		struct fm_sim_tape tape = { 0 };
		struct cli_error error;
		struct token token;
		char path[4096];

		snprintf(path, sizeof(path), "%s/%s", fuzzing->corpus, names[i]->d_name);
		if (is_tape(names[i]->d_name) && tape_file_read(path, &token, &tape, &error) &&
		    token.scenario == fuzzing->token.scenario)
			fm_sim_guided_add(fuzzing->guided, &tape);
		free(tape.records);
		free(names[i]);
	}
	free(names);
}

static uint64_t hash_of(const struct fm_sim_tape *tape)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < tape->count; i++) {
		hash = (hash ^ tape->records[i].site) * 0x100000001b3u;
		hash = (hash ^ tape->records[i].value) * 0x100000001b3u;
		hash = (hash ^ tape->records[i].chosen) * 0x100000001b3u;
	}
	return hash;
}

/* Each by the hash of its draws, so that what was there is not written twice. */
static bool write_corpus(struct fuzzing *fuzzing, struct cli_error *error)
{
	const struct fm_sim_tape *tape;

	if (!fuzzing->corpus)
		return true;
	mkdir(fuzzing->corpus, 0777);
	for (uint32_t i = 0; (tape = fm_sim_guided_kept(fuzzing->guided, i)) != NULL; i++) {
		char path[4096];
		struct stat stat_of;
		FILE *out;

		snprintf(path, sizeof(path), "%s/%016" PRIx64 ".tape", fuzzing->corpus, hash_of(tape));
		if (stat(path, &stat_of) == 0)
			continue;
		out = tape_file_open(path, error);
		if (!out || !tape_file_write(out, path, &fuzzing->token, tape, error))
			return false;
	}
	return true;
}

static void tell_sample(const struct sample *of)
{
	char runs[32], after_ns[32];

	printf("      after %-10s %12s runs  %6" PRIu32 " edges  %6" PRIu32 " states  %3" PRIu32 " probes  %5" PRIu32 " tapes kept\n",
	       report_time(after_ns, of->after_ns), report_number(runs, of->counts.runs), of->counts.edges, of->counts.states,
	       of->counts.probes, of->counts.kept);
}

static void tell(struct fuzzing *fuzzing, enum hunt_end end)
{
	const struct fm_sim_guided_counts *counts = fm_sim_guided_counts(fuzzing->guided);
	const fm_ns took_ns = cli_clock() - fuzzing->began_ns;
	const uint64_t failed = finds_count(fuzzing->finds);
	char runs[32], rate[32], number[32];

	printf("%s  %s", failed ? "FAIL" : end == HUNT_INTERRUPTED ? "part" : "ok  ", fuzzing->token.scenario->name);
	printf("  %s runs, %s a second", report_number(runs, counts->runs),
	       report_number(rate, took_ns ? counts->runs * FM_SEC / took_ns : 0));
	if (failed)
		printf("; %s failed", report_number(number, failed));
	printf("\n");
	for (unsigned i = 0; i < fuzzing->samples->count; i++)
		tell_sample(&fuzzing->samples->list[i]);
	tell_sample(&(struct sample){ took_ns, *counts });
	fflush(stdout);
}

static int fuzz_scenario(struct fuzzing *fuzzing, fm_ns time_ns)
{
	struct hunt one = {
		.token = &fuzzing->token,
		.finds = fuzzing->finds,
		.before = before,
		.after = after,
		.died = died,
		.arg = fuzzing,
	};
	struct cli_error error;
	enum hunt_end end;
	int status;

	read_corpus(fuzzing);
	fuzzing->samples->count = 0;
	fuzzing->began_ns = cli_clock();
	one.ends_ns = fm_ns_add(fuzzing->began_ns, time_ns);
	end = hunt(&one);
	tell(fuzzing, end);
	status = finds_tell(fuzzing->finds, fuzzing->program, &fuzzing->token, fuzzing->folder);
	if (!write_corpus(fuzzing, &error)) {
		cli_print_error(fuzzing->program, &error);
		return CLI_USAGE;
	}
	return status == CLI_HELD && (end == HUNT_INTERRUPTED || end == HUNT_NO_PROCESS) ? CLI_INCOMPLETE : status;
}

static int fuzz_all(struct fuzzing *fuzzing, const struct selection *selection)
{
	const fm_ns time_ns = fuzzing->time_ns == FM_NS_MAX ? FM_NS_MAX : fuzzing->time_ns / selection->count;
	int status = CLI_HELD;

	for (size_t i = 0; i < selection->count; i++) {
		fuzzing->token = (struct token){
			.scenario = selection->scenarios[i],
			.strategy = FM_SIM_PORTFOLIO,
			.profile = fuzzing->profile,
		};
		fuzzing->guided = fm_sim_guided_new(0);
		fuzzing->finds = finds_open();
		if (!fuzzing->guided || !fuzzing->finds) {
			struct cli_error error;

			cli_fail(&error, "no memory");
			cli_print_error(fuzzing->program, &error);
			status = CLI_USAGE;
		} else {
			status = status_worse(status, fuzz_scenario(fuzzing, time_ns));
		}
		finds_close(fuzzing->finds);
		fm_sim_guided_free(fuzzing->guided);
	}
	return status;
}

static bool parse(struct fuzzing *fuzzing, struct words *words)
{
	const char *text;

	while (words_next(words)) {
		bool good;

		if (words_is(words, "--seeds"))
			good = words_number(words, "number of seeds", 1, UINT64_MAX - 1, &fuzzing->runs_max);
		else if (words_is(words, "--time"))
			good = words_value(words, &text) && duration_parse(text, "time", &fuzzing->time_ns, words->error);
		else if (words_is(words, "--faults"))
			good = words_value(words, &text) &&
			       profile_parse(text, strlen(text), &fuzzing->profile, words->error);
		else if (words_is(words, "--corpus"))
			good = words_value(words, &fuzzing->corpus);
		else if (words_is(words, "-o"))
			good = words_value(words, &fuzzing->folder);
		else
			good = words_unknown(words, "fuzz");
		if (!good)
			return false;
	}
	if (fuzzing->runs_max == UINT64_MAX && fuzzing->time_ns == FM_NS_MAX)
		fuzzing->time_ns = TIME_NS;
	return words->count > 0 || cli_fail(words->error, "fuzz needs a pattern of scenarios");
}

bool fuzz_parses(char **argv, struct cli_error *error)
{
	struct fuzzing fuzzing = { .runs_max = UINT64_MAX, .time_ns = FM_NS_MAX };
	struct words words = { .argv = argv, .error = error };

	return parse(&fuzzing, &words);
}

int verb_fuzz(const char *program, char **argv)
{
	struct fuzzing fuzzing = { .program = program, .runs_max = UINT64_MAX, .time_ns = FM_NS_MAX };
	struct selection selection = { 0 };
	struct cli_error error;
	struct words words = { .argv = argv, .error = &error };
	int status;

	if (!parse(&fuzzing, &words)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, argv, words.count, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	fuzzing.samples = mmap(NULL, sizeof(*fuzzing.samples), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!selection_draws(&selection, &error) || !folder_ready(fuzzing.folder, &error) ||
	    !folder_ready(fuzzing.corpus, &error) || (fuzzing.samples == MAP_FAILED && !cli_fail(&error, "no memory"))) {
		cli_print_error(program, &error);
		status = CLI_USAGE;
	} else {
		status = fuzz_all(&fuzzing, &selection);
	}
	if (fuzzing.samples != MAP_FAILED)
		munmap(fuzzing.samples, sizeof(*fuzzing.samples));
	selection_free(&selection);
	return status;
}
