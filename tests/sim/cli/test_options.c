/* The arguments: what each flag sets, and that every wrong one is named in one line. */
#include "sim/cli/options.h"
#include "sim/cli/profile.h"
#include "sim/cli/pattern.h"

#include "suite.h"

#include <string.h>

#define WORDS_MAX 32

/* A call of the command: its words, in memory that may be changed. */
struct call {
	char text[512];
	char *argv[WORDS_MAX + 1];
};

static char **words(struct call *call, const char *line)
{
	int count = 0;

	strcpy(call->text, line);
	for (char *word = strtok(call->text, " "); word; word = strtok(NULL, " "))
		call->argv[count++] = word;
	call->argv[count] = NULL;
	return call->argv;
}

static struct run_options run_parsed(struct call *call, const char *line)
{
	struct run_options options;
	struct cli_error error;

	ck_assert_msg(run_options_parse(&options, words(call, line), &error), "%s: %s", line, error.text);
	return options;
}

static const char *run_refused(const char *line)
{
	static struct cli_error error;
	static struct call call;
	struct run_options options;

	ck_assert_msg(!run_options_parse(&options, words(&call, line), &error), "accepted: %s", line);
	ck_assert_ptr_null(strchr(error.text, '\n'));
	return error.text;
}

#define ck_assert_has(text, part) ck_assert_msg(strstr((text), (part)), "'%s' lacks '%s'", (text), (part))

START_TEST(defaults)
{
	struct call call;
	struct run_options options = run_parsed(&call, "");

	ck_assert_uint_eq(options.patterns_count, 0);
	ck_assert_uint_eq(options.seeds.first, 0);
	ck_assert_uint_eq(options.seeds.end, 1000);
	ck_assert_uint_eq(options.jobs, 0);
	ck_assert_int_eq(options.strategy, FM_SIM_PORTFOLIO);
	ck_assert_int_eq(options.profile, FM_SIM_PROFILE_DEFAULT);
	ck_assert_uint_eq(options.time_ns, FM_NS_MAX);
}
END_TEST

START_TEST(flags_may_stand_anywhere)
{
	struct call call;
	struct run_options options =
		run_parsed(&call, "chat/* --seeds 5..8 --jobs=3 canary/* --time 90s --strategy fifo --faults=none "
				  "--until-fail --isolate=run --no-claims --quiet --junit a --json=b --coverage c "
				  "--require-probes -- --c");

	ck_assert_uint_eq(options.patterns_count, 3);
	ck_assert_str_eq(options.patterns[0], "chat/*");
	ck_assert_str_eq(options.patterns[1], "canary/*");
	ck_assert_str_eq(options.patterns[2], "--c");
	ck_assert_uint_eq(options.seeds.first, 5);
	ck_assert_uint_eq(options.seeds.end, 8);
	ck_assert_uint_eq(options.jobs, 3);
	ck_assert_uint_eq(options.time_ns, 90 * FM_SEC);
	ck_assert_int_eq(options.strategy, FM_SIM_FIFO);
	ck_assert_int_eq(options.profile, FM_SIM_PROFILE_NONE);
	ck_assert(options.until_fail && options.isolate && options.no_claims && options.quiet);
	ck_assert_str_eq(options.junit, "a");
	ck_assert_str_eq(options.json, "b");
	ck_assert_str_eq(options.coverage, "c");
	ck_assert(options.require_probes);
	ck_assert(!options.keep_going && !options.pin);
	ck_assert(run_parsed(&call, "--pin").pin);
}
END_TEST

START_TEST(time_keeps_going)
{
	struct call call;

	ck_assert(!run_parsed(&call, "--seeds 5").keep_going);
	ck_assert(run_parsed(&call, "--seeds 5 --keep-going").keep_going);
	ck_assert(run_parsed(&call, "--time 5s").keep_going);
	ck_assert(!run_parsed(&call, "--time 5s --until-fail").keep_going);
	ck_assert_has(run_refused("--keep-going --until-fail"), "ends at one");
}
END_TEST

