/* Interval: no drift, no tick lost to a drop, and what happens to ticks that were missed. */
#include "hand.h"
#include "suite.h"

#include <fm/embed.h>
#include <fm/interval.h>

#define PERIOD (100 * FM_MS)

static struct hand hand;
static struct fm_interval interval;
static struct fm_interval_tick tick, other;
static fm_ns start_ns;

static void open_hand(void)
{
	hand_open(&hand);
	start_ns = hand.now_ns;
}

static void close_hand(void)
{
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_close(&hand);
}

static void make(enum fm_interval_behaviour behaviour)
{
	ck_assert_int_eq(fm_interval_init(&interval, PERIOD, behaviour), FM_OK);
}

/* Takes a tick that is due already. */
static void take(fm_ns due_ns)
{
	fm_interval_tick_init(&tick, &interval);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_READY);
	ck_assert_int_eq(tick.fut.status, FM_OK);
	ck_assert_uint_eq(tick.due_ns, start_ns + due_ns);
}

/* The next is due exactly then. */
static void next_is(fm_ns due_ns)
{
	ck_assert_uint_eq(interval.next_ns, start_ns + due_ns);
	fm_interval_tick_init(&tick, &interval);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), start_ns + due_ns);
	hand_advance(&hand, start_ns + due_ns - hand.now_ns - 1);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	hand_advance(&hand, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_READY);
	ck_assert_uint_eq(tick.due_ns, start_ns + due_ns);
}

START_TEST(a_period_of_nothing)
{
	ck_assert_int_eq(fm_interval_init(&interval, 0, FM_INTERVAL_BURST), FM_ERR_INVALID);
	ck_assert_int_eq(fm_interval_at_init(&interval, 5, 0, FM_INTERVAL_SKIP), FM_ERR_INVALID);
}
END_TEST

START_TEST(first_at_once_then_each_period)
{
	make(FM_INTERVAL_BURST);
	take(0);
	next_is(PERIOD);
	next_is(2 * PERIOD);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(first_at_its_start)
{
	ck_assert_int_eq(fm_interval_at_init(&interval, start_ns + 7, PERIOD, FM_INTERVAL_DELAY), FM_OK);
	next_is(7);
	next_is(7 + PERIOD);
}
END_TEST

START_TEST(begins_at_the_first_poll_where_no_executor_runs)
{
	fm_executor_enter(NULL);
	make(FM_INTERVAL_BURST);
	fm_executor_enter(hand.executor);
	hand.now_ns += 3 * PERIOD;
	take(3 * PERIOD);
	next_is(4 * PERIOD);
}
END_TEST

/* Corpus T11: a body that takes time, and a little lateness every time. */
START_TEST(does_not_drift)
{
	static const enum fm_interval_behaviour behaviours[3] = { FM_INTERVAL_BURST, FM_INTERVAL_DELAY,
								  FM_INTERVAL_SKIP };

	ck_assert_int_eq(fm_interval_init(&interval, PERIOD, behaviours[_i]), FM_OK);
	for (unsigned i = 0; i < 100; i++) {
		take(i * PERIOD);
		hand_advance(&hand, start_ns + (i + 1) * PERIOD + FM_INTERVAL_SLACK_NS - hand.now_ns);
	}
}
END_TEST

START_TEST(burst_catches_up)
{
	make(FM_INTERVAL_BURST);
	take(0);
	hand_advance(&hand, 3 * PERIOD + PERIOD / 2);
	take(PERIOD);
	take(2 * PERIOD);
	take(3 * PERIOD);
	next_is(4 * PERIOD);
}
END_TEST

START_TEST(delay_counts_from_when_it_was_taken)
{
	make(FM_INTERVAL_DELAY);
	take(0);
	hand_advance(&hand, 2 * PERIOD + PERIOD / 2);
	take(PERIOD);
	next_is(3 * PERIOD + PERIOD / 2);
	next_is(4 * PERIOD + PERIOD / 2);
}
END_TEST

START_TEST(skip_keeps_in_step)
{
	make(FM_INTERVAL_SKIP);
	take(0);
	hand_advance(&hand, 2 * PERIOD + PERIOD / 2);
	take(PERIOD);
	next_is(3 * PERIOD);
	hand_advance(&hand, 5 * PERIOD);
	take(4 * PERIOD);
	next_is(9 * PERIOD);
}
END_TEST

START_TEST(late_by_no_more_than_the_slack_is_not_missed)
{
	make(FM_INTERVAL_DELAY);
	take(0);
	hand_advance(&hand, PERIOD + FM_INTERVAL_SLACK_NS);
	take(PERIOD);
	hand_advance(&hand, PERIOD + 1);
	take(2 * PERIOD);
	ck_assert_uint_eq(interval.next_ns, hand.now_ns + PERIOD);
}
END_TEST

START_TEST(a_drop_loses_no_tick)
{
	make(FM_INTERVAL_BURST);
	fm_interval_tick_init(&tick, &interval);
	fm_drop(&tick.fut);
	take(0);
	fm_interval_tick_init(&tick, &interval);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	fm_drop(&tick.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_interval_tick_init(&tick, &interval);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	hand_advance(&hand, PERIOD);
	fm_drop(&tick.fut);
	take(PERIOD);
}
END_TEST

START_TEST(a_refused_budget_loses_no_tick)
{
	make(FM_INTERVAL_BURST);
	fm_interval_tick_init(&tick, &interval);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_READY);
	ck_assert_uint_eq(tick.due_ns, start_ns);
}
END_TEST

START_TEST(two_wait_for_one_tick)
{
	struct hand_waker second;

	hand_waker_init(&second);
	make(FM_INTERVAL_BURST);
	take(0);
	fm_interval_tick_init(&tick, &interval);
	fm_interval_tick_init(&other, &interval);
	hand_poll(&hand, &tick.fut);
	hand_poll_as(&hand, &other.fut, &second);
	hand_advance(&hand, PERIOD);
	ck_assert_int_eq(hand_poll_as(&hand, &other.fut, &second), FM_READY);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	hand_advance(&hand, PERIOD);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_READY);
	ck_assert_uint_eq(tick.due_ns, start_ns + 2 * PERIOD);
}
END_TEST

