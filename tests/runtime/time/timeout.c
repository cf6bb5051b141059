/* Timeout: inner first, then the clock; what is dropped, and that no budget can keep it from elapsing. */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/embed.h>
#include <fm/timeout.h>

static struct hand hand;
static struct puppet inner;
static struct fm_timeout timeout;

static void open_hand(void)
{
	hand_open(&hand);
	puppet_log[0] = '\0';
}

static void close_hand(void)
{
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_close(&hand);
}

static void log_is(const char *expected)
{
	ck_assert_str_eq(puppet_log, expected);
	puppet_log[0] = '\0';
}

START_TEST(inner_in_time)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_PENDING);
	puppet_pull(&inner, -77);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, -77);
	log_is("ii");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(elapsed_drops_inner)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_PENDING);
	hand_advance(&hand, FM_SEC - 1);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	hand_advance(&hand, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, FM_ERR_TIMEOUT);
	ck_assert(!fm_future_is_ready(&inner.fut));
	log_is("iiI");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(inner_wins_after_the_deadline_too)
{
	fm_timeout_at_init(&timeout, puppet_init(&inner, 'i'), hand.now_ns + 5);
	hand_poll(&hand, &timeout.fut);
	hand_advance(&hand, 50);
	puppet_pull(&inner, FM_OK);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, FM_OK);
	fm_timeout_at_init(&timeout, puppet_ready(&inner, 'i', 4), 0);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, 4);
}
END_TEST

START_TEST(no_time_at_all)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), 0);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, FM_ERR_TIMEOUT);
	log_is("iI");
}
END_TEST

START_TEST(beyond_the_end_of_time)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_NS_MAX - 5);
	hand_poll(&hand, &timeout.fut);
	ck_assert_uint_eq(fm_executor_deadline(hand.executor), FM_NS_MAX);
	hand_advance(&hand, FM_NS_MAX);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_PENDING);
	fm_drop(&timeout.fut);
	log_is("iiI");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(begins_at_the_first_poll_where_no_executor_runs)
{
	fm_executor_enter(NULL);
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	fm_executor_enter(hand.executor);
	hand.now_ns += FM_SEC;
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_PENDING);
	hand_advance(&hand, FM_SEC);
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
}
END_TEST

START_TEST(dropped_at_every_point)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	fm_drop(&timeout.fut);
	log_is("I");
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	hand_poll(&hand, &timeout.fut);
	fm_drop(&timeout.fut);
	log_is("iI");
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	hand_poll(&hand, &timeout.fut);
	hand_advance(&hand, FM_SEC);
	fm_drop(&timeout.fut);
	log_is("iI");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(newest_waker_is_woken)
{
	struct hand_waker newer;

	hand_waker_init(&newer);
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), FM_SEC);
	hand_poll(&hand, &timeout.fut);
	hand_poll_as(&hand, &timeout.fut, &newer);
	hand_advance(&hand, FM_SEC);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(newer.wakes, 1);
	fm_drop(&timeout.fut);
}
END_TEST

START_TEST(elapsing_asks_the_budget)
{
	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), 0);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	log_is("i");
	ck_assert_int_eq(hand_poll(&hand, &timeout.fut), FM_READY);
	ck_assert_int_eq(timeout.fut.status, FM_ERR_TIMEOUT);
}
END_TEST

START_TEST(inspect_shows_inner)
{
	struct fm_future *child;

	fm_timeout_init(&timeout, puppet_init(&inner, 'i'), 0);
	timeout.fut.ops->inspect(&timeout.fut, 0, &child);
	ck_assert_ptr_eq(child, &inner.fut);
	timeout.fut.ops->inspect(&timeout.fut, 1, &child);
	ck_assert_ptr_null(child);
	fm_drop(&timeout.fut);
}
END_TEST

/* Inner spends the whole budget in every poll and is never done: the timeout elapses all the same. */
static enum fm_poll glutton_poll(struct fm_future *future, struct fm_context *cx)
{
	(void)future;
	while (fm_coop(cx))
		;
	return FM_PENDING;
}

static const struct fm_future_ops glutton_ops = { .name = "glutton", .poll = glutton_poll };

START_TEST(a_glutton_times_out)
{
	struct fm_executor_config config;
	struct fm_executor *executor;
	struct fm_future glutton;

	hand.env.budget_is_drawn = false;
	fm_executor_config_init(&config);
	executor = fm_executor_new(&hand.env, &config);
	fm_future_init(&glutton, &glutton_ops);
	fm_timeout_at_init(&timeout, &glutton, hand.now_ns);
	ck_assert_int_eq(fm_block_on(executor, &timeout.fut), FM_ERR_TIMEOUT);
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
	hand.env.budget_is_drawn = true;
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("timeout");
	TCase *t = tcase_create("timeout");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, inner_in_time);
	tcase_add_test(t, elapsed_drops_inner);
	tcase_add_test(t, inner_wins_after_the_deadline_too);
	tcase_add_test(t, no_time_at_all);
	tcase_add_test(t, beyond_the_end_of_time);
	tcase_add_test(t, begins_at_the_first_poll_where_no_executor_runs);
	tcase_add_test(t, dropped_at_every_point);
	tcase_add_test(t, newest_waker_is_woken);
	tcase_add_test(t, elapsing_asks_the_budget);
	tcase_add_test(t, inspect_shows_inner);
	tcase_add_test(t, a_glutton_times_out);
	suite_add_tcase(s, t);
	return s;
}