START_TEST(profiles_are_lists)
{
	char text[PROFILE_BYTES];
	struct cli_error error;
	uint64_t profile, again;

	ck_assert(profile_parse("net,cancel,-reset", 17, &profile, &error));
	profile_format(profile, text);
	ck_assert(profile_parse(text, strlen(text), &again, &error));
	ck_assert_uint_eq(again, profile);
	for (unsigned i = 0; fm_sim_fault_name(i); i++) {
		const char *name = fm_sim_fault_name(i), *group = fm_sim_fault_group(i);
		const bool on = (strcmp(group, "net") == 0 && strcmp(name, "reset") != 0) || strcmp(group, "cancel") == 0;

		ck_assert_uint_eq(profile >> i & 1, !on);
	}
	for (unsigned i = 0; fm_sim_fault_name(i); i++) {
		for (unsigned k = 0; fm_sim_fault_name(k); k++) /* or a token would mean another thing than it says */
			ck_assert_str_ne(fm_sim_fault_name(i), fm_sim_fault_group(k));
		profile_format((uint64_t)1 << i, text);
		ck_assert(profile_parse(text, strlen(text), &again, &error));
		ck_assert_uint_eq(again, (uint64_t)1 << i);
	}
}
END_TEST

START_TEST(seeds)
{
	struct call call;

	ck_assert_uint_eq(run_parsed(&call, "--seeds 1").seeds.end, 1);
	ck_assert_uint_eq(run_parsed(&call, "--seeds 9223372036854775808").seeds.end, (uint64_t)1 << 63);
	ck_assert_uint_eq(run_parsed(&call, "--seeds 9223372036854775807..9223372036854775808").seeds.first,
			  ((uint64_t)1 << 63) - 1);
	ck_assert_has(run_refused("--seeds 0"), "'0' is less than 1");
	ck_assert_has(run_refused("--seeds -5"), "'-5' is negative");
	ck_assert_has(run_refused("--seeds=-5"), "'-5' is negative");
	ck_assert_has(run_refused("--seeds 9223372036854775809"), "too large");
	ck_assert_has(run_refused("--seeds 99999999999999999999999"), "too large");
	ck_assert_has(run_refused("--seeds 18446744073709551616"), "too large");
	ck_assert_has(run_refused("--seeds 8..5"), "'8..5' is upside down");
	ck_assert_has(run_refused("--seeds 5..5"), "'5..5' is empty");
	ck_assert_has(run_refused("--seeds -3..5"), "'-3' is negative");
	ck_assert_has(run_refused("--seeds 3..-5"), "'-5' is negative");
	ck_assert_has(run_refused("--seeds 3..99999999999999999999"), "too large");
	ck_assert_has(run_refused("--seeds 3.."), "is not a number");
	ck_assert_has(run_refused("--seeds ..3"), "is not a number");
	ck_assert_has(run_refused("--seeds 1..2..3"), "is not a number");
	ck_assert_has(run_refused("--seeds 10k"), "'10k' is not a number");
	ck_assert_has(run_refused("--seeds +3"), "is not a number");
	ck_assert_has(run_refused("--seeds 0x10"), "is not a number");
	ck_assert_has(run_refused("--seeds 1e3"), "is not a number");
	ck_assert_has(run_refused("--seeds"), "--seeds needs a value");
	ck_assert_has(run_refused("--seeds="), "--seeds needs a value");
}
END_TEST

START_TEST(times)
{
	struct call call;

	ck_assert_uint_eq(run_parsed(&call, "--time 5").time_ns, 5 * FM_SEC);
	ck_assert_uint_eq(run_parsed(&call, "--time 500ms").time_ns, 500 * FM_MS);
	ck_assert_uint_eq(run_parsed(&call, "--time 2m").time_ns, 2 * FM_MIN);
	ck_assert_uint_eq(run_parsed(&call, "--time 3h").time_ns, 3 * FM_HOUR);
	ck_assert_has(run_refused("--time 0s"), "less than 1");
	ck_assert_has(run_refused("--time -1s"), "negative");
	ck_assert_has(run_refused("--time soon"), "'soon' is not a time");
	ck_assert_has(run_refused("--time 5d"), "'5d' is not a time");
	ck_assert_has(run_refused("--time s"), "is not a number");
	ck_assert_has(run_refused("--time 99999999999999h"), "too large");
}
END_TEST

