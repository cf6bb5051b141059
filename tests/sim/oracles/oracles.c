/*
 * Each oracle against its pairs: with all of them on, the broken twin is reported by that oracle and by no other; with that one off, by
 * nobody at all; and the correct twin is accused by nobody, under random and under plain scheduling.
 *
 * So a row here is a bug that only its oracle finds. Rows whose oracle cannot see under sanitizers are left out there.
 */
#include "suite.h"

#include <fm_sim/sim.h>
#include <sim/check/cpu.h>
#include <string.h>

/* sim/check/blocking.h: what stands between a program and the C library comes with main, which this is not. */
void sim__link_calls(void);

#if defined(__SANITIZE_THREAD__)
#define CALLS_ARE_SEEN false
#elif defined(__SANITIZE_ADDRESS__)
#define QUIET_SEEDS 25
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define QUIET_SEEDS 25
#endif
#if __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define CALLS_ARE_SEEN false
#endif
#endif
#ifndef CALLS_ARE_SEEN
#define CALLS_ARE_SEEN true
#endif

#define SEEDS 200	/* within which a bug must be found */
/* In which nothing may be found; sanitized ones take long. */
#ifndef QUIET_SEEDS
#define QUIET_SEEDS 200
#endif

struct row {
	enum fm_sim_oracle oracle;
	const char *pair;
};

static const struct row rows[] = {
	{ FM_SIM_ORACLE_NO_WAKER, "oracle/deaf-wait" },
	{ FM_SIM_ORACLE_STALE_WAKER, "oracle/older-waker" },
	{ FM_SIM_ORACLE_MISSED_WAKE, "canary/idle-driver" },
	{ FM_SIM_ORACLE_DEADLOCK, "canary/lock-order" },
	{ FM_SIM_ORACLE_FUTURELOCK, "canary/futurelock" },
	{ FM_SIM_ORACLE_HANG, "canary/erased-notification" },
	{ FM_SIM_ORACLE_STARVATION, "oracle/greedy-turn" },
	{ FM_SIM_ORACLE_STARVATION, "oracle/last-again" },
	{ FM_SIM_ORACLE_STARVATION, "oracle/spent-budget" },
	{ FM_SIM_ORACLE_WAKE_STORM, "oracle/spinning-wait" },
	{ FM_SIM_ORACLE_BUSY_LOOP, "oracle/zero-sleeps" },
	{ FM_SIM_ORACLE_CONTRACT, "canary/polled-again" },
	{ FM_SIM_ORACLE_CONTRACT, "oracle/waking-poll" },
	{ FM_SIM_ORACLE_CONTRACT, "oracle/late-wake" },
	{ FM_SIM_ORACLE_CONTRACT, "oracle/copied-waker" },
	{ FM_SIM_ORACLE_PANIC, "oracle/uncontained" },
	{ FM_SIM_ORACLE_LEAK, "canary/kept-waker" },
	{ FM_SIM_ORACLE_DRAIN, "oracle/late-drain" },
	{ FM_SIM_ORACLE_BLOCKED, "escape/sleeping-poll" },
	{ FM_SIM_ORACLE_HELD_LOCK, "oracle/lonely-lock" },
	{ FM_SIM_ORACLE_CPU_TIME, "escape/cpu-hog" },
	{ FM_SIM_ORACLE_ESCAPE, "escape/own-thread" },
	{ FM_SIM_ORACLE_DEADLINE, "oracle/late-answer" },
	{ FM_SIM_ORACLE_STEPS, "oracle/long-rally" },
	{ FM_SIM_ORACLE_CLAIM, "canary/torn-frame" },
};

static struct fm_sim_result result;

static const struct fm_sim_scenario *scenario(const char *pair, const char *twin)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);
	const size_t length = strlen(pair);

	for (size_t i = 0; i < count; i++)
		if (strncmp(list[i]->name, pair, length) == 0 && list[i]->name[length] == '/' &&
		    strcmp(list[i]->name + length + 1, twin) == 0)
			return list[i];
	ck_abort_msg("no scenario %s/%s", pair, twin);
}

static bool is_left_out(const struct row *row)
{
	return !CALLS_ARE_SEEN &&
	       (row->oracle == FM_SIM_ORACLE_BLOCKED || row->oracle == FM_SIM_ORACLE_HELD_LOCK);
}

static bool fails(const struct fm_sim_scenario *of, const struct fm_sim_options *options)
{
	sim__link_calls();
	ck_assert_msg(sim__cpu_watch(1), "no timer of CPU time");
	fm_sim_run(of, options, &result);
	return result.verdict != FM_SIM_PASSED;
}

START_TEST(broken_is_found_by_its_oracle_and_no_other)
{
	const struct row *row = &rows[_i];
	const struct fm_sim_scenario *broken = scenario(row->pair, "broken");
	unsigned found = 0;

	if (is_left_out(row))
		return;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		if (!fails(broken, &(struct fm_sim_options){ .seed = seed }))
			continue;
		found++;
		ck_assert_msg(strcmp(result.failure.oracle, fm_sim_oracle_name(row->oracle)) == 0,
			      "%s, seed %u: found by '%s', not by '%s'", broken->name, (unsigned)seed,
			      result.failure.oracle, fm_sim_oracle_name(row->oracle));
	}
	ck_assert_msg(found > 0, "%s: not found by '%s' in %d seeds", broken->name, fm_sim_oracle_name(row->oracle),
		      SEEDS);
}
END_TEST

