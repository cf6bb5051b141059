/*
 * Signals: over the hand, what a watch keeps; over Linux, that the handler reaches every watch and that the old
 * action comes back. The real ones are raised by the test itself, so nothing waits for the clock.
 */
#include "hand.h"
#include "suite.h"

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/signal.h>
#include <signal.h>

static struct hand hand;
static struct fm_env_ops ops;
static struct fm_signal_watch watch;

static int hand_watch(struct fm_env *env, struct fm_signal_watch *opened)
{
	(void)env;
	return opened->signo == 1 ? FM_OK : FM_ERR_INVALID;
}

static void open_hand(void)
{
	hand_open(&hand);
	ops = *hand.env.ops;
	ops.signal_watch = hand_watch;
	hand.env.ops = &ops;
	ck_assert_int_eq(fm_signal_open(&watch, 1), FM_OK);
}

static void close_hand(void)
{
	fm_signal_close(&watch);
	hand_close(&hand);
}

START_TEST(several_before_a_poll_are_one)
{
	struct fm_signal_recv recv;

	fm_signal_deliver(&watch);
	fm_signal_deliver(&watch);
	ck_assert_int_eq(hand_poll(&hand, fm_signal_recv_init(&recv, &watch)), FM_READY);
	ck_assert_int_eq(recv.fut.status, FM_OK);
	ck_assert_uint_eq(recv.count, 2);
	ck_assert_int_eq(hand_poll(&hand, fm_signal_recv_init(&recv, &watch)), FM_PENDING);
	fm_drop(&recv.fut);
}
END_TEST

START_TEST(a_woken_receiver_that_is_dropped_takes_nothing_along)
{
	struct hand_waker other;
	struct fm_signal_recv first;
	struct fm_signal_recv second;

	hand_waker_init(&other);
	hand_poll(&hand, fm_signal_recv_init(&first, &watch));
	hand_poll_as(&hand, fm_signal_recv_init(&second, &watch), &other);
	fm_signal_deliver(&watch);
	fm_drop(&first.fut);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_int_eq(hand_poll_as(&hand, &second.fut, &other), FM_READY);
	ck_assert_uint_eq(other.clones, 0);
}
END_TEST

START_TEST(a_refused_budget_keeps_the_signal)
{
	struct fm_signal_recv recv;

	fm_signal_deliver(&watch);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, fm_signal_recv_init(&recv, &watch)), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&recv.fut);
	ck_assert_int_eq(hand_poll(&hand, fm_signal_recv_init(&recv, &watch)), FM_READY);
	ck_assert_uint_eq(recv.count, 1);
}
END_TEST

START_TEST(closing_gives_out_what_came_and_then_says_so)
{
	struct fm_signal_recv recv;

	hand_poll(&hand, fm_signal_recv_init(&recv, &watch));
	fm_signal_close(&watch);
	fm_signal_close(&watch);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &recv.fut), FM_READY);
	ck_assert_int_eq(recv.fut.status, FM_ERR_CLOSED);
	ck_assert_int_eq(fm_signal_open(&watch, 2), FM_ERR_INVALID);
	fm_signal_close(&watch);
}
END_TEST

START_TEST(without_an_executor_there_is_no_environment)
{
	struct fm_executor *before = fm_executor_enter(NULL);
	struct fm_signal_watch none;

	ck_assert_int_eq(fm_signal_open(&none, 1), FM_ERR_INVALID);
	fm_signal_close(&none);
	fm_executor_enter(before);
}
END_TEST

struct real {
	struct fm_async async;
	struct fm_signal_watch first;
	struct fm_signal_watch second;
	struct fm_signal_watch other;
	struct fm_signal_recv recv;
};

FM_ASYNC(real)
{
	FM_BEGIN;
	ck_assert_int_eq(fm_signal_open(&self->first, SIGUSR1), FM_OK);
	ck_assert_int_eq(fm_signal_open(&self->second, SIGUSR1), FM_OK);
	ck_assert_int_eq(fm_signal_open(&self->other, SIGUSR2), FM_OK);
	raise(SIGUSR1);
	FM_AWAIT(fm_signal_recv_init(&self->recv, &self->second));
	ck_assert_uint_eq(self->recv.count, 1);
	ck_assert_uint_eq(self->first.delivered, 1);
	ck_assert_uint_eq(self->other.delivered, 0);
	fm_signal_close(&self->first);
	raise(SIGUSR1); /* the second still stands */
	FM_AWAIT(fm_signal_recv_init(&self->recv, &self->second));
	fm_signal_close(&self->second);
	raise(SIGUSR2);
	FM_AWAIT(fm_signal_recv_init(&self->recv, &self->other));
	FM_RETURN(self->recv.fut.status);
	FM_END;
}