START_TEST(newest_waker_is_woken)
{
	struct hand_waker newer;

	hand_waker_init(&newer);
	make(FM_INTERVAL_BURST);
	take(0);
	fm_interval_tick_init(&tick, &interval);
	hand_poll(&hand, &tick.fut);
	hand_poll_as(&hand, &tick.fut, &newer);
	hand_advance(&hand, PERIOD);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(newer.wakes, 1);
	fm_drop(&tick.fut);
}
END_TEST

/* Corpus T01, for every behaviour. */
START_TEST(beyond_the_end_of_time)
{
	ck_assert_int_eq(fm_interval_init(&interval, FM_NS_MAX - 1, (enum fm_interval_behaviour)_i), FM_OK);
	hand_advance(&hand, FM_HOUR);
	take(0);
	ck_assert_uint_eq(interval.next_ns, FM_NS_MAX);
	fm_interval_tick_init(&tick, &interval);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	hand_advance(&hand, FM_NS_MAX);
	ck_assert_int_eq(hand_poll(&hand, &tick.fut), FM_PENDING);
	fm_drop(&tick.fut);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("interval");
	TCase *t = tcase_create("interval");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, a_period_of_nothing);
	tcase_add_test(t, first_at_once_then_each_period);
	tcase_add_test(t, first_at_its_start);
	tcase_add_test(t, begins_at_the_first_poll_where_no_executor_runs);
	tcase_add_loop_test(t, does_not_drift, 0, 3);
	tcase_add_test(t, burst_catches_up);
	tcase_add_test(t, delay_counts_from_when_it_was_taken);
	tcase_add_test(t, skip_keeps_in_step);
	tcase_add_test(t, late_by_no_more_than_the_slack_is_not_missed);
	tcase_add_test(t, a_drop_loses_no_tick);
	tcase_add_test(t, a_refused_budget_loses_no_tick);
	tcase_add_test(t, two_wait_for_one_tick);
	tcase_add_test(t, newest_waker_is_woken);
	tcase_add_loop_test(t, beyond_the_end_of_time, 0, 3);
	suite_add_tcase(s, t);
	return s;
}
