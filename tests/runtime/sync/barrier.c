/* Barrier: rounds, their leader, and waiters that go away. */
#include "ledger.h"
#include "suite.h"

#include <fm/barrier.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_barrier barrier;
static struct fm_barrier_wait a, b, c, d;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	POISON(barrier);
	POISON(a);
	ck_assert_int_eq(fm_barrier_init(&barrier, 3), FM_OK);
}

static void close_hand(void)
{
	fm_barrier_drop(&barrier);
	ledger_close();
	hand_close(&hand);
}

static struct fm_future *arrive(struct fm_barrier_wait *future)
{
	return fm_barrier_wait_init(future, &barrier);
}

START_TEST(the_last_to_arrive_leads)
{
	for (unsigned round = 0; round < 3; round++) {
		assert_pending(&hand, arrive(&a));
		assert_pending(&hand, arrive(&b));
		assert_pending(&hand, &a.fut);
		assert_ready(&hand, arrive(&c), FM_OK);
		ck_assert_uint_eq(hand_wakes(&hand), 2);
		assert_ready(&hand, &a.fut, FM_OK);
		assert_ready(&hand, &b.fut, FM_OK);
		ck_assert(c.leader && !a.leader && !b.leader);
	}
	ck_assert_uint_eq(ledger.waits, 6);
}
END_TEST

START_TEST(a_new_round_does_not_wait_for_slow_ones)
{
	assert_pending(&hand, arrive(&a));
	assert_pending(&hand, arrive(&b));
	assert_ready(&hand, arrive(&c), FM_OK);
	assert_pending(&hand, arrive(&c));
	assert_pending(&hand, arrive(&d));
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, arrive(&a), FM_OK);
	ck_assert(a.leader);
	assert_ready(&hand, &d.fut, FM_OK);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert(!b.leader && !c.leader && !d.leader);
}
END_TEST

START_TEST(one_that_gives_up_has_not_arrived)
{
	assert_pending(&hand, arrive(&a));
	assert_pending(&hand, arrive(&b));
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	assert_pending(&hand, arrive(&c));
	assert_ready(&hand, arrive(&d), FM_OK);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(one_that_was_released_counts_though_dropped)
{
	assert_pending(&hand, arrive(&a));
	assert_pending(&hand, arrive(&b));
	assert_ready(&hand, arrive(&c), FM_OK);
	fm_drop(&a.fut);
	ck_assert_uint_eq(barrier.arrived, 0);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_drop(arrive(&a));
	assert_pending(&hand, arrive(&b));
	assert_pending(&hand, arrive(&c));
	fm_drop(&b.fut);
	fm_drop(&c.fut);
	ck_assert_uint_eq(ledger.unwaits, 2);
}
END_TEST

START_TEST(a_refused_budget_arrives_later)
{
	assert_pending(&hand, arrive(&a));
	assert_pending(&hand, arrive(&b));
	hand.budget_refusals = 1;
	assert_pending(&hand, arrive(&c));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(barrier.arrived, 2);
	assert_ready(&hand, arrive(&d), FM_OK);
	hand.budget_refusals = 1;
	assert_pending(&hand, &a.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_pending(&hand, &c.fut);
	fm_drop(&c.fut);
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	assert_pending(&hand, arrive(&a));
	ck_assert_int_eq(hand_poll_as(&hand, &a.fut, &other), FM_PENDING);
	ck_assert_int_eq(hand_poll_as(&hand, arrive(&b), &other), FM_PENDING);
	assert_ready(&hand, arrive(&c), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 2);
	ck_assert_uint_eq(other.clones, 0);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(one_alone_and_nobody)
{
	struct fm_barrier one;

	ck_assert_int_eq(fm_barrier_init(&one, 0), FM_ERR_INVALID);
	ck_assert_int_eq(fm_barrier_init(&one, 1), FM_OK);
	assert_ready(&hand, fm_barrier_wait_init(&a, &one), FM_OK);
	ck_assert(a.leader);
	fm_barrier_drop(&one);
}
END_TEST

START_TEST(dropped_too_early_is_a_breach)
{
	assert_pending(&hand, arrive(&a));
	assert_breach(&hand, fm_barrier_drop(&barrier));
	fm_drop(&a.fut);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("barrier");
	TCase *tcase = tcase_create("barrier");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, the_last_to_arrive_leads);
	tcase_add_test(tcase, a_new_round_does_not_wait_for_slow_ones);
	tcase_add_test(tcase, one_that_gives_up_has_not_arrived);
	tcase_add_test(tcase, one_that_was_released_counts_though_dropped);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_arrives_later);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, one_alone_and_nobody);
	tcase_add_test(tcase, dropped_too_early_is_a_breach);
	suite_add_tcase(suite, tcase);
	return suite;
}
