/*
 * Every bug that the stock binary plants, shrunk. Each result is 1-minimal, which is tried out: with any one of its draws
 * zeroed it does not fail so any more. The median has at most 6 draws that are not 0, and each takes under 10 seconds.
 */
#include "sim/cli/batch.h"
#include "sim/cli/shrink_run.h"

#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEDS 5000
#define DRAWS_MEDIAN 6
#define BUGS_MAX 1024

static const struct fm_sim_scenario *const *all;
static uint64_t draws[BUGS_MAX];
static size_t shrunk_count;

static bool is_bug(const struct fm_sim_scenario *scenario)
{
	const size_t length = strlen(scenario->name);

	return length > 7 && strcmp(scenario->name + length - 7, "/broken") == 0 &&
	       strncmp(scenario->name, "canary/determinism", 18) != 0;
}

/* The first seed that fails; false: it is not to be shrunk, for reasons that the command tells. */
static bool find(struct token *token)
{
	const struct fm_sim_tape *record;
	struct fm_sim_result result;
	struct shrink_run run;
	bool found = false;

	ck_assert(shrink_run_open(&run, token));
	for (token->seed = 0; token->seed < SEEDS && !found; token->seed++) {
		ck_assert(shrink_run_once(&run, NULL, false, &record, &result));
		found = result.verdict == FM_SIM_FAILED;
	}
	token->seed--;
	shrink_run_close(&run);
	ck_assert_msg(found, "%s is not found", token->scenario->name);
	return !shrink_refuses(&result);
}

static void check_minimal(const struct token *token, struct shrunk *shrunk)
{
	const struct fm_sim_tape *least = &shrunk->shrink.tape, *record;
	struct shrink_run run;
	struct fm_sim_result result;

	ck_assert(shrink_run_open(&run, token));
	ck_assert(shrink_run_once(&run, least, false, &record, &result));
	ck_assert_uint_eq(result.hash, shrunk->shrink.result.hash);
	ck_assert(shrink_same_failure(&result, &shrunk->original));
	for (size_t i = 0; i < least->count; i++) {
		const struct fm_sim_draw_record kept = least->records[i];

		if (kept.value == 0)
			continue;
		least->records[i].value = 0;
		least->records[i].chosen = 0;
		ck_assert(shrink_run_once(&run, least, true, &record, &result));
		ck_assert_msg(!shrink_same_failure(&result, &shrunk->original),
			      "%s seed %llu: draw %zu can be zeroed", token->scenario->name,
			      (unsigned long long)token->seed, i);
		least->records[i] = kept;
	}
	shrink_run_close(&run);
}

static void shrink_one(const struct fm_sim_scenario *scenario)
{
	struct token token = { .scenario = scenario };
	struct shrunk shrunk;

	if (!find(&token))
		return;
	ck_assert(shrink_token(&shrunk, &token, NULL, 10 * FM_SEC));
	ck_assert_msg(shrunk.repeats, "%s does not repeat", scenario->name);
	ck_assert_msg(!shrunk.shrink.stopped, "%s was not shrunk in time", scenario->name);
	check_minimal(&token, &shrunk);
	draws[shrunk_count++] = shrunk.to.nonzero;
	shrink_close(&shrunk.shrink);
}

static int by_size(const void *a, const void *b)
{
	const uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return one < other ? -1 : one > other;
}

START_TEST(all_bugs)
{
	const size_t count = fm_sim_scenarios(&all);

	for (size_t i = 0; i < count; i++)
		if (is_bug(all[i]))
			shrink_one(all[i]);
	ck_assert_uint_ge(shrunk_count, 40);
	qsort(draws, shrunk_count, sizeof(draws[0]), by_size);
	printf("%zu bugs; draws that are not 0: median %llu, most %llu\n", shrunk_count,
	       (unsigned long long)draws[shrunk_count / 2], (unsigned long long)draws[shrunk_count - 1]);
	ck_assert_uint_le(draws[shrunk_count / 2], DRAWS_MEDIAN);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sim/shrink/minimal");
	TCase *bugs = tcase_create("bugs");

	tcase_set_timeout(bugs, 300);
	tcase_add_test(bugs, all_bugs);
	suite_add_tcase(suite, bugs);
	return suite;
}
