/* A run that has not ended by its deadline: who goes round is told, by await and number; who waits for one thing does not. */
#include <fm/async.h>
#include <fm/sleep.h>
#include <fm_sim/sim.h>

#include <check.h>
#include <stdio.h>
#include <string.h>

struct waiter {
	struct fm_async async;
	struct fm_sleep sleep;
};

static unsigned line;

FM_ASYNC(waiter)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_HOUR));
	FM_END;
}

struct turner {
	struct fm_async async;
	struct fm_sleep sleep;
};

FM_ASYNC(turner)
{
	FM_BEGIN;
	for (;;) {
		line = __LINE__ + 1;
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
	}
	FM_END;
}

static bool turns;

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct waiter *waiter = fm_sim_alloc(host, sizeof(*waiter), "waiter");

	(void)state;
	FM_ASYNC_INIT(waiter, waiter);
	fm_sim_start(waiter);
	if (turns) {
		struct turner *turner = fm_sim_alloc(host, sizeof(*turner), "turner");

		FM_ASYNC_INIT(turner, turner);
		fm_sim_start(turner);
	}
}

static const struct fm_sim_failure *late(void)
{
	static struct fm_sim_result result;
	const struct fm_sim_scenario scenario = {
		.name = "test/round",
		.claim = "ends",
		.deadline_ns = FM_MIN,
		.setup = setup,
	};
	const struct fm_sim_options options = { .seed = 1, .strategy = FM_SIM_FIFO };

	fm_sim_run(&scenario, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.oracle, "deadline");
	return &result.failure;
}

START_TEST(who_waits_for_one_thing_does_not_go_round)
{
	turns = false;
	ck_assert_str_eq(late()->cause, "1 of the tasks that must end have not ended by the scenario's deadline");
	ck_assert_ptr_null(strstr(late()->text, "round:"));
}
END_TEST

START_TEST(who_goes_round_is_blamed_with_its_awaits)
{
	const struct fm_sim_failure *failure;
	char wanted[200];

	turns = true;
	failure = late();
	ck_assert_str_eq(failure->task, "turner");
	ck_assert_str_eq(failure->cause, "2 of the tasks that must end have not ended by the scenario's deadline: "
					 "task 'turner' goes round the same awaits");
	snprintf(wanted, sizeof(wanted), "since 30.000 s task #2 'turner' has gone round:\n  30 times at %s:%u: ", __FILE__,
		 line);
	ck_assert_msg(strstr(failure->text, wanted) != NULL, "%s is not in\n%s", wanted, failure->text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("sim/round");
	TCase *round = tcase_create("round");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_test(round, who_waits_for_one_thing_does_not_go_round);
	tcase_add_test(round, who_goes_round_is_blamed_with_its_awaits);
	suite_add_tcase(suite, round);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
