/*
 * The guided search: what chance finds in thousands or millions of runs it finds in hundreds, what chance finds soon it finds as soon,
 * it is a function of its seed, and its tapes are runs.
 */
#include "suite.h"

#include <fm_sim/guided.h>

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 30000
#define REPLAYED_MAX 500
#define CAMPAIGNS 9

static struct fm_sim_result result;

static const struct fm_sim_scenario *named(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	ck_abort_msg("no %s", name);
}

/* Strictly, with other addresses. */
static void replays(const struct fm_sim_scenario *scenario, const struct fm_sim_tape *tape)
{
	const uint64_t hash = result.hash;
	const enum fm_sim_verdict verdict = result.verdict;

	fm_sim_run(scenario, &(struct fm_sim_options){ .strategy = FM_SIM_PORTFOLIO, .replay = tape, .salt = 5 }, &result);
	ck_assert_int_eq(result.verdict, verdict);
	ck_assert_uint_eq(result.hash, hash);
}

/* Runs to the first failure, or RUNS_MAX. */
static unsigned search(const char *name, uint64_t seed, struct fm_sim_guided_counts *counts)
{
	const struct fm_sim_scenario *scenario = named(name);
	struct fm_sim_guided *guided = fm_sim_guided_new(seed);
	struct fm_sim_tape tape = { 0 };
	unsigned runs = 0;

	ck_assert_ptr_nonnull(guided);
	do {
		struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = &tape };

		tape.count = 0;
		fm_sim_guided_next(guided, &options);
		fm_sim_run(scenario, &options, &result);
		fm_sim_guided_took(guided, &tape);
		if (++runs <= REPLAYED_MAX)
			replays(scenario, &tape);
	} while (result.verdict == FM_SIM_PASSED && runs < RUNS_MAX);
	*counts = *fm_sim_guided_counts(guided);
	fm_sim_guided_free(guided);
	free(tape.records);
	return runs;
}

static int ascending(const void *a, const void *b)
{
	const unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return (x > y) - (x < y);
}

static void in_the_median(const char *name, unsigned most)
{
	struct fm_sim_guided_counts counts;
	unsigned runs[CAMPAIGNS];

	for (unsigned i = 0; i < CAMPAIGNS; i++)
		runs[i] = search(name, i, &counts);
	qsort(runs, CAMPAIGNS, sizeof(*runs), ascending);
	ck_assert_msg(runs[CAMPAIGNS / 2] < most, "%s: the median is %u runs", name, runs[CAMPAIGNS / 2]);
}

/* By chance the median is 4096 ln 2 = 2839. Here each door costs its sixteen values and who is picked, not their product. */
START_TEST(doors_are_passed_one_after_another)
{
	in_the_median("doors/broken", 2839 / 3);
}
END_TEST

/* By chance it is 1,048,576 ln 2 = 726,817. */
START_TEST(five_steps_that_awaits_tell_of)
{
	in_the_median("deep/draws", 726817 / 100);
}
END_TEST

/* By a fair coin it is 33,554,432 ln 2. */
START_TEST(five_rounds_that_probes_tell_of)
{
	in_the_median("deep/turns", 726817 / 100);
}
END_TEST

/* The portfolio's runs, seed by seed: what those find is found as soon. Later they are at least a quarter. */
START_TEST(it_begins_as_the_portfolio_and_never_leaves_it)
{
	struct fm_sim_guided *guided = fm_sim_guided_new(4);
	struct fm_sim_tape tape = { 0 };

	for (unsigned i = 0; i < 2000; i++) {
		struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = &tape };

		tape.count = 0;
		fm_sim_guided_next(guided, &options);
		ck_assert_uint_eq(options.seed, i);
		if (i < 64)
			ck_assert_ptr_null(options.replay);
		fm_sim_run(named("deep/turns"), &options, &result);
		fm_sim_guided_took(guided, &tape);
	}
	ck_assert_uint_lt(fm_sim_guided_counts(guided)->changed, 2000 * 0.79);
	ck_assert_uint_gt(fm_sim_guided_counts(guided)->changed, 2000 * 0.21);
	fm_sim_guided_free(guided);
	free(tape.records);
}
END_TEST

