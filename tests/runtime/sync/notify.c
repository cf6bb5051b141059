/* Notify: what is remembered and for whom; conservation of notifications under cancellation. */
#include "ledger.h"
#include "suite.h"

#include <fm/notify.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_notify notify;
static struct fm_notified a, b, c;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	POISON(notify);
	POISON(a);
	fm_notify_init(&notify);
}

static void close_hand(void)
{
	fm_notify_drop(&notify);
	ledger_close();
	hand_close(&hand);
}

static struct fm_future *notified(struct fm_notified *future)
{
	return fm_notified_init(future, &notify);
}

START_TEST(one_is_remembered_once)
{
	fm_notify_one(&notify);
	fm_notify_one(&notify);
	assert_ready(&hand, notified(&a), FM_OK);
	assert_pending(&hand, notified(&b));
	fm_drop(&b.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
}
END_TEST

START_TEST(one_reaches_the_oldest)
{
	assert_pending(&hand, notified(&a));
	assert_pending(&hand, notified(&b));
	assert_pending(&hand, &a.fut);
	fm_notify_one(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &a.fut);
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(ledger.releases, 1);
	fm_notify_one(&notify);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert_uint_eq(ledger.waits, 2);
}
END_TEST

START_TEST(one_dropped_is_passed_on)
{
	assert_pending(&hand, notified(&a));
	assert_pending(&hand, notified(&b));
	fm_notify_one(&notify);
	(void)hand_wakes(&hand);
	fm_drop(&a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&b.fut);
	assert_ready(&hand, notified(&c), FM_OK);
	ck_assert_uint_eq(ledger.unwaits, 0);
	ck_assert_uint_eq(ledger.grants, 2);
	ck_assert_uint_eq(ledger.releases, 2);
}
END_TEST

START_TEST(all_reaches_who_waits_and_nobody_later)
{
	assert_pending(&hand, notified(&a));
	assert_pending(&hand, notified(&b));
	fm_notify_all(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_pending(&hand, notified(&c));
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_drop(&c.fut);
}
END_TEST

START_TEST(all_reaches_futures_not_yet_polled)
{
	notified(&a);
	fm_notify_all(&notify);
	notified(&b);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_pending(&hand, &b.fut);
	fm_drop(&b.fut);
}
END_TEST

START_TEST(the_generation_wraps)
{
	fm_notify_drop(&notify);
	fm_notify_init_at(&notify, UINT64_MAX);
	notified(&a);
	fm_notify_all(&notify);
	ck_assert_uint_eq(notify.generation, 0);
	notified(&b);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_pending(&hand, &b.fut);
	fm_notify_all(&notify);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(all_dropped_is_not_passed_on)
{
	assert_pending(&hand, notified(&a));
	fm_notify_all(&notify);
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	assert_pending(&hand, notified(&b));
	fm_drop(&b.fut);
	/* Nor by one that was reached before its first poll. */
	notified(&a);
	fm_notify_all(&notify);
	fm_drop(&a.fut);
	assert_pending(&hand, notified(&b));
	fm_drop(&b.fut);
}
END_TEST

/* Corpus W01. */
START_TEST(all_dropped_does_not_erase_one)
{
	assert_pending(&hand, notified(&a));
	fm_notify_all(&notify);
	fm_notify_one(&notify);
	fm_drop(&a.fut);
	assert_ready(&hand, notified(&b), FM_OK);
}
END_TEST

START_TEST(all_reached_does_not_swallow_one)
{
	notified(&a);
	assert_pending(&hand, notified(&b));
	fm_notify_all(&notify);
	fm_notify_one(&notify);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, notified(&c), FM_OK);
}
END_TEST

START_TEST(all_after_one_leaves_it_its_own)
{
	assert_pending(&hand, notified(&a));
	assert_pending(&hand, notified(&b));
	fm_notify_one(&notify);
	fm_notify_all(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_ready(&hand, &b.fut, FM_OK);
	fm_drop(&a.fut);
	assert_ready(&hand, notified(&c), FM_OK);
}
END_TEST

START_TEST(enabled_is_in_the_queue_unpolled)
{
	ck_assert(!fm_notified_enable(FM_CONTAINER_OF(notified(&a), struct fm_notified, fut)));
	ck_assert(!fm_notified_enable(&a));
	assert_pending(&hand, notified(&b));
	fm_notify_one(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_ptr_eq(ledger.granted, &a.fut);
	ck_assert(fm_notified_enable(&a));
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(ledger.waits, 1);
	fm_drop(&b.fut);
}
END_TEST

START_TEST(enabled_then_polled_keeps_its_place)
{
	notified(&a);
	ck_assert(!fm_notified_enable(&a));
	assert_pending(&hand, notified(&b));
	assert_pending(&hand, &a.fut);
	fm_notify_one(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(ledger.waits, 2);
	fm_drop(&b.fut);
}
END_TEST

START_TEST(polled_then_enabled_is_in_the_queue_already)
{
	assert_pending(&hand, notified(&a));
	ck_assert(!fm_notified_enable(&a));
	assert_pending(&hand, notified(&b));
	fm_notify_one(&notify);
	fm_notify_one(&notify);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(enabled_takes_what_is_remembered)
{
	fm_notify_one(&notify);
	notified(&a);
	ck_assert(fm_notified_enable(&a));
	assert_pending(&hand, notified(&b));
	fm_drop(&a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &b.fut, FM_OK);

	notified(&a);
	fm_notify_all(&notify);
	ck_assert(fm_notified_enable(&a));
	assert_ready(&hand, &a.fut, FM_OK);
}
END_TEST

START_TEST(enabled_and_dropped_leaves_the_queue)
{
	notified(&a);
	ck_assert(!fm_notified_enable(&a));
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 0);
	fm_notify_one(&notify);
	assert_ready(&hand, notified(&b), FM_OK);
}
END_TEST

START_TEST(enabled_and_moved_is_a_breach)
{
	struct fm_notified moved;

	notified(&a);
	ck_assert(!fm_notified_enable(&a));
	moved = a;
	assert_breach(&hand, hand_poll(&hand, &moved.fut));
	fm_drop(&a.fut);
	assert_breach(&hand, fm_notified_enable(&a));
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_notify_one(&notify);
	fm_drop(notified(&a));
	ck_assert_uint_eq(ledger.unwaits, 0);
	assert_ready(&hand, notified(&b), FM_OK);
}
END_TEST

START_TEST(a_refused_budget_takes_nothing)
{
	fm_notify_one(&notify);
	hand.budget_refusals = 1;
	assert_pending(&hand, notified(&a));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, notified(&b), FM_OK);
	assert_pending(&hand, &a.fut);
	fm_notify_one(&notify);
	hand.budget_refusals = 1;
	assert_pending(&hand, &a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_drop(&a.fut);
	assert_ready(&hand, notified(&b), FM_OK);
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	assert_pending(&hand, notified(&a));
	ck_assert_int_eq(hand_poll_as(&hand, &a.fut, &other), FM_PENDING);
	fm_notify_one(&notify);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(other.clones, 0);
}
END_TEST

START_TEST(dropped_too_early_is_a_breach)
{
	assert_pending(&hand, notified(&a));
	assert_breach(&hand, fm_notify_drop(&notify));
	fm_notify_one(&notify);
	assert_breach(&hand, fm_notify_drop(&notify));
	assert_ready(&hand, &a.fut, FM_OK);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("notify");
	TCase *tcase = tcase_create("notify");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, one_is_remembered_once);
	tcase_add_test(tcase, one_reaches_the_oldest);
	tcase_add_test(tcase, one_dropped_is_passed_on);
	tcase_add_test(tcase, all_reaches_who_waits_and_nobody_later);
	tcase_add_test(tcase, all_reaches_futures_not_yet_polled);
	tcase_add_test(tcase, the_generation_wraps);
	tcase_add_test(tcase, all_dropped_is_not_passed_on);
	tcase_add_test(tcase, all_dropped_does_not_erase_one);
	tcase_add_test(tcase, all_reached_does_not_swallow_one);
	tcase_add_test(tcase, all_after_one_leaves_it_its_own);
	tcase_add_test(tcase, enabled_is_in_the_queue_unpolled);
	tcase_add_test(tcase, enabled_then_polled_keeps_its_place);
	tcase_add_test(tcase, polled_then_enabled_is_in_the_queue_already);
	tcase_add_test(tcase, enabled_takes_what_is_remembered);
	tcase_add_test(tcase, enabled_and_dropped_leaves_the_queue);
	tcase_add_test(tcase, enabled_and_moved_is_a_breach);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_takes_nothing);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, dropped_too_early_is_a_breach);
	suite_add_tcase(suite, tcase);
	return suite;
}