START_TEST(wrong_flags)
{
	struct replay_options replay;
	struct list_options list;
	struct cli_error error;
	struct call call;

	ck_assert_has(run_refused("--frobnicate"), "unknown flag '--frobnicate' for run");
	ck_assert_has(run_refused("-x"), "unknown flag '-x'");
	ck_assert_has(run_refused("--seed 5"), "unknown flag '--seed'");
	ck_assert_has(run_refused("--quiet=yes"), "--quiet takes no value");
	ck_assert_has(run_refused("--jobs 0"), "less than 1");
	ck_assert_has(run_refused("--jobs 257"), "too large");
	ck_assert_has(run_refused("--jobs many"), "number of jobs 'many' is not a number");
	ck_assert_has(run_refused("--strategy clever"), "unknown strategy 'clever'");
	ck_assert_has(run_refused("--faults evil"), "unknown fault profile 'evil'");
	ck_assert_has(run_refused("--faults net,-evil"), "unknown fault profile 'evil'");
	ck_assert_has(run_refused("--faults -net"), "'default,-net' takes one away");
	ck_assert_has(run_refused("--faults net,none"), "unknown fault profile 'none'");
	ck_assert_has(run_refused("--isolate=host"), "unknown isolation 'host'");
	ck_assert_has(run_refused("--coverage"), "--coverage needs a value");
	ck_assert_has(run_refused("--html="), "--html needs a value");
	ck_assert_str_eq(run_parsed(&call, "--html=x").html, "x");
	ck_assert_has(run_refused("--require-probes=x"), "--require-probes takes no value");

	ck_assert(!replay_options_parse(&replay, words(&call, ""), &error));
	ck_assert_has(error.text, "needs a token");
	ck_assert(!replay_options_parse(&replay, words(&call, "a b"), &error));
	ck_assert_has(error.text, "'b' is a second one");
	ck_assert(!replay_options_parse(&replay, words(&call, "a --perfetto"), &error));
	ck_assert_has(error.text, "--perfetto needs a value");
	ck_assert(replay_options_parse(&replay, words(&call, "a --perfetto x --html=y"), &error));
	ck_assert_str_eq(replay.perfetto, "x");
	ck_assert_str_eq(replay.html, "y");
	ck_assert(!replay_options_parse(&replay, words(&call, "a -o"), &error));
	ck_assert_has(error.text, "-o needs a value");
	ck_assert(replay_options_parse(&replay, words(&call, "--trace a -o b"), &error));
	ck_assert(replay.trace);
	ck_assert_str_eq(replay.subject, "a");
	ck_assert_str_eq(replay.out, "b");

	ck_assert(!list_options_parse(&list, words(&call, "--xml"), &error));
	ck_assert_has(error.text, "unknown flag '--xml' for list");
	ck_assert(list_options_parse(&list, words(&call, "a --json b"), &error));
	ck_assert(list.json);
	ck_assert_uint_eq(list.patterns_count, 2);
}
END_TEST

START_TEST(errors_stay_one_line)
{
	struct cli_error error;
	char *argv[] = { (char[]){ "--a\nb\033[31m" }, NULL };
	struct run_options options;

	ck_assert(!run_options_parse(&options, argv, &error));
	ck_assert_str_eq(error.text, "unknown flag '--a?b?[31m' for run: `run --help` lists its flags");
}
END_TEST

START_TEST(patterns)
{
	ck_assert(pattern_matches("chat/*", "chat/rooms"));
	ck_assert(pattern_matches("canary/*/broken", "canary/lost-permit/broken"));
	ck_assert(pattern_matches("*", "a/b/c"));
	ck_assert(pattern_matches("*/c", "a/b/c"));
	ck_assert(pattern_matches("a/?/c", "a/b/c"));
	ck_assert(pattern_matches("a/[bc]/c", "a/b/c"));
	ck_assert(!pattern_matches("a/[!bc]/c", "a/b/c"));
	ck_assert(!pattern_matches("a", "a/b"));
	ck_assert(!pattern_matches("", "a"));
	ck_assert(!pattern_matches("A", "a"));
}
END_TEST

START_TEST(files)
{
	struct files_options options;
	struct cli_error error;
	struct call call;

	ck_assert(!files_options_parse(&options, "report", words(&call, "--html x"), &error));
	ck_assert_has(error.text, "report needs a file");
	ck_assert(!files_options_parse(&options, "report", words(&call, "a --json"), &error));
	ck_assert_has(error.text, "unknown flag '--json' for report");
	ck_assert(files_options_parse(&options, "coverage", words(&call, "a --html x b --quiet"), &error));
	ck_assert_uint_eq(options.files_count, 2);
	ck_assert_str_eq(options.files[1], "b");
	ck_assert_str_eq(options.html, "x");
	ck_assert(options.quiet);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sim/cli/options");
	TCase *run = tcase_create("arguments");

	tcase_add_test(run, defaults);
	tcase_add_test(run, time_keeps_going);
	tcase_add_test(run, profiles_are_lists);
	tcase_add_test(run, flags_may_stand_anywhere);
	tcase_add_test(run, seeds);
	tcase_add_test(run, times);
	tcase_add_test(run, wrong_flags);
	tcase_add_test(run, errors_stay_one_line);
	tcase_add_test(run, patterns);
	tcase_add_test(run, files);
	suite_add_tcase(suite, run);
	return suite;
}