START_TEST(it_is_a_function_of_its_seed)
{
	struct fm_sim_guided_counts one, other;
	const unsigned runs = search("doors/broken", 3, &one);

	ck_assert_uint_eq(search("doors/broken", 3, &other), runs);
	ck_assert_mem_eq(&one, &other, sizeof(one));
}
END_TEST

/* A tape that was kept is a beginning: the last door alone is left. */
START_TEST(it_goes_on_from_what_was_kept)
{
	struct fm_sim_guided *guided = fm_sim_guided_new(1);
	struct fm_sim_tape tape = { 0 };
	const struct fm_sim_tape *kept;
	uint64_t hash = 0;

	for (unsigned i = 0; i < 600; i++) {
		struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = &tape };

		tape.count = 0;
		fm_sim_guided_next(guided, &options);
		fm_sim_run(named("doors/broken"), &options, &result);
		fm_sim_guided_took(guided, &tape);
		if (fm_sim_guided_counts(guided)->kept == 1)
			hash = hash ? hash : result.hash;
	}
	kept = fm_sim_guided_kept(guided, 0);
	ck_assert_ptr_nonnull(kept);
	fm_sim_run(named("doors/broken"), &(struct fm_sim_options){ .strategy = FM_SIM_PORTFOLIO, .replay = kept }, &result);
	ck_assert_uint_eq(result.hash, hash);
	ck_assert_ptr_null(fm_sim_guided_kept(guided, fm_sim_guided_counts(guided)->kept));
	fm_sim_guided_free(guided);
	free(tape.records);
}
END_TEST

static void step(struct fm_sim_guided *guided, struct fm_sim_tape *tape)
{
	struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = tape };

	tape->count = 0;
	fm_sim_guided_next(guided, &options);
	fm_sim_run(named("deep/draws"), &options, &result);
	fm_sim_guided_took(guided, tape);
}

/* What one has found another comes to in as many runs as that has tapes; it does not give them on as its own. */
START_TEST(what_one_finds_is_new_to_another)
{
	struct fm_sim_guided *one = fm_sim_guided_new(1), *other = fm_sim_guided_new(2);
	struct fm_sim_tape tape = { 0 }, found;
	uint32_t count = 0;

	for (unsigned i = 0; i < 1000; i++)
		step(one, &tape);
	while (fm_sim_guided_found(one, count, &found) == 1) {
		ck_assert(fm_sim_guided_offer(other, &found));
		step(other, &tape);
		count++;
	}
	ck_assert_int_eq(fm_sim_guided_found(one, count, &found), -1);
	ck_assert_uint_ge(count, 3);
	ck_assert_uint_eq(fm_sim_guided_counts(one)->kept, count);
	ck_assert_uint_eq(fm_sim_guided_counts(other)->runs, count);
	ck_assert_uint_eq(fm_sim_guided_counts(other)->edges, fm_sim_guided_counts(one)->edges);
	ck_assert_uint_eq(fm_sim_guided_counts(other)->states, fm_sim_guided_counts(one)->states);
	for (uint32_t i = 0; i < fm_sim_guided_counts(other)->kept; i++)
		ck_assert_int_eq(fm_sim_guided_found(other, i, &found), 0);
	fm_sim_guided_free(one);
	fm_sim_guided_free(other);
	free(tape.records);
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("guided");
	TCase *tests = tcase_create("guided");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, doors_are_passed_one_after_another);
	tcase_add_test(tests, five_steps_that_awaits_tell_of);
	tcase_add_test(tests, five_rounds_that_probes_tell_of);
	tcase_add_test(tests, it_begins_as_the_portfolio_and_never_leaves_it);
	tcase_add_test(tests, it_is_a_function_of_its_seed);
	tcase_add_test(tests, it_goes_on_from_what_was_kept);
	tcase_add_test(tests, what_one_finds_is_new_to_another);
	suite_add_tcase(made, tests);
	return made;
}