static volatile sig_atomic_t ours;

static void count_ours(int signo)
{
	(void)signo;
	ours++;
}

START_TEST(a_signal_reaches_every_watch_and_the_old_action_comes_back)
{
	struct sigaction before = { .sa_handler = count_ours };
	struct sigaction after;
	struct real real;

	ck_assert_int_eq(sigaction(SIGUSR1, &before, NULL), 0);
	ck_assert_int_eq(fm_run(FM_ASYNC_INIT(&real, real)), FM_OK);
	ck_assert_int_eq(ours, 0);
	raise(SIGUSR1);
	ck_assert_int_eq(ours, 1);
	/* `other` was left open: the environment's end closes it. */
	ck_assert_ptr_null(real.other.env);
	ck_assert_int_eq(sigaction(SIGUSR2, NULL, &after), 0);
	ck_assert(after.sa_handler == SIG_DFL);
}
END_TEST

struct refused {
	struct fm_async async;
	struct fm_signal_watch watch;
};

FM_ASYNC(refused)
{
	FM_BEGIN;
	ck_assert_int_eq(fm_signal_open(&self->watch, 0), FM_ERR_INVALID);
	ck_assert_int_eq(fm_signal_open(&self->watch, -1), FM_ERR_INVALID);
	ck_assert_int_eq(fm_signal_open(&self->watch, 65), FM_ERR_INVALID);
	ck_assert_int_eq(fm_signal_open(&self->watch, 32), FM_ERR_INVALID); /* libc's own */
	ck_assert_int_eq(fm_signal_open(&self->watch, SIGKILL), FM_ERR_INVALID);
	ck_assert_int_eq(fm_signal_open(&self->watch, SIGSTOP), FM_ERR_INVALID);
	ck_assert_int_eq(fm_signal_open(&self->watch, SIGSEGV), FM_ERR_INVALID);
	fm_signal_close(&self->watch);
	ck_assert_int_eq(fm_signal_open(&self->watch, 63), FM_OK); /* the last but one: Valgrind has taken the last */
	fm_signal_close(&self->watch);
	FM_END;
}

START_TEST(what_cannot_be_watched)
{
	struct refused refused;

	ck_assert_int_eq(fm_run(FM_ASYNC_INIT(&refused, refused)), FM_OK);
}
END_TEST

/* Two environments at once, on one thread: looking outside at either delivers its own. */
START_TEST(every_environment_gets_it)
{
	struct fm_executor_config config;
	struct fm_env *envs[2];
	struct fm_executor *executors[2];
	struct fm_signal_watch watches[2];
	struct fm_signal_recv recv;

	fm_executor_config_init(&config);
	for (int i = 0; i < 2; i++) {
		envs[i] = fm_os_env_new();
		executors[i] = fm_executor_new(envs[i], &config);
		fm_executor_enter(executors[i]);
		ck_assert_int_eq(fm_signal_open(&watches[i], SIGUSR1), FM_OK);
	}
	fm_executor_enter(NULL);
	raise(SIGUSR1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(fm_block_on(executors[i], fm_signal_recv_init(&recv, &watches[i])), FM_OK);
	fm_signal_close(&watches[0]);
	raise(SIGUSR1);
	ck_assert_int_eq(fm_block_on(executors[1], fm_signal_recv_init(&recv, &watches[1])), FM_OK);
	fm_signal_close(&watches[1]);
	for (int i = 0; i < 2; i++) {
		fm_executor_free(executors[i]);
		fm_os_env_free(envs[i]);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("signal");
	TCase *by_hand = tcase_create("by hand");
	TCase *linux_ones = tcase_create("linux");

	tcase_add_checked_fixture(by_hand, open_hand, close_hand);
	tcase_add_test(by_hand, several_before_a_poll_are_one);
	tcase_add_test(by_hand, a_woken_receiver_that_is_dropped_takes_nothing_along);
	tcase_add_test(by_hand, a_refused_budget_keeps_the_signal);
	tcase_add_test(by_hand, closing_gives_out_what_came_and_then_says_so);
	tcase_add_test(by_hand, without_an_executor_there_is_no_environment);
	suite_add_tcase(suite, by_hand);
	tcase_add_test(linux_ones, a_signal_reaches_every_watch_and_the_old_action_comes_back);
	tcase_add_test(linux_ones, what_cannot_be_watched);
	tcase_add_test(linux_ones, every_environment_gets_it);
	suite_add_tcase(suite, linux_ones);
	return suite;
}
