/* The machine stands still: who is woken comes later than any timer may be, and never by more than a second; only by this fault. */
#include "fault.h"

#define SEEDS 200
#define NAPS 10
#define NAP_NS (3 * FM_MS)

static fm_ns latest_ns; /* how long after a nap was over its task was polled, at most */

struct sleeper {
	struct fm_async async;
	struct fm_sleep sleep;
	fm_ns due_ns;
	unsigned naps;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	for (; self->naps < NAPS; self->naps++) {
		self->due_ns = fm_now() + NAP_NS;
		FM_AWAIT(fm_sleep_until_init(&self->sleep, self->due_ns));
		if (fm_now() - self->due_ns > latest_ns)
			latest_ns = fm_now() - self->due_ns;
	}
	FM_END;
}

/* They are due at different times. */
static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct sleeper *sleeper = fm_sim_alloc(host, sizeof(*sleeper), "sleeper");

		FM_ASYNC_INIT(sleeper, sleeper);
		sleeper->naps = i;
		fm_sim_start(sleeper);
	}
}

static void play_all(uint32_t faults, uint64_t profile)
{
	const struct fm_sim_scenario scenario = {
		.name = "test/stall",
		.claim = "ends",
		.faults = faults,
		.deadline_ns = FM_MIN,
		.setup = setup,
	};
	static struct fm_sim_result result;

	latest_ns = 0;
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		play_well(&scenario, seed, profile, &result);
}

START_TEST(stalls_are_long_and_bounded)
{
	play_all(FM_SIM_FAULT_STALL, only("stall"));
	ck_assert_uint_ge(latest_ns, FM_MS);
	ck_assert_uint_lt(latest_ns, FM_SEC);
}
END_TEST

START_TEST(without_the_fault_nobody_stalls)
{
	play_all(FM_SIM_FAULT_STALL, (uint64_t)1 << fault_number("stall"));
	ck_assert_uint_eq(latest_ns, 0);
}
END_TEST

START_TEST(late_timers_allow_no_stall)
{
	play_all(FM_SIM_FAULTS_TIME, FM_SIM_PROFILE_DEFAULT);
	ck_assert_uint_lt(latest_ns, FM_MS);
}
END_TEST

TCase *stall_case(void)
{
	TCase *stall = tcase_create("stall");

	tcase_add_test(stall, stalls_are_long_and_bounded);
	tcase_add_test(stall, without_the_fault_nobody_stalls);
	tcase_add_test(stall, late_timers_allow_no_stall);
	return stall;
}
