/*
 * fuzz PATTERN... [--time T] [--seeds N] [--jobs J] [--faults PROFILE] [--corpus FOLDER] [-o FOLDER]: search guided by coverage, over the
 * draws.
 *
 * Each job is a search of its own, with every J-th seed. After a while each also runs, one in four times, what another found that was
 * new to it, and goes on from there where it is new here too. One job is a function of its scenario and its corpus; with more, who
 * comes first matters, and what is found are tapes all the same.
 *
 * Exit status: 1 where a run failed; 5 where it was interrupted; 0 where nothing was found in the time or the runs it was given.
 */
#include "batch.h"
#include "files.h"
#include "fuzz_corpus.h"
#include "hunt.h"
#include "pattern.h"
#include "profile.h"
#include "status.h"
#include "verbs.h"
#include "words.h"

#include <fm_sim/guided.h>

#include "reports/text.h"

#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>

#define TIME_NS (60 * FM_SEC) /* all scenarios together, unless they are told how many runs */
#define SAMPLES_MAX 40
#define JOBS_MAX 64
#define EXCHANGE_FROM 64 /* runs of its own */
#define EXCHANGE_IN 4

/* How far it had come after 1, 2, 4, ... runs. */
struct sample {
	fm_ns after_ns;
	struct fm_sim_guided_counts counts;
};

struct samples {
	unsigned count;
	struct sample list[SAMPLES_MAX];
};

struct fuzzing;

struct job {
	struct fuzzing *fuzzing;
	unsigned number;
	uint64_t runs_max;
	struct fm_sim_guided *guided;
	struct finds *finds;
	unsigned asked;          /* of whom it last looked what is new */
	uint32_t seen[JOBS_MAX]; /* so many tapes of each */
};

/* In memory that processes share. */
struct shared {
	struct samples samples;
	struct job jobs[JOBS_MAX];
};

struct fuzzing {
	const char *program;
	uint64_t runs_max;
	uint64_t jobs;
	fm_ns time_ns;
	uint64_t profile;
	const char *corpus; /* folder; NULL: none */
	const char *folder; /* for the tapes of failures */
	struct shared *shared;

	/* the scenario under way */
	struct token token;
	fm_ns began_ns;
};

/* The next run is what another job has found and this one has not seen, if there is such. */
static void exchange(struct job *job)
{
	const struct fuzzing *fuzzing = job->fuzzing;

	for (unsigned i = 0; i < fuzzing->jobs; i++) {
		const unsigned other = ++job->asked % (unsigned)fuzzing->jobs;
		struct fm_sim_tape tape;
		int found = other == job->number ? -1 : 0;

		while (found == 0) {
			found = fm_sim_guided_found(fuzzing->shared->jobs[other].guided, job->seen[other], &tape);
			job->seen[other] += found >= 0;
		}
		if (found > 0 && fm_sim_guided_offer(job->guided, &tape))
			return;
	}
}

static bool before(void *arg, struct fm_sim_options *options)
{
	struct job *job = arg;
	const uint64_t runs = fm_sim_guided_counts(job->guided)->runs;

	if (runs >= job->runs_max)
		return false;
	if (runs >= EXCHANGE_FROM && runs % EXCHANGE_IN == 0)
		exchange(job);
	fm_sim_guided_next(job->guided, options);
	options->seed = options->seed * job->fuzzing->jobs + job->number;
	return true;
}

/* Runs of all jobs; what they came to of the one that came to most. */
static struct fm_sim_guided_counts counts_of(const struct fuzzing *fuzzing)
{
	struct fm_sim_guided_counts most = { .runs = 0 };
	uint64_t runs = 0;

	for (unsigned i = 0; i < fuzzing->jobs; i++) {
		const struct fm_sim_guided_counts *counts = fm_sim_guided_counts(fuzzing->shared->jobs[i].guided);

		runs += counts->runs;
		if (i == 0 || counts->edges + counts->states > most.edges + most.states)
			most = *counts;
	}
	most.runs = runs;
	return most;
}

static void after(void *arg, const struct fm_sim_result *result, const struct fm_sim_tape *tape)
{
	struct job *job = arg;
	struct samples *samples = &job->fuzzing->shared->samples;

	(void)result;
	fm_sim_guided_took(job->guided, tape);
	if (job->number != 0 || samples->count == SAMPLES_MAX || !(fm_sim_guided_counts(job->guided)->runs >> samples->count))
		return;
	samples->list[samples->count++] = (struct sample){ cli_clock() - job->fuzzing->began_ns, counts_of(job->fuzzing) };
}

/* Where it went is not looked at: the process is about to end. */
static void died(void *arg)
{
	(void)arg;
}

static void tell_sample(const struct sample *of)
{
	char runs[32], after_ns[32];

	printf("      after %-10s %12s runs  %6" PRIu32 " edges  %6" PRIu32 " states  %3" PRIu32 " probes  %5" PRIu32 " tapes kept\n",
	       report_time(after_ns, of->after_ns), report_number(runs, of->counts.runs), of->counts.edges, of->counts.states,
	       of->counts.probes, of->counts.kept);
}

