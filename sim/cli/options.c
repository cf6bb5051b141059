/*
 * Flags may stand anywhere, as "--flag value" or "--flag=value"; "--" ends them. An unknown one ends the command instead of
 * being ignored: a suite that asked for coverage and did not get any should know.
 */
#include "options.h"
#include "near.h"
#include "profile.h"
#include "token.h"
#include "usage.h"

#include <string.h>

/* A walk over arguments that leaves the words that are no flags at the front of argv. */
struct walk {
	char **argv;
	size_t at;
	size_t words;
	bool flags_over;
	const char *flag;   /* the current one, without its value */
	size_t flag_length;
	const char *inline_value; /* what stands behind "="; NULL: nothing */
	struct cli_error *error;
};

/* false: no more flags. */
static bool next_flag(struct walk *walk)
{
	char *word;

	for (; (word = walk->argv[walk->at]) != NULL; walk->at++) {
		const char *equals;

		if (walk->flags_over || word[0] != '-' || word[1] == '\0') {
			walk->argv[walk->words++] = word;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			walk->flags_over = true;
			continue;
		}
		equals = strncmp(word, "--", 2) == 0 ? strchr(word, '=') : NULL;
		walk->flag = word;
		walk->flag_length = equals ? (size_t)(equals - word) : strlen(word);
		walk->inline_value = equals ? equals + 1 : NULL;
		walk->at++;
		return true;
	}
	return false;
}

static bool is(const struct walk *walk, const char *flag)
{
	return strlen(flag) == walk->flag_length && memcmp(walk->flag, flag, walk->flag_length) == 0;
}

static bool value(struct walk *walk, const char **text)
{
	*text = walk->inline_value;
	if (!*text && walk->argv[walk->at])
		*text = walk->argv[walk->at++];
	if (!*text || !**text)
		return cli_fail(walk->error, "%.*s needs a value", (int)walk->flag_length, walk->flag);
	return true;
}

static bool plain(struct walk *walk, bool *set)
{
	if (walk->inline_value)
		return cli_fail(walk->error, "%.*s takes no value", (int)walk->flag_length, walk->flag);
	*set = true;
	return true;
}

static bool unknown(struct walk *walk, const char *verb)
{
	return usage_unknown_flag(verb, walk->flag, walk->flag_length, walk->error);
}

static bool unknown_strategy(const char *text, struct cli_error *error)
{
	struct near near = { .word = text, .length = strlen(text) };

	cli_fail(error, "unknown strategy '%.80s'", text);
	for (unsigned i = 0; i < FM_SIM_STRATEGIES; i++)
		if (i != FM_SIM_EXPLORE)
			near_try(&near, fm_sim_strategy_name(i), strlen(fm_sim_strategy_name(i)));
	return near_say(&near, ": portfolio, shared, pct, surw, pos, random or fifo", error);
}

static bool run_strategy(struct walk *walk, struct run_options *options)
{
	const char *text;
	unsigned number;

	if (!value(walk, &text))
		return false;
	number = strategy_find(text, strlen(text));
	if (number == FM_SIM_EXPLORE)
		return cli_fail(walk->error, "explore is a verb, and no strategy of run");
	if (number == FM_SIM_STRATEGIES)
		return unknown_strategy(text, walk->error);
	options->strategy = (enum fm_sim_strategy)number;
	return true;
}

static bool run_profile(struct walk *walk, struct run_options *options)
{
	const char *text;

	return value(walk, &text) && profile_parse(text, strlen(text), &options->profile, walk->error);
}

static bool run_isolate(struct walk *walk, struct run_options *options)
{
	const char *text;

	if (!value(walk, &text))
		return false;
	if (strcmp(text, "run") != 0)
		return cli_fail(walk->error, "unknown isolation '%s': it can be 'run'", text);
	options->isolate = true;
	return true;
}

static bool run_flag(struct walk *walk, struct run_options *options)
{
	const char *text;
	uint64_t number;

	if (is(walk, "--seeds")) {
		options->seeds_given = true;
		return value(walk, &text) && seed_range_parse(text, &options->seeds, walk->error);
	}
	if (is(walk, "--jobs")) {
		if (!value(walk, &text) || !number_parse(text, "number of jobs", 1, RUN_JOBS_MAX, &number, walk->error))
			return false;
		options->jobs = (unsigned)number;
		return true;
	}
	if (is(walk, "--strategy"))
		return run_strategy(walk, options);
	if (is(walk, "--faults"))
		return run_profile(walk, options);
	if (is(walk, "--time"))
		return value(walk, &text) && duration_parse(text, "time", &options->time_ns, walk->error);
	if (is(walk, "--until-fail"))
		return plain(walk, &options->until_fail);
	if (is(walk, "--pin"))
		return plain(walk, &options->pin);
	if (is(walk, "--keep-going"))
		return plain(walk, &options->keep_going);
	if (is(walk, "--isolate"))
		return run_isolate(walk, options);
	if (is(walk, "--no-claims"))
		return plain(walk, &options->no_claims);
	if (is(walk, "--junit"))
		return value(walk, &options->junit);
	if (is(walk, "--json"))
		return value(walk, &options->json);
	if (is(walk, "--html"))
		return value(walk, &options->html);
	if (is(walk, "--coverage"))
		return value(walk, &options->coverage);
	if (is(walk, "--require-probes"))
		return plain(walk, &options->require_probes);
	if (is(walk, "--medians"))
		return plain(walk, &options->medians);
	if (is(walk, "--quiet"))
		return plain(walk, &options->quiet);
	return unknown(walk, "run");
}

