/* Timers are late by less than their granularity and never early; wall clocks are wrong, and the monotonic one never is. */
#include "fault.h"

#define SEEDS 100
#define PAUSE_NS (7 * FM_MS + 1)
#define PAUSES 20

static struct {
	fm_ns latest;       /* how late a timer was, at most */
	int64_t differ;     /* how far the two hosts' wall clocks were apart, at most */
	int64_t jumped;     /* how far one went between two looks, beyond the monotonic clock */
	int64_t walls[2];
} notes;

struct sleeper {
	struct fm_async async;
	struct fm_sleep pause;
	unsigned number;
	unsigned pauses;
	fm_ns due_ns;
	int64_t wall_ns;
};

static int64_t magnitude(int64_t value)
{
	return value < 0 ? -value : value;
}

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	notes.walls[self->number] = fm_wall_ns();
	for (self->pauses = 0; self->pauses < PAUSES; self->pauses++) {
		self->due_ns = fm_now() + PAUSE_NS;
		self->wall_ns = fm_wall_ns() - (int64_t)fm_now();
		FM_AWAIT(fm_sleep_until_init(&self->pause, self->due_ns));
		ck_assert_uint_ge(fm_now(), self->due_ns);
		if (fm_now() - self->due_ns > notes.latest)
			notes.latest = fm_now() - self->due_ns;
		self->wall_ns = magnitude(fm_wall_ns() - (int64_t)fm_now() - self->wall_ns);
		if (self->wall_ns > notes.jumped)
			notes.jumped = self->wall_ns;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct fm_sim_host *host = fm_sim_host(sim, i ? "right" : "left");
		struct sleeper *sleeper = fm_sim_alloc(host, sizeof(*sleeper), "sleeper");

		FM_ASYNC_INIT(sleeper, sleeper);
		sleeper->number = i;
		fm_sim_start(sleeper);
	}
}

static void play_all(uint64_t profile)
{
	static const struct fm_sim_scenario scenario = {
		.name = "test/clocks",
		.claim = "ends",
		.faults = FM_SIM_FAULT_TIMER | FM_SIM_FAULT_CLOCK,
		.deadline_ns = FM_MIN,
		.setup = setup,
	};
	static struct fm_sim_result result;

	memset(&notes, 0, sizeof(notes));
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(&scenario, seed, profile, &result);
		if (magnitude(notes.walls[0] - notes.walls[1]) > notes.differ)
			notes.differ = magnitude(notes.walls[0] - notes.walls[1]);
	}
}

START_TEST(without_faults_they_are_exact)
{
	play_all(FM_SIM_PROFILE_NONE);
	ck_assert_uint_eq(notes.latest, 0);
	ck_assert_int_eq(notes.differ, 0);
	ck_assert_int_eq(notes.jumped, 0);
}
END_TEST

START_TEST(late_by_a_millisecond_at_most)
{
	play_all(only("timer-late"));
	ck_assert_uint_gt(notes.latest, 900 * FM_US);
	ck_assert_uint_lt(notes.latest, FM_MS);
	ck_assert_int_eq(notes.jumped, 0);
}
END_TEST

START_TEST(wall_clocks_are_wrong)
{
	play_all(only("clock-skew"));
	ck_assert_int_gt(notes.differ, (int64_t)FM_HOUR);
	ck_assert_int_eq(notes.jumped, 0);
	ck_assert_uint_eq(notes.latest, 0);
}
END_TEST

START_TEST(wall_clocks_jump)
{
	play_all(only("clock-jump"));
	ck_assert_int_ge(notes.jumped, 24 * (int64_t)FM_HOUR);
	ck_assert_uint_eq(notes.latest, 0);
}
END_TEST

TCase *clocks_case(void)
{
	TCase *clocks = tcase_create("clocks");

	tcase_add_test(clocks, without_faults_they_are_exact);
	tcase_add_test(clocks, late_by_a_millisecond_at_most);
	tcase_add_test(clocks, wall_clocks_are_wrong);
	tcase_add_test(clocks, wall_clocks_jump);
	return clocks;
}
