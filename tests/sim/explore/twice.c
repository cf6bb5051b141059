/*
 * Every scenario of the stock binary that can be enumerated in a few thousand runs: with the reduction and without, the same failures
 * by oracle and place. What the reduction takes for granted is broken by nobody here.
 */
#include "suite.h"

#include "sim/shrink/shrink.h"

#include <fm_sim/explore.h>
#include <fm_sim/oracle.h>

#include <string.h>

#define RUNS_MAX 2000
#define POLLS_MAX 20000 /* of all runs of a scenario: a small one */
#define KINDS_MAX 16
#define SCENARIOS_MIN 60 /* fewer that are compared: this test would show little */
#define REDUCED_MIN 50

void sim__link_calls(void);

struct verdicts {
	struct fm_sim_result kinds[KINDS_MAX];
	unsigned count;
	uint64_t whole;
	bool complete;
	bool reduced;
};

static void keep(struct verdicts *verdicts, const struct fm_sim_result *result)
{
	for (unsigned i = 0; i < verdicts->count; i++)
		if (shrink_same_failure(&verdicts->kinds[i], result))
			return;
	ck_assert_uint_lt(verdicts->count, KINDS_MAX);
	verdicts->kinds[verdicts->count++] = *result;
}

static void explore(const struct fm_sim_scenario *scenario, bool reduction, struct verdicts *verdicts)
{
	static struct fm_sim_result result;
	const struct fm_sim_explore_options how = { .no_reduction = !reduction, .steps_max = 60 };
	struct fm_sim_explore *explore = fm_sim_explore_new(&how);
	enum fm_sim_explore_state state = FM_SIM_EXPLORE_RUN;

	uint64_t polls = 0;

	verdicts->count = 0;
	for (unsigned runs = 0; runs < RUNS_MAX && polls < POLLS_MAX; runs++) {
		const struct fm_sim_options options = {
			.strategy = FM_SIM_EXPLORE,
			.profile = fm_sim_explore_profile(),
			.explore = explore,
			.oracles_off = FM_SIM_ORACLE_BIT(FM_SIM_ORACLE_CPU_TIME),
		};

		state = fm_sim_explore_next(explore);
		if (state == FM_SIM_EXPLORE_OVER)
			break;
		if (state == FM_SIM_EXPLORE_ANEW)
			verdicts->count = 0;
		fm_sim_run(scenario, &options, &result);
		polls += result.steps;
		if (result.verdict == FM_SIM_FAILED)
			keep(verdicts, &result);
	}
	verdicts->complete = state == FM_SIM_EXPLORE_OVER && !fm_sim_explore_counts(explore)->too_long;
	verdicts->reduced = fm_sim_explore_reduces(explore);
	verdicts->whole = fm_sim_explore_counts(explore)->runs - fm_sim_explore_counts(explore)->asleep;
	fm_sim_explore_free(explore);
}

static bool has(const struct verdicts *verdicts, const struct fm_sim_result *wanted)
{
	for (unsigned i = 0; i < verdicts->count; i++)
		if (shrink_same_failure(&verdicts->kinds[i], wanted))
			return true;
	return false;
}

/* Traps of the escape, bugs that end the process and one whose poll never ends are for runs in processes of their own. */
static bool wants_a_process(const struct fm_sim_scenario *scenario)
{
	static const char *const deadly[] = { "escape/", "newcomer/node-left/broken",
					      "newcomer/poll-until-none/broken" };

	for (size_t i = 0; i < FM_COUNT_OF(deadly); i++)
		if (strncmp(scenario->name, deadly[i], strlen(deadly[i])) == 0)
			return true;
	return false;
}

START_TEST(with_and_without)
{
	static struct verdicts every_one, some;
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);
	unsigned compared = 0, reduced = 0;
	uint64_t runs = 0, less = 0;

	sim__link_calls();
	for (size_t i = 0; i < count; i++) {
		if (list[i]->like || wants_a_process(list[i]))
			continue;
		explore(list[i], false, &every_one);
		if (!every_one.complete)
			continue;
		explore(list[i], true, &some);
		ck_assert_msg(some.complete && some.whole <= every_one.whole, "%s: more with the reduction", list[i]->name);
		for (unsigned k = 0; k < every_one.count; k++)
			ck_assert_msg(has(&some, &every_one.kinds[k]), "%s: the reduction misses '%s' at %s:%u", list[i]->name,
				      every_one.kinds[k].failure.oracle, every_one.kinds[k].failure.file,
				      every_one.kinds[k].failure.line);
		ck_assert_uint_eq(some.count, every_one.count);
		compared++;
		if (!some.reduced)
			continue;
		reduced++;
		runs += every_one.whole;
		less += some.whole;
	}
	printf("%u scenarios, %u of them reduced: %llu schedules and not %llu\n", compared, reduced, (unsigned long long)less,
	       (unsigned long long)runs);
	ck_assert_uint_ge(compared, SCENARIOS_MIN);
	ck_assert_uint_ge(reduced, REDUCED_MIN);
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("explore twice");
	TCase *tests = tcase_create("explore twice");

	tcase_set_timeout(tests, 600);
	tcase_add_test(tests, with_and_without);
	suite_add_tcase(made, tests);
	return made;
}
