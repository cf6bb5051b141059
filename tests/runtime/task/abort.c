/* Abort: when it takes effect, what is dropped, and who ends with which status. */
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

START_TEST(aborted_at_its_next_turn)
{
	struct fm_task *task = spawn('a');

	hand_run_ready(&hand);
	fm_task_abort(task);
	fm_task_abort(task);
	ck_assert(!fm_task_done(task));
	log_is("a");
	hand_run_ready(&hand);
	log_is("A");
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_task_abort(task);
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_task_detach(task);
}
END_TEST

START_TEST(aborted_before_its_first_poll)
{
	struct fm_task *task = spawn('a');

	fm_task_abort(task);
	hand_run_ready(&hand);
	log_is("A");
	ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
	fm_task_detach(task);
}
END_TEST

START_TEST(aborted_and_forgotten)
{
	struct fm_task *task = spawn('a');

	hand_run_ready(&hand);
	fm_task_abort(task);
	fm_task_detach(task); /* corpus S01: the future is dropped all the same */
	hand_run_ready(&hand);
	log_is("aA");
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

START_TEST(aborted_after_its_end)
{
	struct fm_task *task = spawn('a');

	puppet_of(task)->ready = true;
	puppet_of(task)->result = 6;
	hand_run_ready(&hand);
	fm_task_abort(task);
	hand_run_ready(&hand);
	ck_assert_int_eq(fm_task_status(task), 6);
	fm_task_detach(task);
}
END_TEST

/* A task that aborts itself: if it ends in that poll, it ends with its own status. */
static int abort_polls;

static enum fm_poll suicide_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)cx;
	fm_task_abort(fm_task_current());
	return ++abort_polls == 1 ? FM_PENDING : fm_ready(self, 33);
}

static void suicide_drop(struct fm_future *self)
{
	(void)self;
	puppet_note('S');
}

static const struct fm_future_ops suicide_ops = {
	.name = "suicide",
	.poll = suicide_poll,
	.drop = suicide_drop,
};

START_TEST(aborted_by_itself)
{
	for (int i = 0; i < 2; i++) {
		struct fm_future *future = fm_task_alloc(sizeof(*future), NULL);
		struct fm_task *task;

		fm_future_init(future, &suicide_ops);
		abort_polls = i;
		task = fm_task_spawn(future);
		hand_run_ready(&hand);
		log_is(i == 0 ? "S" : "");
		ck_assert_int_eq(fm_task_status(task), i == 0 ? FM_ERR_CANCELLED : 33);
		fm_task_detach(task);
	}
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("abort");
	TCase *t = tcase_create("abort");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, aborted_at_its_next_turn);
	tcase_add_test(t, aborted_before_its_first_poll);
	tcase_add_test(t, aborted_and_forgotten);
	tcase_add_test(t, aborted_after_its_end);
	tcase_add_test(t, aborted_by_itself);
	suite_add_tcase(s, t);
	return s;
}