static void tell(const struct fuzzing *fuzzing, const struct finds *finds, enum hunt_end end)
{
	const struct samples *samples = &fuzzing->shared->samples;
	const struct fm_sim_guided_counts counts = counts_of(fuzzing);
	const fm_ns took_ns = cli_clock() - fuzzing->began_ns;
	const uint64_t failed = finds_count(finds);
	char runs[32], rate[32], number[32];

	printf("%s  %s", failed ? "FAIL" : end == HUNT_INTERRUPTED ? "part" : "ok  ", fuzzing->token.scenario->name);
	printf("  %s runs, %s a second", report_number(runs, counts.runs),
	       report_number(rate, took_ns ? counts.runs * FM_SEC / took_ns : 0));
	if (failed)
		printf("; %s failed", report_number(number, failed));
	printf("\n");
	for (unsigned i = 0; i < samples->count; i++)
		tell_sample(&samples->list[i]);
	tell_sample(&(struct sample){ took_ns, counts });
	fflush(stdout);
}

static bool keep_corpus(const struct fuzzing *fuzzing, struct cli_error *error)
{
	for (unsigned i = 0; fuzzing->corpus && i < fuzzing->jobs; i++)
		if (!fuzz_corpus_write(fuzzing->corpus, &fuzzing->token, fuzzing->shared->jobs[i].guided, error))
			return false;
	return true;
}

static int fuzz_scenario(struct fuzzing *fuzzing, fm_ns time_ns)
{
	struct job *jobs = fuzzing->shared->jobs;
	struct fm_sim_guided *searches[JOBS_MAX];
	struct hunt all[JOBS_MAX];
	struct cli_error error;
	enum hunt_end end;
	int status;

	for (unsigned i = 0; i < fuzzing->jobs; i++)
		searches[i] = jobs[i].guided;
	if (fuzzing->corpus)
		fuzz_corpus_read(fuzzing->corpus, &fuzzing->token, searches, (unsigned)fuzzing->jobs);
	fuzzing->began_ns = cli_clock();
	for (unsigned i = 0; i < fuzzing->jobs; i++)
		all[i] = (struct hunt){
			.token = &fuzzing->token,
			.finds = jobs[i].finds,
			.before = before,
			.after = after,
			.died = died,
			.arg = &jobs[i],
			.ends_ns = fm_ns_add(fuzzing->began_ns, time_ns),
		};
	end = hunts(all, (unsigned)fuzzing->jobs);
	for (unsigned i = 1; i < fuzzing->jobs; i++)
		finds_join(jobs[0].finds, jobs[i].finds);
	tell(fuzzing, jobs[0].finds, end);
	status = finds_tell(jobs[0].finds, fuzzing->program, &fuzzing->token, fuzzing->folder);
	if (!keep_corpus(fuzzing, &error)) {
		cli_print_error(fuzzing->program, &error);
		return CLI_USAGE;
	}
	return status == CLI_HELD && (end == HUNT_INTERRUPTED || end == HUNT_NO_PROCESS) ? CLI_INCOMPLETE : status;
}

/* Errors: false: no memory; close_jobs takes what there is. */
static bool open_jobs(struct fuzzing *fuzzing)
{
	memset(fuzzing->shared, 0, sizeof(*fuzzing->shared));
	for (unsigned i = 0; i < fuzzing->jobs; i++) {
		struct job *job = &fuzzing->shared->jobs[i];
		const uint64_t left = fuzzing->runs_max % fuzzing->jobs;

		job->fuzzing = fuzzing;
		job->number = i;
		job->runs_max = fuzzing->runs_max == UINT64_MAX ? UINT64_MAX : fuzzing->runs_max / fuzzing->jobs + (i < left);
		job->guided = fm_sim_guided_new(i);
		job->finds = finds_open();
		if (!job->guided || !job->finds)
			return false;
	}
	return true;
}

static void close_jobs(struct fuzzing *fuzzing)
{
	for (unsigned i = 0; i < fuzzing->jobs; i++) {
		finds_close(fuzzing->shared->jobs[i].finds);
		fm_sim_guided_free(fuzzing->shared->jobs[i].guided);
	}
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
		if (open_jobs(fuzzing)) {
			status = status_worse(status, fuzz_scenario(fuzzing, time_ns));
		} else {
			struct cli_error error;

			cli_fail(&error, "no memory");
			cli_print_error(fuzzing->program, &error);
			status = CLI_USAGE;
		}
		close_jobs(fuzzing);
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
		else if (words_is(words, "--jobs"))
			good = words_number(words, "number of jobs", 1, JOBS_MAX, &fuzzing->jobs);
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
	struct fuzzing fuzzing = { .program = program, .runs_max = UINT64_MAX, .jobs = 1, .time_ns = FM_NS_MAX };
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
	fuzzing.shared = mmap(NULL, sizeof(*fuzzing.shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!selection_draws(&selection, &error) || !folder_ready(fuzzing.folder, &error) ||
	    !folder_ready(fuzzing.corpus, &error) || (fuzzing.shared == MAP_FAILED && !cli_fail(&error, "no memory"))) {
		cli_print_error(program, &error);
		status = CLI_USAGE;
	} else {
		status = fuzz_all(&fuzzing, &selection);
	}
	if (fuzzing.shared != MAP_FAILED)
		munmap(fuzzing.shared, sizeof(*fuzzing.shared));
	selection_free(&selection);
	return status;
}
