/* The executor's end: what is dropped, what its drops may do, and what handles and wakers are worth then. */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/embed.h>

static struct hand hand;

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

static struct puppet *alloc_puppet(char letter)
{
	struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);

	ck_assert_ptr_nonnull(puppet);
	puppet_init(puppet, letter);
	return puppet;
}

static struct fm_task *spawn(char letter)
{
	return fm_task_spawn(alloc_puppet(letter));
}

static struct puppet *puppet_of(struct fm_task *task)
{
	return fm_task_frame(task);
}

/* The end of the executor, with a handle, a waker, a join and an unspawned frame left. */
static struct hand own;

START_TEST(the_executor_ends_first)
{
	struct fm_task *task, *late;
	struct puppet *unspawned, *spare;
	struct fm_task_join join;
	struct fm_waker kept;

	hand_open(&own);
	task = spawn('a');
	unspawned = alloc_puppet('u');
	spare = alloc_puppet('s');
	for (struct fm_runq *runq = fm_executor_runq(own.executor); fm_runq_ready(runq);)
		fm_task_run(fm_runq_take(runq, 0));
	kept = fm_waker_clone(puppet_of(task)->waker);
	fm_task_join_init(&join, task);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	puppet_log[0] = '\0';

	fm_executor_enter(hand.executor);
	fm_executor_free(own.executor);
	log_is("A");
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	ck_assert_int_eq(join.fut.status, FM_ERR_CANCELLED);
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_waker_wake_by_ref(kept);
	fm_task_abort(task);
	ck_assert_ptr_eq(fm_task_ref(task), task);
	fm_task_detach(task);
	fm_waker_wake(&kept);
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_task_detach(task);
	late = fm_task_spawn(unspawned);
	log_is("U");
	ck_assert_int_eq(fm_task_status(late), FM_ERR_CANCELLED);
	fm_task_detach(late);
	ck_assert_uint_eq(own.users, 1);
	fm_drop(&spare->fut);
	fm_task_unalloc(spare);
	ck_assert_uint_eq(own.users, 0);
	ck_assert_uint_eq(own.live_bytes, 0);
}
END_TEST

START_TEST(a_handle_taken_after_the_end_counts)
{
	struct fm_task *task;

	hand_open(&own);
	task = spawn('a');
	fm_executor_enter(hand.executor);
	fm_executor_free(own.executor);
	fm_task_ref(task);
	fm_task_detach(task);
	ck_assert_uint_eq(own.users, 1);
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_task_detach(task);
	ck_assert_uint_eq(own.users, 0);
	ck_assert_uint_eq(own.live_bytes, 0);
}
END_TEST

/* Drops, while the executor ends, that spawn, wake and abort others, in slots before and behind their own. */
static struct fm_task *others[3];
static struct puppet *prepared;

static enum fm_poll meddling_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)self, (void)cx;
	return FM_PENDING;
}

static void meddling_drop(struct fm_future *self)
{
	(void)self;
	puppet_note('M');
	ck_assert_ptr_null(fm_task_alloc(sizeof(struct puppet), NULL));
	fm_task_detach(fm_task_spawn(prepared));
	for (int i = 0; i < 3; i++) {
		fm_task_wake(others[i]);
		fm_task_abort(others[i]);
	}
}

static const struct fm_future_ops meddling_ops = {
	.name = "meddling",
	.poll = meddling_poll,
	.drop = meddling_drop,
};

START_TEST(meddling_while_the_executor_ends)
{
	struct fm_future *meddling;

	hand_open(&own);
	prepared = alloc_puppet('p');
	others[0] = spawn('a');
	meddling = fm_task_alloc(sizeof(*meddling), NULL);
	fm_future_init(meddling, &meddling_ops);
	fm_task_detach(fm_task_spawn(meddling));
	others[1] = spawn('b');
	others[2] = spawn('c');
	fm_executor_enter(hand.executor);
	fm_executor_free(own.executor);
	log_is("AMPBC");
	for (int i = 0; i < 3; i++)
		fm_task_detach(others[i]);
	ck_assert_uint_eq(own.users, 0);
	ck_assert_uint_eq(own.live_bytes, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("ending");
	TCase *t = tcase_create("ending");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, the_executor_ends_first);
	tcase_add_test(t, a_handle_taken_after_the_end_counts);
	tcase_add_test(t, meddling_while_the_executor_ends);
	suite_add_tcase(s, t);
	return s;
}
