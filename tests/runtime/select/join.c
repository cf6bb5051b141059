/* Join and try_join: all end, each is polled only while it has not, and none eats the others' budget. */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/async.h>
#include <fm/embed.h>
#include <fm/join.h>
#include <fm/ready.h>

static struct hand hand;
static struct puppet a, b, c;
static struct fm_join join;
static struct fm_try_join try_join;
static struct fm_future *child[3];

static void open_hand(void)
{
	hand_open(&hand);
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

START_TEST(ready_when_all_are)
{
	FM_JOIN(&join, child, puppet_init(&a, 'a'), puppet_ready(&b, 'b', -3), puppet_init(&c, 'c'));
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	log_is("abc");
	puppet_pull(&c, 3);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	log_is("ca");
	puppet_pull(&a, 1);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	log_is("a");
	ck_assert_int_eq(join.fut.status, FM_OK);
	ck_assert_int_eq(a.fut.status, 1);
	ck_assert_int_eq(b.fut.status, -3);
	ck_assert_int_eq(c.fut.status, 3);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(start_goes_round)
{
	FM_JOIN(&join, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'), puppet_init(&c, 'c'));
	for (int i = 0; i < 4; i++)
		hand_poll(&hand, &join.fut);
	log_is("abcbcacababc");
	fm_drop(&join.fut);
	log_is("ABC");
}
END_TEST

START_TEST(nothing_to_join)
{
	fm_join_init(&join, NULL, 0);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	ck_assert_int_eq(join.fut.status, FM_OK);
	fm_try_join_init(&try_join, NULL, 0);
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_READY);
	ck_assert_int_eq(try_join.join.fut.status, FM_OK);
}
END_TEST

START_TEST(drop_leaves_what_has_ended)
{
	FM_JOIN(&join, child, puppet_init(&a, 'a'), puppet_ready(&b, 'b', FM_OK), puppet_init(&c, 'c'));
	hand_poll(&hand, &join.fut);
	puppet_log[0] = '\0';
	fm_drop(&join.fut);
	log_is("AC");
	FM_JOIN(&join, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'));
	fm_drop(&join.fut);
	log_is("AB");
}
END_TEST

START_TEST(one_that_ended_before_is_not_polled)
{
	puppet_ready(&a, 'a', 5);
	hand_poll(&hand, &a.fut);
	puppet_log[0] = '\0';
	FM_JOIN(&join, child, &a.fut, puppet_ready(&b, 'b', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	log_is("b");
}
END_TEST

START_TEST(try_join_stops_at_the_first_failure)
{
	FM_TRY_JOIN(&try_join, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'), puppet_init(&c, 'c'));
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_PENDING);
	puppet_pull(&a, 9);
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_PENDING);
	puppet_log[0] = '\0';
	puppet_pull(&b, FM_ERR_IO);
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_READY);
	log_is("cbC");
	ck_assert_int_eq(try_join.join.fut.status, FM_ERR_IO);
	ck_assert_uint_eq(try_join.failed, 1);
	ck_assert_int_eq(a.fut.status, 9);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(try_join_without_failure)
{
	FM_TRY_JOIN(&try_join, child, puppet_ready(&a, 'a', 4), puppet_ready(&b, 'b', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_READY);
	ck_assert_int_eq(try_join.join.fut.status, FM_OK);
	ck_assert_uint_eq(try_join.failed, UINT32_MAX);
	log_is("ab");
}
END_TEST

START_TEST(try_join_sees_a_failure_from_before)
{
	puppet_ready(&a, 'a', FM_ERR_EOF);
	hand_poll(&hand, &a.fut);
	FM_TRY_JOIN(&try_join, child, &a.fut, puppet_init(&b, 'b'));
	ck_assert_int_eq(hand_poll(&hand, &try_join.join.fut), FM_READY);
	ck_assert_int_eq(try_join.join.fut.status, FM_ERR_EOF);
	log_is("aB");
}
END_TEST

START_TEST(try_join_dropped_before_the_first_poll)
{
	FM_TRY_JOIN(&try_join, child, puppet_init(&a, 'a'), puppet_init(&b, 'b'));
	fm_drop(&try_join.join.fut);
	log_is("AB");
}
END_TEST

START_TEST(inspect_shows_those_that_have_not_ended)
{
	struct fm_future *seen;

	FM_JOIN(&join, child, puppet_ready(&a, 'a', FM_OK), puppet_init(&b, 'b'), puppet_init(&c, 'c'));
	hand_poll(&hand, &join.fut);
	join.fut.ops->inspect(&join.fut, 0, &seen);
	ck_assert_ptr_eq(seen, &b.fut);
	join.fut.ops->inspect(&join.fut, 1, &seen);
	ck_assert_ptr_eq(seen, &c.fut);
	join.fut.ops->inspect(&join.fut, 2, &seen);
	ck_assert_ptr_null(seen);
	fm_drop(&join.fut);
}
END_TEST

/* Corpus F07: a branch that always has ready work, and one that needs five units of the budget. */
struct eater {
	struct fm_async async;
	struct fm_ready ready;
	unsigned left;
};

FM_ASYNC(eater)
{
	FM_BEGIN;
	while (self->left-- > 0)
		FM_AWAIT(fm_ready_init(&self->ready, FM_OK));
	FM_END;
}

START_TEST(one_branch_cannot_eat_every_budget)
{
	struct eater greedy = { .left = 50 }, modest = { .left = 5 };
	struct fm_executor *before, *executor;
	struct fm_executor_config config;
	struct fm_join *frame;
	unsigned polls = 0;

	hand.env.budget_is_drawn = false; /* but counted: 10 units a poll */
	fm_executor_config_init(&config);
	config.budget = 10;
	executor = fm_executor_new(&hand.env, &config);
	ck_assert_ptr_nonnull(executor);
	before = fm_executor_enter(executor);
	child[0] = FM_ASYNC_INIT(&greedy, eater);
	child[1] = FM_ASYNC_INIT(&modest, eater);
	frame = fm_task_alloc(sizeof(*frame), "join");
	fm_join_init(frame, child, 2);
	fm_task_detach(fm_task_spawn(frame));
	while (!fm_future_is_ready(child[1])) {
		fm_task_run(fm_runq_take(fm_executor_runq(executor), 0));
		ck_assert_uint_le(++polls, 2);
	}
	ck_assert_uint_gt(greedy.left, 30);
	fm_executor_free(executor);
	fm_executor_enter(before);
	hand.env.budget_is_drawn = true;
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("join");
	TCase *t = tcase_create("join");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, ready_when_all_are);
	tcase_add_test(t, start_goes_round);
	tcase_add_test(t, nothing_to_join);
	tcase_add_test(t, drop_leaves_what_has_ended);
	tcase_add_test(t, one_that_ended_before_is_not_polled);
	tcase_add_test(t, try_join_stops_at_the_first_failure);
	tcase_add_test(t, try_join_without_failure);
	tcase_add_test(t, try_join_sees_a_failure_from_before);
	tcase_add_test(t, try_join_dropped_before_the_first_poll);
	tcase_add_test(t, inspect_shows_those_that_have_not_ended);
	tcase_add_test(t, one_branch_cannot_eat_every_budget);
	suite_add_tcase(s, t);
	return s;
}
