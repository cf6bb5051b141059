/* What holds for every fault. */
#include "fault.h"

#include <stdlib.h>

#define SEEDS 60 /* of a run with one fault alone; nearly each is found by the tenth */

static struct fm_sim_result result;

static unsigned faults(void)
{
	unsigned count = 0;

	while (fm_sim_fault_name(count))
		count++;
	return count;
}

/* How often each fault struck in some seeds of a profile. */
static void count_strikes(const struct fm_sim_scenario *scenario, uint64_t profile, uint64_t *strikes)
{
	memset(strikes, 0, FM_SIM_FAULTS_MAX * sizeof(*strikes));
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(scenario, seed, profile, &result);
		for (unsigned i = 0; i < FM_SIM_FAULTS_MAX; i++)
			strikes[i] += result.struck[i];
	}
}

START_TEST(alone_it_strikes_and_nothing_else_does)
{
	uint64_t strikes[FM_SIM_FAULTS_MAX];

	count_strikes(&round_scenario, FM_SIM_PROFILE_NONE & ~((uint64_t)1 << _i), strikes);
	for (unsigned i = 0; i < FM_SIM_FAULTS_MAX; i++)
		ck_assert_msg((strikes[i] > 0) == (i == (unsigned)_i), "with %s alone, fault %u struck %llu times",
			      fm_sim_fault_name((unsigned)_i), i, (unsigned long long)strikes[i]);
}
END_TEST

START_TEST(switched_off_it_never_strikes)
{
	uint64_t strikes[FM_SIM_FAULTS_MAX];

	count_strikes(&round_scenario, (uint64_t)1 << _i, strikes);
	ck_assert_uint_eq(strikes[_i], 0);
}
END_TEST

/* Some of them are every program's to stand. */
START_TEST(not_allowed_it_never_strikes)
{
	struct fm_sim_scenario strict = round_scenario;
	uint64_t strikes[FM_SIM_FAULTS_MAX];

	strict.faults = 0;
	count_strikes(&strict, FM_SIM_PROFILE_DEFAULT, strikes);
	for (unsigned i = 0; i < faults(); i++) {
		const char *name = fm_sim_fault_name(i);
		const bool always = strcmp(fm_sim_fault_group(i), "schedule") == 0 || strcmp(name, "ghost-poll") == 0 ||
				    strcmp(name, "timer-ties") == 0 || strcmp(name, "constants") == 0;

		ck_assert_msg((strikes[i] > 0) == always, "%s struck %llu times", fm_sim_fault_name(i),
			      (unsigned long long)strikes[i]);
	}
}
END_TEST

/* A claim may ask for less where somebody went without memory, so the world must say so. */
START_TEST(no_memory_is_a_shortage)
{
	uint64_t strikes = 0;

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(&round_scenario, seed, only("no-memory"), &result);
		ck_assert_uint_eq(round_shortages, result.struck[fault_number("no-memory")]);
		strikes += round_shortages;
	}
	ck_assert_uint_gt(strikes, 0);
}
END_TEST

START_TEST(zeros_are_no_faults)
{
	struct fm_sim_options options = { .strategy = FM_SIM_FIFO };
	struct fm_sim_tape tape = { 0 };
	uint64_t hash;

	options.record = &tape;
	fm_sim_run(&round_scenario, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	for (unsigned i = 0; i < FM_SIM_FAULTS_MAX; i++)
		ck_assert_uint_eq(result.struck[i], 0);
	for (size_t i = 0; i < tape.count; i++)
		ck_assert_uint_eq(tape.records[i].value, 0);
	hash = result.hash;
	options = (struct fm_sim_options){ .seed = 99, .replay = &tape };
	fm_sim_run(&round_scenario, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_uint_eq(result.hash, hash);
	free(tape.records);
}
END_TEST

START_TEST(a_tape_of_it_is_the_run)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		struct fm_sim_tape tape = { 0 };
		struct fm_sim_options options = { .seed = seed, .record = &tape };
		uint64_t hash;

		options.profile = FM_SIM_PROFILE_NONE & ~((uint64_t)1 << _i);
		fm_sim_run(&round_scenario, &options, &result);
		hash = result.hash;
		options.record = NULL;
		options.replay = &tape;
		options.seed = 1;
		options.salt = 0x5a17 + seed;
		fm_sim_run(&round_scenario, &options, &result);
		ck_assert_msg(result.verdict == FM_SIM_PASSED, "%s: %s", result.failure.oracle, result.failure.cause);
		ck_assert_uint_eq(result.hash, hash);
		free(tape.records);
	}
}
END_TEST

TCase *strikes_case(void)
{
	TCase *strikes = tcase_create("strikes");
	const int count = (int)faults();

	tcase_set_timeout(strikes, 120);
	tcase_add_loop_test(strikes, alone_it_strikes_and_nothing_else_does, 0, count);
	tcase_add_loop_test(strikes, switched_off_it_never_strikes, 0, count);
	tcase_add_loop_test(strikes, a_tape_of_it_is_the_run, 0, count);
	tcase_add_test(strikes, not_allowed_it_never_strikes);
	tcase_add_test(strikes, no_memory_is_a_shortage);
	tcase_add_test(strikes, zeros_are_no_faults);
	return strikes;
}