bool run_options_parse(struct run_options *options, char **argv, struct cli_error *error)
{
	struct walk walk = { .argv = argv, .error = error };

	*options = (struct run_options){
		.patterns = argv,
		.seeds = { .first = 0, .end = RUN_SEEDS_DEFAULT },
		.time_ns = FM_NS_MAX,
		.strategy = FM_SIM_PORTFOLIO,
	};
	while (next_flag(&walk))
		if (!run_flag(&walk, options))
			return false;
	if (options->medians && (options->until_fail || options->time_ns != FM_NS_MAX))
		return cli_fail(error, "--medians counts runs, and goes with --seeds alone: not with --time or --until-fail");
	if (options->keep_going && options->until_fail)
		return cli_fail(error, "--keep-going goes on beyond failures, and --until-fail ends at one");
	options->keep_going = options->keep_going || (options->time_ns != FM_NS_MAX && !options->until_fail);
	options->patterns_count = walk.words;
	return true;
}

static bool one_subject(struct walk *walk, const char *verb, const char **subject)
{
	if (walk->words == 0)
		return cli_fail(walk->error, "%s needs a token or a tape file", verb);
	if (walk->words > 1)
		return cli_fail(walk->error, "%s takes one token or file, and '%s' is a second one", verb, walk->argv[1]);
	*subject = walk->argv[0];
	return true;
}

static bool replay_trace(struct walk *walk, struct replay_options *options)
{
	options->trace = true;
	options->trace_all = walk->inline_value != NULL;
	if (walk->inline_value && strcmp(walk->inline_value, "all") != 0)
		return cli_fail(walk->error, "unknown trace '%s': it can be 'all'", walk->inline_value);
	return true;
}

bool replay_options_parse(struct replay_options *options, char **argv, struct cli_error *error)
{
	struct walk walk = { .argv = argv, .error = error };
	bool good = true;

	*options = (struct replay_options){ .subject = NULL };
	while (good && next_flag(&walk)) {
		if (is(&walk, "--trace"))
			good = replay_trace(&walk, options);
		else if (is(&walk, "--lenient"))
			good = plain(&walk, &options->lenient);
		else if (is(&walk, "-o"))
			good = value(&walk, &options->out);
		else if (is(&walk, "--html"))
			good = value(&walk, &options->html);
		else if (is(&walk, "--perfetto"))
			good = value(&walk, &options->perfetto);
		else
			good = unknown(&walk, "replay");
	}
	if (!good)
		return false;
	return one_subject(&walk, "replay", &options->subject);
}

bool shrink_options_parse(struct shrink_options *options, char **argv, struct cli_error *error)
{
	struct walk walk = { .argv = argv, .error = error };
	bool good = true;

	*options = (struct shrink_options){ .subject = NULL };
	while (good && next_flag(&walk)) {
		if (is(&walk, "-o"))
			good = value(&walk, &options->out);
		else if (is(&walk, "--emit-c"))
			good = value(&walk, &options->emit_c);
		else
			good = unknown(&walk, "shrink");
	}
	return good && one_subject(&walk, "shrink", &options->subject);
}

bool list_options_parse(struct list_options *options, char **argv, struct cli_error *error)
{
	struct walk walk = { .argv = argv, .error = error };
	bool good = true;

	*options = (struct list_options){ .patterns = argv };
	while (good && next_flag(&walk)) {
		if (is(&walk, "--json"))
			good = plain(&walk, &options->json);
		else if (is(&walk, "--faults"))
			good = plain(&walk, &options->faults);
		else
			good = unknown(&walk, "list");
	}
	options->patterns_count = walk.words;
	if (good && options->faults && (options->json || walk.words))
		good = cli_fail(error, "list --faults takes nothing more");
	return good;
}

bool files_options_parse(struct files_options *options, const char *verb, char **argv, struct cli_error *error)
{
	struct walk walk = { .argv = argv, .error = error };
	bool good = true;

	*options = (struct files_options){ .files = argv };
	while (good && next_flag(&walk)) {
		if (is(&walk, "--html"))
			good = value(&walk, &options->html);
		else if (is(&walk, "--quiet"))
			good = plain(&walk, &options->quiet);
		else
			good = unknown(&walk, verb);
	}
	options->files_count = walk.words;
	return good && (walk.words > 0 || cli_fail(error, "%s needs a file, as `run` writes it", verb));
}
