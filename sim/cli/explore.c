/*
 * explore PATTERN... [--bound N] [--runs N] [--time T] [--until-fail] [--domains LIST] [--no-reduction] [--size N] [--operations N]
 * [-o FOLDER]: every schedule of small scenarios; of subjects, every small program under every schedule.
 *
 * Exit status: 1 where a run failed; 5 where nothing did, but not all was seen: a run was cut at the bound, or there was no more
 * time; 3 where the same choices led somewhere else.
 */
#include "batch.h"
#include "explore_tell.h"
#include "files.h"
#include "hunt.h"
#include "pattern.h"
#include "status.h"
#include "verbs.h"
#include "words.h"

#include <fm_sim/explore.h>

#include "reports/text.h"

#include <inttypes.h>
#include <string.h>

/* Of a subject: what ends in seconds. */
#define SIZE_MAX_DEFAULT 8
#define ENOUGH_DEFAULT 20000 /* schedules: a size more is at most some twenty times as many */
#define SIZE_MOST 60
#define BOUND_MAX 1000000 /* and it is theirs: what is written by one byte at a time takes its steps */

struct exploring {
	const char *program;
	struct fm_sim_explore_options options; /* of subjects, and of others but for what programs they have */
	uint64_t runs_max; /* of each scenario */
	bool until_fail;
	bool domains_given;
	fm_ns time_ns;     /* all together, shared out equally */
	const char *folder;

	struct fm_sim_explore *explore; /* of the scenario under way */
	struct finds *finds;
	uint32_t domains_told; /* what was enumerated is said where it is not as before */
	bool interrupted;
};

static bool before(void *arg, struct fm_sim_options *options)
{
	struct exploring *exploring = arg;
	enum fm_sim_explore_state state;

	if (fm_sim_explore_counts(exploring->explore)->runs >= exploring->runs_max ||
	    (exploring->until_fail && finds_count(exploring->finds) > 0))
		return false;
	options->explore = exploring->explore;
	state = fm_sim_explore_next(exploring->explore);
	if (state == FM_SIM_EXPLORE_ANEW)
		finds_forget(exploring->finds);
	return state != FM_SIM_EXPLORE_OVER;
}

static void after(void *arg, const struct fm_sim_result *result, const struct fm_sim_tape *tape)
{
	(void)arg, (void)result, (void)tape;
}

static void died(void *arg)
{
	fm_sim_explore_died(((struct exploring *)arg)->explore);
}

/* What of it was not seen; NULL: nothing. */
static const char *short_of(const struct exploring *exploring, const struct fm_sim_explore_counts *counts,
			    enum hunt_end end, bool failed)
{
	if (end == HUNT_INTERRUPTED)
		return "interrupted";
	if (end == HUNT_TIME)
		return "out of time";
	if (end == HUNT_NO_PROCESS)
		return "no process can be had";
	if (exploring->until_fail && failed)
		return "stopped by the first failure";
	if (counts->runs >= exploring->runs_max)
		return "stopped by the number of runs";
	if (counts->too_wide)
		return "a choice had more ways than are kept";
	return counts->too_long ? "stopped by the bound" : NULL;
}

/* What is drawn is a subject's program and what it is done to: of others it is left at 0, where it was not asked for. */
static struct fm_sim_explore_options options_for(const struct exploring *exploring, const struct fm_sim_scenario *scenario)
{
	struct fm_sim_explore_options options = exploring->options;

	if (!options.steps_max)
		options.steps_max = scenario->subject ? BOUND_MAX : FM_SIM_EXPLORE_STEPS_MAX;
	if (!scenario->subject)
		options.operations_max = 0;
	else if (!exploring->domains_given)
		options.domains |= FM_SIM_EXPLORE_USER;
	return options;
}

static int explore_scenario(struct exploring *exploring, const struct fm_sim_scenario *scenario,
			    const struct fm_sim_explore_options *options, struct finds *finds, fm_ns ends_ns)
{
	const struct token token = {
		.scenario = scenario,
		.strategy = FM_SIM_EXPLORE,
		.profile = fm_sim_explore_profile(),
	};
	const struct fm_sim_explore_counts *counts = fm_sim_explore_counts(exploring->explore);
	struct hunt one = {
		.token = &token,
		.finds = finds,
		.before = before,
		.after = after,
		.died = died,
		.arg = exploring,
		.ends_ns = ends_ns,
	};
	const enum hunt_end end = hunt(&one);
	const bool failed = finds_count(finds) > 0;
	const char *missing = short_of(exploring, counts, end, failed);
	char number[32];
	int status = finds_tell(finds, exploring->program, &token, exploring->folder);

	if (counts->differed)
		printf("the same choices led somewhere else: the program is not deterministic\n");
	printf("%s  %s", failed ? "FAIL" : counts->differed ? "DIFF" : missing ? "part" : "ok  ", scenario->name);
	if (failed)
		printf("  %s of them failed", report_number(number, finds_count(finds)));
	printf("\n");
	explore_tell(&(struct explored){ options, counts, fm_sim_explore_reduces(exploring->explore), missing,
					 options->domains != exploring->domains_told });
	exploring->domains_told = options->domains;
	exploring->interrupted = end == HUNT_INTERRUPTED;
	if (status == CLI_HELD && counts->differed)
		status = CLI_UNDETERMINED;
	return status == CLI_HELD && missing ? CLI_INCOMPLETE : status;
}

