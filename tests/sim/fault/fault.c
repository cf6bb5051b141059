/* The suite, and runs by the name of a fault. */
#include "fault.h"
#include "suite.h"

unsigned fault_number(const char *name)
{
	unsigned number = 0;

	while (fm_sim_fault_name(number) && strcmp(fm_sim_fault_name(number), name) != 0)
		number++;
	ck_assert_msg(fm_sim_fault_name(number) != NULL, "there is no fault '%s'", name);
	return number;
}

uint64_t only(const char *name)
{
	return FM_SIM_PROFILE_NONE & ~((uint64_t)1 << fault_number(name));
}

void play_well(const struct fm_sim_scenario *scenario, uint64_t seed, uint64_t profile, struct fm_sim_result *result)
{
	const struct fm_sim_options options = { .seed = seed, .profile = profile };

	fm_sim_run(scenario, &options, result);
	ck_assert_msg(result->verdict == FM_SIM_PASSED, "seed %llu: %s: %s\n%s", (unsigned long long)seed,
		      result->failure.oracle, result->failure.cause, result->failure.text);
}

Suite *suite(void)
{
	Suite *all = suite_create("sim/fault");

	suite_add_tcase(all, strikes_case());
	suite_add_tcase(all, crash_case());
	suite_add_tcase(all, shutdown_case());
	suite_add_tcase(all, clocks_case());
	suite_add_tcase(all, lag_case());
	suite_add_tcase(all, constants_case());
	suite_add_tcase(all, slow_poll_case());
	suite_add_tcase(all, stall_case());
	return all;
}
