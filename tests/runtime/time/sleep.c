/* Sleep: when it ends, what a reset does, and that nothing stays armed. */
#include "hand.h"
#include "suite.h"

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/sleep.h>

static struct hand hand;
static struct fm_sleep sleep_, other;

static void open_hand(void)
{
	hand_open(&hand);
}

static void close_hand(void)
{
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_close(&hand);
}

START_TEST(ends_at_its_deadline)
{
	fm_sleep_init(&sleep_, FM_SEC);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	hand_advance(&hand, FM_SEC - 1);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	hand_advance(&hand, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	ck_assert_int_eq(sleep_.fut.status, FM_OK);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(begins_when_it_is_made)
{
	fm_sleep_init(&sleep_, FM_SEC);
	hand.now_ns += FM_SEC;
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

START_TEST(begins_at_the_first_poll_where_no_executor_runs)
{
	fm_executor_enter(NULL);
	fm_sleep_init(&sleep_, FM_SEC);
	fm_executor_enter(hand.executor);
	hand.now_ns += FM_SEC;
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	hand_advance(&hand, FM_SEC / 2);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	hand_advance(&hand, FM_SEC / 2);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

START_TEST(none_is_ready_at_once_with_budget)
{
	fm_sleep_init(&sleep_, 0);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	fm_sleep_until_init(&sleep_, 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

/* Read late: the timer is armed still, the clock has passed the deadline. */
START_TEST(the_clock_decides_not_the_timer)
{
	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	hand.now_ns += FM_SEC;
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

/* Corpus T01. */
START_TEST(beyond_the_end_of_time)
{
	fm_sleep_init(&sleep_, FM_NS_MAX);
	fm_sleep_init(&other, FM_NS_MAX - 1);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &other.fut), FM_PENDING);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_advance(&hand, FM_NS_MAX);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	fm_drop(&sleep_.fut);
	fm_drop(&other.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(dropped_at_every_point)
{
	fm_sleep_init(&sleep_, FM_SEC);
	fm_drop(&sleep_.fut);
	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	fm_drop(&sleep_.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	hand_advance(&hand, FM_SEC);
	fm_drop(&sleep_.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(newest_waker_is_woken)
{
	struct hand_waker newer;

	hand_waker_init(&newer);
	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	hand_poll_as(&hand, &sleep_.fut, &newer);
	hand_advance(&hand, FM_SEC);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(newer.wakes, 1);
	fm_drop(&sleep_.fut);
}
END_TEST

/* Corpus W09: whoever waits is woken for the new deadline, without another poll. */
START_TEST(reset_reaches_who_waits)
{
	fm_sleep_init(&sleep_, 10 * FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	fm_sleep_reset(&sleep_, hand.now_ns + FM_SEC);
	hand_advance(&hand, FM_SEC);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);

	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	fm_sleep_reset(&sleep_, hand.now_ns + 2 * FM_SEC);
	hand_advance(&hand, FM_SEC);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	hand_advance(&hand, FM_SEC);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

/* Corpus T05, and a reset to the past. */
START_TEST(reset_after_it_fired)
{
	fm_sleep_init(&sleep_, FM_SEC);
	hand_poll(&hand, &sleep_.fut);
	hand_advance(&hand, FM_SEC);
	fm_sleep_reset(&sleep_, hand.now_ns + 2 * FM_SEC);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	fm_sleep_reset(&sleep_, hand.now_ns + FM_SEC);
	fm_sleep_reset(&sleep_, 0);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand_advance(&hand, 0);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

START_TEST(reset_of_one_that_has_ended)
{
	fm_sleep_init(&sleep_, 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	fm_sleep_reset(&sleep_, hand.now_ns + 5);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_PENDING);
	hand_advance(&hand, 5);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	fm_sleep_init(&sleep_, 5);
	fm_drop(&sleep_.fut);
	fm_sleep_reset(&sleep_, 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
	fm_sleep_init(&sleep_, 5);
	fm_sleep_reset(&sleep_, 0);
	ck_assert_int_eq(hand_poll(&hand, &sleep_.fut), FM_READY);
}
END_TEST

/*
 * Equal deadlines end in the order of first poll; the clock stops at each deadline, and nowhere beyond (T07).
 */
struct napper {
	struct fm_async async;
	struct fm_sleep nap;
	fm_ns length_ns;
	fm_ns woke_ns;
	unsigned *order;
	unsigned place;
};

FM_ASYNC(napper)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->nap, self->length_ns));
	self->woke_ns = fm_now();
	self->place = (*self->order)++;
	FM_END;
}

START_TEST(in_order_of_deadlines_in_tasks)
{
	static const fm_ns lengths[5] = { 10, 5, 1, 5, 1 };
	static const unsigned places[5] = { 4, 2, 0, 3, 1 };
	struct fm_task *tasks[5];
	unsigned order = 0;
	const fm_ns start_ns = hand.now_ns;

	for (unsigned i = 0; i < 5; i++) {
		struct napper *napper = fm_task_alloc(sizeof(*napper), "napper");

		FM_ASYNC_INIT(napper, napper);
		napper->length_ns = lengths[i];
		napper->order = &order;
		tasks[i] = fm_task_spawn(napper);
	}
	fm_sleep_init(&sleep_, 3);
	ck_assert_int_eq(fm_block_on(hand.executor, &sleep_.fut), FM_OK);
	ck_assert_uint_eq(hand.now_ns, start_ns + 3);
	ck_assert_uint_eq(order, 2);
	fm_sleep_init(&sleep_, 100);
	fm_block_on(hand.executor, &sleep_.fut);
	for (unsigned i = 0; i < 5; i++) {
		struct napper *napper = fm_task_frame(tasks[i]);

		ck_assert_uint_eq(napper->place, places[i]);
		ck_assert_uint_eq(napper->woke_ns, start_ns + lengths[i]);
		fm_task_detach(tasks[i]);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("sleep");
	TCase *t = tcase_create("sleep");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, ends_at_its_deadline);
	tcase_add_test(t, begins_when_it_is_made);
	tcase_add_test(t, begins_at_the_first_poll_where_no_executor_runs);
	tcase_add_test(t, none_is_ready_at_once_with_budget);
	tcase_add_test(t, the_clock_decides_not_the_timer);
	tcase_add_test(t, beyond_the_end_of_time);
	tcase_add_test(t, dropped_at_every_point);
	tcase_add_test(t, newest_waker_is_woken);
	tcase_add_test(t, reset_reaches_who_waits);
	tcase_add_test(t, reset_after_it_fired);
	tcase_add_test(t, reset_of_one_that_has_ended);
	tcase_add_test(t, in_order_of_deadlines_in_tasks);
	suite_add_tcase(s, t);
	return s;
}
