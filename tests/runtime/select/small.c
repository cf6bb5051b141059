/* Race, and the small futures: a function, a status, never, and what has ended already. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/fuse.h>
#include <fm/pending.h>
#include <fm/poll_fn.h>
#include <fm/race.h>
#include <fm/ready.h>
#include <fm/select.h>

static struct hand hand;
static struct puppet a, b, c;
static struct fm_race race;
static struct fm_future *child[3];

static void open_hand(void)
{
	hand_open(&hand);
	trap_open(&hand);
	puppet_log[0] = '\0';
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void log_is(const char *expected)
{
	ck_assert_str_eq(puppet_log, expected);
	puppet_log[0] = '\0';
}

START_TEST(race_to_the_first)
{
	FM_RACE(&race, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'), puppet_init(&c, 'c'));
	hand.draw = 2;
	ck_assert_int_eq(hand_poll(&hand, &race.fut), FM_PENDING);
	log_is("cab");
	ck_assert_str_eq(trap.drawn_at, "select");
	ck_assert_uint_eq(trap.drawn_below, 3);
	puppet_pull(&b, FM_ERR_IO);
	ck_assert_int_eq(hand_poll(&hand, &race.fut), FM_READY);
	log_is("cabAC");
	ck_assert_int_eq(race.fut.status, FM_ERR_IO);
	ck_assert_uint_eq(race.winner, 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(race_of_one_or_none)
{
	FM_RACE(&race, child, puppet_ready(&a, 'a', 6));
	ck_assert_int_eq(hand_poll(&hand, &race.fut), FM_READY);
	ck_assert_int_eq(race.fut.status, 6);
	fm_race_init(&race, child, 0);
	ck_assert_int_eq(hand_poll(&hand, &race.fut), FM_READY);
	ck_assert_int_eq(race.fut.status, FM_ERR_EMPTY);
	ck_assert_uint_eq(race.winner, UINT32_MAX);
	ck_assert_uint_eq(hand.draws, 0);
}
END_TEST

START_TEST(race_dropped)
{
	struct fm_future *seen;

	FM_RACE(&race, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'));
	race.fut.ops->inspect(&race.fut, 1, &seen);
	ck_assert_ptr_eq(seen, &b.fut);
	fm_drop(&race.fut);
	log_is("AB");
	FM_RACE(&race, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'));
	hand_poll(&hand, &race.fut);
	fm_drop(&race.fut);
	log_is("abAB");
}
END_TEST

static enum fm_poll third_time(void *arg, struct fm_context *cx, int *status)
{
	unsigned *calls = arg;

	if (++*calls < 3) {
		fm_waker_wake_by_ref(cx->waker);
		return FM_PENDING;
	}
	*status = 42;
	return FM_READY;
}

START_TEST(poll_fn_polls)
{
	struct fm_poll_fn fn;
	unsigned calls = 0;

	fm_poll_fn_init(&fn, third_time, &calls);
	ck_assert_int_eq(fm_block_on(hand.executor, &fn.fut), 42);
	ck_assert_uint_eq(calls, 3);
	fm_poll_fn_init(&fn, third_time, &calls);
	fm_drop(&fn.fut);
	ck_assert_uint_eq(calls, 3);
}
END_TEST

START_TEST(ready_asks_the_budget)
{
	struct fm_ready ready;

	fm_ready_init(&ready, -9);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &ready.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &ready.fut), FM_READY);
	ck_assert_int_eq(ready.fut.status, -9);
	fm_ready_init(&ready, FM_OK);
	fm_drop(&ready.fut);
}
END_TEST

START_TEST(pending_keeps_the_newest_waker)
{
	struct fm_pending pending;
	struct hand_waker newer;

	hand_waker_init(&newer);
	fm_pending_init(&pending);
	ck_assert_int_eq(hand_poll(&hand, &pending.fut), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 1);
	ck_assert_int_eq(hand_poll_as(&hand, &pending.fut, &newer), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 0);
	ck_assert_uint_eq(newer.clones, 1);
	fm_drop(&pending.fut);
	ck_assert_uint_eq(newer.clones, 0);
	fm_pending_init(&pending);
	fm_drop(&pending.fut);
}
END_TEST

START_TEST(fused_polls_are_pending_for_ever)
{
	struct fm_context cx = { .waker = fm_waker_of(&hand.waker.wakeable), .executor = hand.executor };

	puppet_init(&a, 'a');
	ck_assert_int_eq(fm_poll_fused(&a.fut, &cx), FM_PENDING);
	puppet_pull(&a, FM_OK);
	ck_assert_int_eq(fm_poll_fused(&a.fut, &cx), FM_READY);
	ck_assert_int_eq(fm_poll_fused(&a.fut, &cx), FM_PENDING);
	ck_assert_uint_eq(a.polls, 2);
	puppet_init(&a, 'a');
	fm_drop(&a.fut);
	ck_assert_int_eq(fm_poll_fused(&a.fut, &cx), FM_PENDING);
	ck_assert_uint_eq(a.polls, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("small");
	TCase *t = tcase_create("small");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, race_to_the_first);
	tcase_add_test(t, race_of_one_or_none);
	tcase_add_test(t, race_dropped);
	tcase_add_test(t, poll_fn_polls);
	tcase_add_test(t, ready_asks_the_budget);
	tcase_add_test(t, pending_keeps_the_newest_waker);
	tcase_add_test(t, fused_polls_are_pending_for_ever);
	suite_add_tcase(s, t);
	return s;
}
