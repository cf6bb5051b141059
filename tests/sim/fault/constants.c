/*
 * Hostile constants: a budget of one is drawn, and is no reason to be accused of turning on the spot; who does turn is found,
 * whatever the budget.
 */
#include "fault.h"

#include <limits.h>

#define TURNS 1000 /* far more polls than turning on the spot may take, if each did one operation only */

struct turner {
	struct fm_async async;
	struct fm_sleep sleep;
	unsigned left; /* sleeps of no time; UINT_MAX: no end */
};

FM_ASYNC(turner)
{
	FM_BEGIN;
	while (self->left == UINT_MAX || self->left--)
		FM_AWAIT(fm_sleep_init(&self->sleep, 0));
	FM_END;
}

static void start(struct fm_sim *sim, unsigned turns)
{
	struct turner *turner = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*turner), "turner");

	FM_ASYNC_INIT(turner, turner);
	turner->left = turns;
	fm_sim_start(turner);
}

static void setup_patient(struct fm_sim *sim, void *state)
{
	(void)state;
	start(sim, TURNS);
}

static void setup_endless(struct fm_sim *sim, void *state)
{
	(void)state;
	start(sim, UINT_MAX);
}

static const struct fm_sim_scenario patient = {
	.name = "test/patient", .claim = "many ready awaits, and an end", .deadline_ns = FM_SEC, .setup = setup_patient,
};

static const struct fm_sim_scenario endless = {
	.name = "test/endless", .claim = "no end", .deadline_ns = FM_SEC, .setup = setup_endless,
};

START_TEST(a_small_budget_is_drawn)
{
	struct fm_sim_result result;
	bool small[5] = { false };

	for (uint64_t seed = 0; seed < 200; seed++) {
		play_well(&patient, seed, only("constants"), &result);
		for (unsigned budget = 1; budget <= 4; budget++)
			small[budget] |= result.steps >= TURNS / budget && result.steps <= TURNS / budget + 2;
	}
	ck_assert_msg(small[1] && small[2] && small[3] && !small[4], "budgets drawn: %d %d %d", small[1], small[2], small[3]);
}
END_TEST

START_TEST(who_turns_is_found_whatever_the_budget)
{
	struct fm_sim_result result;
	const struct fm_sim_options options = { .budget = 1u << _i, .profile = FM_SIM_PROFILE_NONE };

	fm_sim_run(&patient, &options, &result);
	ck_assert_msg(result.verdict == FM_SIM_PASSED, "budget %u: %s", options.budget, result.failure.cause);
	fm_sim_run(&endless, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.oracle, "busy loop");
	ck_assert_uint_le(result.steps, (128 * 128 >> _i) + 2);
	ck_assert_uint_ge(result.steps, 128 * 128 >> _i);
}
END_TEST

TCase *constants_case(void)
{
	TCase *constants = tcase_create("constants");

	tcase_add_test(constants, a_small_budget_is_drawn);
	tcase_add_loop_test(constants, who_turns_is_found_whatever_the_budget, 0, 8);
	return constants;
}
