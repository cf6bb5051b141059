/* Once cell: one maker at a time, and what becomes of the queue when it fails or goes away. */
#include "ledger.h"
#include "suite.h"

#include <fm/async.h>
#include <fm/once_cell.h>
#include <fm/task.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_once_cell cell;
static struct fm_once_get a, b, c;
static int value;

/* Makes the value in two polls, or fails in two. */
struct maker {
	struct fm_async async;
	struct fm_yield yield;
	struct fm_defer defer;
	int status;
	int number;
	bool begun;
	bool undone;
};

static struct maker ma, mb, mc;

static void maker_undo(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct maker, defer)->undone = true;
}

FM_ASYNC(maker)
{
	FM_BEGIN;
	self->begun = true;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (self->status == FM_OK)
		value = self->number;
	FM_RETURN(self->status);
	FM_END;
}

static struct fm_future *make(struct maker *self, int number, int status)
{
	*self = (struct maker){ .number = number, .status = status };
	FM_ASYNC_INIT(self, maker);
	fm_defer(&self->async, &self->defer, maker_undo);
	return &self->async.fut;
}

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	value = 0;
	POISON(cell);
	POISON(a);
	fm_once_cell_init(&cell, &value);
}

static void close_hand(void)
{
	fm_once_cell_drop(&cell);
	ledger_close();
	hand_close(&hand);
}

START_TEST(is_made_once)
{
	ck_assert_ptr_null(fm_once_cell_value(&cell));
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	assert_pending(&hand, &b.fut);
	ck_assert_uint_eq(ledger.waits, 1);
	(void)hand_wakes(&hand);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(fm_once_cell_value(&cell), &value);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert(!mb.begun && mb.undone);
	ck_assert_int_eq(value, 1);
	assert_ready(&hand, fm_once_get_init(&c, &cell, make(&mc, 3, FM_OK)), FM_OK);
	ck_assert(!mc.begun && mc.undone);
	ck_assert_uint_eq(ledger.grants, 1);
	ck_assert_uint_eq(ledger.releases, 1);
}
END_TEST

START_TEST(after_a_failure_the_next_makes_it)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_ERR_IO)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&c, &cell, make(&mc, 3, FM_OK)));
	(void)hand_wakes(&hand);
	assert_ready(&hand, &a.fut, FM_ERR_IO);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	ck_assert_ptr_null(fm_once_cell_value(&cell));
	assert_pending(&hand, &c.fut);
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, &c.fut, FM_OK);
	ck_assert_int_eq(value, 2);
	ck_assert(!mc.begun);
}
END_TEST

START_TEST(a_failure_alone_leaves_it_empty)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_ERR_IO)));
	assert_ready(&hand, &a.fut, FM_ERR_IO);
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 2, FM_OK)));
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_int_eq(value, 2);
}
END_TEST

START_TEST(after_a_dropped_maker_the_next_makes_it)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&c, &cell, make(&mc, 3, FM_OK)));
	(void)hand_wakes(&hand);
	fm_drop(&a.fut);
	ck_assert(ma.undone);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	/* Told to make it, and dropped before it could begin. */
	fm_drop(&b.fut);
	ck_assert(!mb.begun && mb.undone);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_pending(&hand, &c.fut);
	assert_ready(&hand, &c.fut, FM_OK);
	ck_assert_int_eq(value, 3);
	ck_assert_uint_eq(ledger.unwaits, 0);
	ck_assert_uint_eq(ledger.grants, ledger.releases);
}
END_TEST

START_TEST(a_waiter_gives_up)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&c, &cell, make(&mc, 3, FM_OK)));
	fm_drop(&b.fut);
	ck_assert(mb.undone);
	assert_ready(&hand, &a.fut, FM_OK);
	/* Woken by the value and dropped. */
	fm_drop(&c.fut);
	ck_assert_uint_eq(ledger.unwaits, 2);
	ck_assert(mc.undone);
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_drop(fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	ck_assert(ma.undone && !ma.begun);
	ck_assert_uint_eq(ledger.unwaits, 0);
}
END_TEST

START_TEST(a_refused_budget_takes_nothing)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_ready(&hand, &a.fut, FM_OK);
	(void)hand_wakes(&hand);
	fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK));
	hand.budget_refusals = 1;
	assert_pending(&hand, &b.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert(!mb.undone);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert(mb.undone);
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	ck_assert_int_eq(hand_poll_as(&hand, &b.fut, &other), FM_PENDING);
	(void)hand_wakes(&hand);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones, 0);
	assert_ready(&hand, &b.fut, FM_OK);
}
END_TEST

START_TEST(a_backtrace_goes_through_the_maker_only)
{
	struct fm_future *child;

	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_pending(&hand, fm_once_get_init(&b, &cell, make(&mb, 2, FM_OK)));
	a.fut.ops->inspect(&a.fut, 0, &child);
	ck_assert_ptr_eq(child, &ma.async.fut);
	a.fut.ops->inspect(&a.fut, 1, &child);
	ck_assert_ptr_null(child);
	b.fut.ops->inspect(&b.fut, 0, &child);
	ck_assert_ptr_null(child);
	fm_drop(&b.fut);
	fm_drop(&a.fut);
}
END_TEST

START_TEST(dropped_too_early_is_a_breach)
{
	assert_pending(&hand, fm_once_get_init(&a, &cell, make(&ma, 1, FM_OK)));
	assert_breach(&hand, fm_once_cell_drop(&cell));
	fm_drop(&a.fut);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("once_cell");
	TCase *tcase = tcase_create("once_cell");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, is_made_once);
	tcase_add_test(tcase, after_a_failure_the_next_makes_it);
	tcase_add_test(tcase, a_failure_alone_leaves_it_empty);
	tcase_add_test(tcase, after_a_dropped_maker_the_next_makes_it);
	tcase_add_test(tcase, a_waiter_gives_up);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_takes_nothing);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, a_backtrace_goes_through_the_maker_only);
	tcase_add_test(tcase, dropped_too_early_is_a_breach);
	suite_add_tcase(suite, tcase);
	return suite;
}
