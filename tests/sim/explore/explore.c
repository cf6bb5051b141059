/* The numbers of schedules, by calculation; none twice; each is its tape. */
#include "suite.h"

#include <fm_sim/explore.h>

#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 200000

static struct fm_sim_result result;
static uint64_t hashes[RUNS_MAX];

struct seen {
	struct fm_sim_explore_counts counts;
	uint64_t failed;
	uint64_t whole; /* runs that were not left since the same had been seen */
};

static const struct fm_sim_scenario *find(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	ck_abort_msg("no program %s", name);
	return NULL;
}

static int ascending(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static uint64_t count_distinct(uint64_t count)
{
	uint64_t distinct = count > 0;

	qsort(hashes, count, sizeof(*hashes), ascending);
	for (uint64_t i = 1; i < count; i++)
		distinct += hashes[i] != hashes[i - 1];
	return distinct;
}

/* What was run, run again from its tape. */
static void replays(const struct fm_sim_scenario *scenario, const struct fm_sim_tape *tape)
{
	const struct fm_sim_options options = {
		.strategy = FM_SIM_EXPLORE,
		.profile = fm_sim_explore_profile(),
		.replay = tape,
		.salt = 77,
	};
	const uint64_t hash = result.hash;
	const enum fm_sim_verdict verdict = result.verdict;

	fm_sim_run(scenario, &options, &result);
	ck_assert_int_eq(result.verdict, verdict);
	ck_assert_uint_eq(result.hash, hash);
	ck_assert_str_eq(result.divergence.text, "");
}

static struct seen explore(const char *name, struct fm_sim_explore_options how)
{
	const struct fm_sim_scenario *scenario = find(name);
	struct fm_sim_explore *explore = fm_sim_explore_new(&how);
	struct fm_sim_tape tape = { 0 };
	struct seen seen = { 0 };
	uint64_t runs = 0, whole = 0;

	ck_assert_ptr_nonnull(explore);
	while (fm_sim_explore_next(explore) != FM_SIM_EXPLORE_OVER) {
		const struct fm_sim_options options = {
			.strategy = FM_SIM_EXPLORE,
			.profile = fm_sim_explore_profile(),
			.explore = explore,
			.record = &tape,
		};
		const uint64_t asleep = fm_sim_explore_counts(explore)->asleep;
		const uint64_t cut = fm_sim_explore_counts(explore)->too_long + asleep;

		tape.count = 0;
		fm_sim_run(scenario, &options, &result);
		ck_assert_uint_lt(runs, RUNS_MAX);
		runs++;
		if (fm_sim_explore_counts(explore)->asleep == asleep)
			hashes[whole++] = result.hash;
		seen.failed += result.verdict == FM_SIM_FAILED;
		if (fm_sim_explore_counts(explore)->too_long + fm_sim_explore_counts(explore)->asleep == cut)
			replays(scenario, &tape);
	}
	seen.counts = *fm_sim_explore_counts(explore);
	seen.whole = whole;
	ck_assert_uint_eq(seen.counts.runs, runs);
	ck_assert_uint_eq(seen.counts.asleep, runs - whole);
	ck_assert_uint_eq(count_distinct(whole), whole);
	ck_assert(!seen.counts.differed);
	fm_sim_explore_free(explore);
	free(tape.records);
	return seen;
}

static const struct fm_sim_explore_options every_one = { .no_reduction = true };
static const struct fm_sim_explore_options reduced = { .domains = 0 };

/* (t s)! / (s!)^t */
START_TEST(steps_are_counted)
{
	static const struct {
		const char *name;
		uint64_t schedules;
	} rows[] = {
		{ "steps/1-tasks-of-3", 1 },  { "steps/2-tasks-of-1", 2 },  { "steps/2-tasks-of-2", 6 },
		{ "steps/2-tasks-of-3", 20 }, { "steps/2-tasks-of-4", 70 }, { "steps/3-tasks-of-1", 6 },
		{ "steps/3-tasks-of-2", 90 }, { "steps/4-tasks-of-1", 24 },
	};

	for (unsigned i = 0; i < FM_COUNT_OF(rows); i++) {
		const struct seen seen = explore(rows[i].name, every_one);

		ck_assert_msg(seen.counts.runs == rows[i].schedules, "%s: %llu schedules and not %llu", rows[i].name,
			      (unsigned long long)seen.counts.runs, (unsigned long long)rows[i].schedules);
		ck_assert_uint_eq(seen.failed, 0);
	}
}
END_TEST

/*
 * Of the 20 an update is kept where one task's write is before the other's read: the first step of the other at any of 4 places
 * before, between and behind those of the one, for each of the two.
 */
START_TEST(failures_are_counted)
{
	const struct seen seen = explore("update/broken", every_one);

	ck_assert_uint_eq(seen.counts.runs, 20);
	ck_assert_uint_eq(seen.failed, 20 - 2 * 4);
}
END_TEST

/* Two of two tasks without points between: each task is one step. */
START_TEST(domains_can_be_left_out)
{
	ck_assert_uint_eq(explore("steps/2-tasks-of-3", (struct fm_sim_explore_options){ .no_reduction = true, .domains = FM_SIM_EXPLORE_SCHEDULE })
				  .counts.runs,
			  2);
	/* Points alone: where a task is left the other is next, the one that goes first is always the first. */
	ck_assert_uint_eq(explore("steps/2-tasks-of-3", (struct fm_sim_explore_options){ .no_reduction = true, .domains = FM_SIM_EXPLORE_SELECT })
				  .counts.runs,
			  1);
}
END_TEST

START_TEST(draws_are_enumerated)
{
	const uint32_t all = FM_SIM_EXPLORE_DOMAINS_DEFAULT | FM_SIM_EXPLORE_USER;
	struct seen seen = explore("draws/broken", every_one);

	ck_assert_uint_eq(seen.counts.runs, 2);
	ck_assert_uint_eq(seen.failed, 0);
	seen = explore("draws/broken", (struct fm_sim_explore_options){ .no_reduction = true, .domains = all });
	ck_assert_uint_eq(seen.counts.runs, 1 + 3);
	ck_assert_uint_eq(seen.failed, 1);
}
END_TEST

/* k rounds, the other, a last round: k from 0 to 8 are whole in 10 steps; the one of 9 rounds and the one of 10 and more are cut. */
START_TEST(the_bound_cuts)
{
	const struct seen seen = explore("spins/for-ever", (struct fm_sim_explore_options){ .no_reduction = true, .steps_max = 10 });

	ck_assert_uint_eq(seen.counts.runs, 11);
	ck_assert_uint_eq(seen.counts.too_long, 2);
	ck_assert_uint_eq(seen.counts.steps_longest, 10);
	ck_assert_uint_eq(seen.failed, 0);
}
END_TEST

START_TEST(what_is_broken_is_found)
{
	static const char *const broken[] = { "abba/broken", "wake/broken", "channel/broken" };
	static const char *const fixed[] = { "abba/fixed", "wake/fixed", "channel/one-each", "channel/two-each" };

	for (unsigned i = 0; i < FM_COUNT_OF(broken); i++) {
		const struct seen seen = explore(broken[i], every_one);

		ck_assert_msg(seen.failed > 0 && seen.failed < seen.counts.runs, "%s: %llu of %llu failed", broken[i],
			      (unsigned long long)seen.failed, (unsigned long long)seen.counts.runs);
	}
	for (unsigned i = 0; i < FM_COUNT_OF(fixed); i++)
		ck_assert_msg(explore(fixed[i], every_one).failed == 0, "%s failed", fixed[i]);
}
END_TEST

/*
 * Two tasks of three steps that have nothing to do with each other: all 20 orders are one.
 */
START_TEST(independent_steps_are_one_order)
{
	struct seen seen = explore("locks/apart", every_one);

	ck_assert_uint_eq(seen.whole, 20);
	seen = explore("locks/apart", reduced);
	ck_assert_uint_eq(seen.whole, 1);
	ck_assert_uint_gt(seen.counts.pruned, 0);
}
END_TEST

/* Plain variables are what the library does not know of: steps that touch nothing else are never taken for independent. */
START_TEST(what_is_not_known_is_dependent)
{
	ck_assert_uint_eq(explore("steps/2-tasks-of-3", reduced).whole, 20);
	ck_assert_uint_eq(explore("steps/3-tasks-of-2", reduced).whole, 90);
	ck_assert_uint_eq(explore("update/broken", reduced).failed, 12);
}
END_TEST

START_TEST(the_reduction_finds_the_same)
{
	static const char *const names[] = { "abba/broken",    "abba/fixed",       "wake/broken",      "wake/fixed",
					     "channel/broken", "channel/one-each", "channel/two-each", "locks/shared" };

	for (unsigned i = 0; i < FM_COUNT_OF(names); i++) {
		const struct seen all = explore(names[i], every_one);
		const struct seen some = explore(names[i], reduced);

		ck_assert_msg(some.whole < all.whole, "%s: %llu of %llu schedules", names[i], (unsigned long long)some.whole,
			      (unsigned long long)all.whole);
		ck_assert_msg((some.failed > 0) == (all.failed > 0), "%s: the reduction finds something else", names[i]);
		ck_assert_ptr_null(some.counts.not_reduced);
	}
}
END_TEST

/* Without an exploration the strategy is the plain run. */
START_TEST(by_itself_it_is_the_plain_run)
{
	uint64_t hash;

	fm_sim_run(find("abba/broken"),
		   &(struct fm_sim_options){ .strategy = FM_SIM_EXPLORE, .profile = fm_sim_explore_profile() }, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	hash = result.hash;
	fm_sim_run(find("abba/broken"),
		   &(struct fm_sim_options){ .strategy = FM_SIM_EXPLORE, .profile = fm_sim_explore_profile(), .seed = 9 },
		   &result);
	ck_assert_uint_eq(result.hash, hash);
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("explore");
	TCase *tests = tcase_create("explore");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, steps_are_counted);
	tcase_add_test(tests, failures_are_counted);
	tcase_add_test(tests, domains_can_be_left_out);
	tcase_add_test(tests, draws_are_enumerated);
	tcase_add_test(tests, the_bound_cuts);
	tcase_add_test(tests, what_is_broken_is_found);
	tcase_add_test(tests, independent_steps_are_one_order);
	tcase_add_test(tests, what_is_not_known_is_dependent);
	tcase_add_test(tests, the_reduction_finds_the_same);
	tcase_add_test(tests, by_itself_it_is_the_plain_run);
	suite_add_tcase(made, tests);
	return made;
}