START_TEST(without_its_oracle_nobody_finds_it)
{
	const struct row *row = &rows[_i];
	const struct fm_sim_scenario *broken = scenario(row->pair, "broken");

	if (is_left_out(row))
		return;
	for (uint64_t seed = 0; seed < QUIET_SEEDS; seed++)
		ck_assert_msg(!fails(broken, &(struct fm_sim_options){ .seed = seed,
								       .oracles_off = FM_SIM_ORACLE_BIT(row->oracle) }),
			      "%s, seed %u: without '%s' still found, by '%s'", broken->name, (unsigned)seed,
			      fm_sim_oracle_name(row->oracle), result.failure.oracle);
}
END_TEST

START_TEST(fixed_is_not_accused)
{
	const struct fm_sim_scenario *fixed = scenario(rows[_i].pair, "fixed");

	for (uint64_t seed = 0; seed < QUIET_SEEDS; seed++)
		ck_assert_msg(!fails(fixed, &(struct fm_sim_options){ .seed = seed }), "%s, seed %u: %s", fixed->name,
			      (unsigned)seed, result.failure.cause);
	ck_assert_msg(!fails(fixed, &(struct fm_sim_options){ .strategy = FM_SIM_FIFO }), "%s, first in first out: %s",
		      fixed->name, result.failure.cause);
}
END_TEST

/* A strategy that starves promises nobody a turn. That this one does is seen by how long the twin goes on. */
START_TEST(unfair_strategy_starves_without_accusation)
{
	static const char *const pairs[] = { "oracle/greedy-turn", "oracle/last-again", "oracle/spent-budget" };
	const struct fm_sim_scenario *fixed = scenario("oracle/spent-budget", "fixed");

	ck_assert(!fails(fixed, &(struct fm_sim_options){ .strategy = FM_SIM_FIFO }));
	ck_assert_uint_gt(result.steps, 300);
	ck_assert(!fails(fixed, &(struct fm_sim_options){ .seed = 1 }));
	ck_assert_uint_lt(result.steps, 30);
	for (unsigned i = 0; i < FM_COUNT_OF(pairs); i++)
		ck_assert_msg(!fails(scenario(pairs[i], "broken"),
				     &(struct fm_sim_options){ .strategy = FM_SIM_FIFO }),
			      "%s: %s", pairs[i], result.failure.cause);
}
END_TEST

/* Whatever the budget, a program that spends it fairly starves nobody, and one that does not is found. */
START_TEST(forced_pending_finds_a_budget_that_starves)
{
	const struct fm_sim_scenario *broken = scenario("oracle/spent-budget", "broken");
	const struct fm_sim_scenario *fixed = scenario("oracle/spent-budget", "fixed");
	unsigned found = 0;

	for (uint64_t seed = 0; seed < 8; seed++) {
		const struct fm_sim_options options = { .seed = seed,
							.budget = 1u << _i,
							.profile = FM_SIM_PROFILE_NONE };

		found += fails(broken, &options) && strcmp(result.failure.oracle, "starvation") == 0;
		ck_assert_msg(!fails(fixed, &options), "budget %u, seed %u: %s", options.budget, (unsigned)seed,
			      result.failure.cause);
	}
	ck_assert_uint_eq(found, 8);
}
END_TEST

START_TEST(every_oracle_has_a_pair_and_a_name_of_its_own)
{
	for (unsigned oracle = 0; oracle < FM_SIM_ORACLES_COUNT; oracle++) {
		bool has_pair = false;

		for (unsigned i = 0; i < FM_COUNT_OF(rows); i++)
			has_pair |= rows[i].oracle == oracle;
		ck_assert_msg(has_pair, "no pair for '%s'", fm_sim_oracle_name(oracle));
		for (unsigned other = 0; other < oracle; other++)
			ck_assert_str_ne(fm_sim_oracle_name(oracle), fm_sim_oracle_name(other));
	}
	ck_assert_ptr_null(fm_sim_oracle_name(FM_SIM_ORACLES_COUNT));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("oracles");
	TCase *matrix = tcase_create("the matrix");

	tcase_set_timeout(matrix, 60);
	tcase_add_loop_test(matrix, broken_is_found_by_its_oracle_and_no_other, 0, (int)FM_COUNT_OF(rows));
	tcase_add_loop_test(matrix, without_its_oracle_nobody_finds_it, 0, (int)FM_COUNT_OF(rows));
	tcase_add_loop_test(matrix, fixed_is_not_accused, 0, (int)FM_COUNT_OF(rows));
	tcase_add_test(matrix, every_oracle_has_a_pair_and_a_name_of_its_own);
	tcase_add_test(matrix, unfair_strategy_starves_without_accusation);
	tcase_add_loop_test(matrix, forced_pending_finds_a_budget_that_starves, 0, 8);
	suite_add_tcase(suite, matrix);
	return suite;
}