/* An equal share, for each that is left, of the time that is left. */
static fm_ns share_of(fm_ns ends_ns, size_t left)
{
	const fm_ns now_ns = cli_clock();

	if (ends_ns == FM_NS_MAX)
		return ends_ns;
	return now_ns < ends_ns ? now_ns + (ends_ns - now_ns) / left : now_ns;
}

static int explore_all(struct exploring *exploring, const struct selection *selection)
{
	const fm_ns all_ends_ns = exploring->time_ns == FM_NS_MAX ? FM_NS_MAX : fm_ns_add(cli_clock(), exploring->time_ns);
	int status = CLI_HELD;

	for (size_t i = 0; i < selection->count && !exploring->interrupted; i++) {
		const fm_ns ends_ns = share_of(all_ends_ns, selection->count - i);
		const struct fm_sim_explore_options options = options_for(exploring, selection->scenarios[i]);
		struct finds *finds = finds_open();

		exploring->finds = finds;
		exploring->explore = fm_sim_explore_new(&options);
		if (!finds || !exploring->explore) {
			struct cli_error error;

			cli_fail(&error, "no memory");
			cli_print_error(exploring->program, &error);
			status = CLI_USAGE;
		} else {
			status = status_worse(status, explore_scenario(exploring, selection->scenarios[i], &options, finds, ends_ns));
		}
		finds_close(finds);
		fm_sim_explore_free(exploring->explore);
	}
	return status;
}

static bool parse_domains(const char *text, uint32_t *domains, struct cli_error *error)
{
	*domains = 0;
	while (*text) {
		const size_t length = strcspn(text, ",");
		unsigned i = 0;

		while (fm_sim_explore_domain_name(i) && (strlen(fm_sim_explore_domain_name(i)) != length ||
							 memcmp(fm_sim_explore_domain_name(i), text, length) != 0))
			i++;
		if (!fm_sim_explore_domain_name(i))
			return cli_fail(error, "unknown domain '%.*s': schedule, charge, select, user", (int)length, text);
		*domains |= (uint32_t)1 << i;
		text += length + (text[length] == ',');
	}
	return *domains != 0 || cli_fail(error, "--domains needs a list: schedule, charge, select, user");
}

static bool parse_small(struct words *words, const char *what, uint64_t least, uint64_t most, unsigned *number)
{
	uint64_t read = 0;

	if (!words_number(words, what, least, most, &read))
		return false;
	*number = (unsigned)read;
	return true;
}

static bool parse(struct exploring *exploring, struct words *words)
{
	const char *text;

	while (words_next(words)) {
		bool good;

		if (words_is(words, "--bound"))
			good = words_number(words, "bound", 1, BOUND_MAX, &exploring->options.steps_max);
		else if (words_is(words, "--runs"))
			good = words_number(words, "number of runs", 1, UINT64_MAX, &exploring->runs_max);
		else if (words_is(words, "--time"))
			good = words_value(words, &text) &&
			       duration_parse(text, "time", &exploring->time_ns, words->error);
		else if (words_is(words, "--domains"))
			good = words_value(words, &text) &&
			       parse_domains(text, &exploring->options.domains, words->error) &&
			       (exploring->domains_given = true);
		else if (words_is(words, "--operations"))
			good = parse_small(words, "number of operations", 1, FM_SIM_EXPLORE_OPERATIONS_MAX,
					   &exploring->options.operations_max);
		else if (words_is(words, "--size"))
			good = parse_small(words, "size", 1, SIZE_MOST, &exploring->options.size_max) &&
			       !(exploring->options.runs_enough = 0);
		else if (words_is(words, "--until-fail"))
			good = words_plain(words, &exploring->until_fail);
		else if (words_is(words, "--no-reduction"))
			good = words_plain(words, &exploring->options.no_reduction);
		else if (words_is(words, "-o"))
			good = words_value(words, &exploring->folder);
		else
			good = words_unknown(words, "explore");
		if (!good)
			return false;
	}
	return words->count > 0 || cli_fail(words->error, "explore needs a pattern of scenarios");
}

bool explore_parses(char **argv, struct cli_error *error)
{
	struct exploring exploring = { .runs_max = UINT64_MAX, .time_ns = FM_NS_MAX };
	struct words words = { .argv = argv, .error = error };

	return parse(&exploring, &words);
}

int verb_explore(const char *program, char **argv)
{
	struct exploring exploring = {
		.program = program,
		.options = { .domains = FM_SIM_EXPLORE_DOMAINS_DEFAULT,
			     .operations_max = FM_SIM_EXPLORE_OPERATIONS_MAX,
			     .size_max = SIZE_MAX_DEFAULT,
			     .runs_enough = ENOUGH_DEFAULT },
		.runs_max = UINT64_MAX,
		.time_ns = FM_NS_MAX,
	};
	struct selection selection = { 0 };
	struct cli_error error;
	struct words words = { .argv = argv, .error = &error };
	int status;

	if (!parse(&exploring, &words)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, argv, words.count, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	if (!selection_draws(&selection, &error) || !folder_ready(exploring.folder, &error)) {
		cli_print_error(program, &error);
		status = CLI_USAGE;
	} else {
		status = explore_all(&exploring, &selection);
	}
	selection_free(&selection);
	return status;
}
