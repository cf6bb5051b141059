/* Time passes between a wake and its poll: only by this fault, and never more than a timer may be late. */
#include "fault.h"

#include <fm/notify.h>
#include <fm/select.h>

#define SEEDS 100
#define RINGS 10
#define RING_NS (5 * FM_MS)
#define TICK_NS (400 * FM_US)
#define PATIENCE_NS (RING_NS + 300 * FM_US)

static struct {
	unsigned overtaken; /* polls for a ring that came at an earlier time */
	fm_ns latest;       /* how long after a ring was due that was, at most */
} notes;

static struct world {
	struct fm_notify bell;
	fm_ns due_ns; /* of the last ring */
	fm_ns rung_at;
} world;

struct ringer {
	struct fm_async async;
	struct fm_sleep pause;
	fm_ns due_ns;
	unsigned rings;
};

FM_ASYNC(ringer)
{
	FM_BEGIN;
	for (; self->rings < RINGS; self->rings++) {
		self->due_ns = fm_now() + RING_NS;
		FM_AWAIT(fm_sleep_until_init(&self->pause, self->due_ns));
		world.due_ns = self->due_ns;
		world.rung_at = fm_now();
		fm_notify_one(&world.bell);
	}
	FM_END;
}

struct waiter {
	struct fm_async async;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_notified rung;
	struct fm_sleep patience;
	unsigned rings;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	while (self->rings < RINGS) {
		FM_AWAIT(FM_SELECT_BIASED(&self->select, self->branch, fm_notified_init(&self->rung, &world.bell),
					  fm_sleep_init(&self->patience, PATIENCE_NS)));
		if (self->select.winner == 1)
			continue;
		self->rings++;
		notes.overtaken += fm_now() > world.rung_at;
		if (fm_now() - world.due_ns > notes.latest)
			notes.latest = fm_now() - world.due_ns;
	}
	FM_END;
}

/* Something is always due soon. */
struct ticker {
	struct fm_async async;
	struct fm_sleep pause;
	unsigned ticks;
};

FM_ASYNC(ticker)
{
	FM_BEGIN;
	for (; self->ticks < RINGS * RING_NS / TICK_NS; self->ticks++)
		FM_AWAIT(fm_sleep_init(&self->pause, TICK_NS));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct ringer *ringer = fm_sim_alloc(host, sizeof(*ringer), "ringer");
	struct waiter *waiter = fm_sim_alloc(host, sizeof(*waiter), "waiter");
	struct ticker *ticker = fm_sim_alloc(host, sizeof(*ticker), "ticker");

	(void)state;
	fm_notify_init(&world.bell);
	FM_ASYNC_INIT(ringer, ringer);
	FM_ASYNC_INIT(waiter, waiter);
	FM_ASYNC_INIT(ticker, ticker);
	fm_sim_start(waiter);
	fm_sim_start(ringer);
	fm_sim_start(ticker);
}

static void play_all(uint64_t profile)
{
	static const struct fm_sim_scenario scenario = {
		.name = "test/slow-poll",
		.claim = "ends",
		.faults = FM_SIM_FAULT_TIMER,
		.deadline_ns = FM_MIN,
		.setup = setup,
	};
	static struct fm_sim_result result;

	memset(&notes, 0, sizeof(notes));
	for (uint64_t seed = 0; seed < SEEDS; seed++)
		play_well(&scenario, seed, profile, &result);
}

START_TEST(time_passes_between_a_wake_and_its_poll)
{
	play_all(only("slow-poll"));
	ck_assert_uint_gt(notes.overtaken, SEEDS);
	ck_assert_uint_lt(notes.latest, FM_MS);
}
END_TEST

START_TEST(with_all_others_never_more_than_a_timer_is_late)
{
	play_all(FM_SIM_PROFILE_DEFAULT);
	ck_assert_uint_gt(notes.overtaken, 0);
	ck_assert_uint_lt(notes.latest, FM_MS);
}
END_TEST

START_TEST(without_it_no_time_passes)
{
	play_all((uint64_t)1 << fault_number("slow-poll"));
	ck_assert_uint_eq(notes.overtaken, 0);
}
END_TEST

TCase *slow_poll_case(void)
{
	TCase *slow = tcase_create("slow poll");

	tcase_add_test(slow, time_passes_between_a_wake_and_its_poll);
	tcase_add_test(slow, with_all_others_never_more_than_a_timer_is_late);
	tcase_add_test(slow, without_it_no_time_passes);
	return slow;
}
