/* The guided search: what a chance of one in 4096 finds in hundreds, that it is a function of its seed, and that its tapes are runs. */
#include "suite.h"

#include <fm_sim/guided.h>

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 4096
#define CAMPAIGNS 9

static struct fm_sim_result result;

static const struct fm_sim_scenario *doors(void)
{
	const struct fm_sim_scenario *const *list;

	ck_assert_uint_eq(fm_sim_scenarios(&list), 1);
	return list[0];
}

/* Strictly, with other addresses. */
static void replays(const struct fm_sim_tape *tape)
{
	const uint64_t hash = result.hash;
	const enum fm_sim_verdict verdict = result.verdict;

	fm_sim_run(doors(), &(struct fm_sim_options){ .strategy = FM_SIM_PORTFOLIO, .replay = tape, .salt = 5 }, &result);
	ck_assert_int_eq(result.verdict, verdict);
	ck_assert_uint_eq(result.hash, hash);
}

/* Runs to the first failure, or RUNS_MAX. */
static unsigned search(uint64_t seed, struct fm_sim_guided_counts *counts)
{
	struct fm_sim_guided *guided = fm_sim_guided_new(seed);
	struct fm_sim_tape tape = { 0 };
	unsigned runs = 0;

	ck_assert_ptr_nonnull(guided);
	do {
		struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = &tape };

		tape.count = 0;
		fm_sim_guided_next(guided, &options);
		fm_sim_run(doors(), &options, &result);
		fm_sim_guided_took(guided, &tape);
		replays(&tape);
		runs++;
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

/* By chance the median is 4096 ln 2 = 2839. Here each door costs its sixteen values and who is picked, not their product. */
START_TEST(doors_are_passed_one_after_another)
{
	struct fm_sim_guided_counts counts;
	unsigned runs[CAMPAIGNS];

	for (unsigned i = 0; i < CAMPAIGNS; i++)
		runs[i] = search(i, &counts);
	qsort(runs, CAMPAIGNS, sizeof(*runs), ascending);
	ck_assert_msg(runs[CAMPAIGNS / 2] < 2839 / 3, "the median is %u runs", runs[CAMPAIGNS / 2]);
}
END_TEST

START_TEST(it_is_a_function_of_its_seed)
{
	struct fm_sim_guided_counts one, other;
	const unsigned runs = search(3, &one);

	ck_assert_uint_eq(search(3, &other), runs);
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
		fm_sim_run(doors(), &options, &result);
		fm_sim_guided_took(guided, &tape);
		if (fm_sim_guided_counts(guided)->kept == 1)
			hash = hash ? hash : result.hash;
	}
	kept = fm_sim_guided_kept(guided, 0);
	ck_assert_ptr_nonnull(kept);
	fm_sim_run(doors(), &(struct fm_sim_options){ .strategy = FM_SIM_PORTFOLIO, .replay = kept }, &result);
	ck_assert_uint_eq(result.hash, hash);
	ck_assert_ptr_null(fm_sim_guided_kept(guided, fm_sim_guided_counts(guided)->kept));
	fm_sim_guided_free(guided);
	free(tape.records);
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("guided");
	TCase *tests = tcase_create("guided");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, doors_are_passed_one_after_another);
	tcase_add_test(tests, it_is_a_function_of_its_seed);
	tcase_add_test(tests, it_goes_on_from_what_was_kept);
	suite_add_tcase(made, tests);
	return made;
}
