/* Cancellation tokens: the tree, its handles, waiting, and running a future under a token. */
#include "ledger.h"
#include "suite.h"

#include <fm/async.h>
#include <fm/cancel.h>
#include <fm/embed.h>
#include <fm/task.h>

static struct hand hand;
static struct ledger ledger;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
}

static void close_hand(void)
{
	ledger_close();
	hand_close(&hand);
}

START_TEST(cancels_its_subtree_only)
{
	struct fm_cancel *root = fm_cancel_new();
	struct fm_cancel *left = fm_cancel_child(root);
	struct fm_cancel *right = fm_cancel_child(root);
	struct fm_cancel *leaf = fm_cancel_child(left);

	fm_cancel_cancel(left);
	fm_cancel_cancel(left);
	ck_assert(fm_cancel_cancelled(left) && fm_cancel_cancelled(leaf));
	ck_assert(!fm_cancel_cancelled(root) && !fm_cancel_cancelled(right));
	fm_cancel_cancel(root);
	ck_assert(fm_cancel_cancelled(right));
	fm_cancel_unref(root);
	fm_cancel_unref(left);
	fm_cancel_unref(right);
	fm_cancel_unref(leaf);
	fm_cancel_unref(NULL);
}
END_TEST

START_TEST(a_child_of_a_cancelled_token_is_born_cancelled)
{
	struct fm_cancel *root = fm_cancel_new();
	struct fm_cancel *child;

	fm_cancel_cancel(root);
	child = fm_cancel_child(root);
	ck_assert(fm_cancel_cancelled(child));
	fm_cancel_unref(root);
	fm_cancel_unref(child);
}
END_TEST

START_TEST(a_forgotten_parent_leaves_its_children_to_its_own)
{
	struct fm_cancel *root = fm_cancel_new();
	struct fm_cancel *middle = fm_cancel_child(root);
	struct fm_cancel *leaf = fm_cancel_child(middle);
	const size_t with_middle = hand.live_bytes;

	fm_cancel_unref(middle);
	ck_assert_msg(hand.live_bytes < with_middle, "a chain of forgotten parents grows");
	ck_assert(!fm_cancel_cancelled(leaf));
	fm_cancel_cancel(root);
	ck_assert(fm_cancel_cancelled(leaf));
	fm_cancel_unref(leaf);
	fm_cancel_unref(root);

	root = fm_cancel_new();
	leaf = fm_cancel_child(root);
	fm_cancel_unref(root);
	ck_assert(!fm_cancel_cancelled(leaf));
	fm_cancel_cancel(leaf);
	fm_cancel_unref(leaf);
}
END_TEST

START_TEST(handles_are_counted)
{
	struct fm_cancel *token = fm_cancel_new();

	ck_assert_ptr_eq(fm_cancel_ref(token), token);
	fm_cancel_unref(token);
	ck_assert(!fm_cancel_cancelled(token));
	fm_cancel_unref(token);
	ck_assert_uint_eq(hand.users, 1);
}
END_TEST

START_TEST(no_memory_is_said)
{
	struct fm_executor *executor = fm_executor_enter(NULL);
	struct fm_cancel *token;

	ck_assert_msg(fm_cancel_new() == NULL, "there is no executor to take memory from");
	fm_executor_enter(executor);
	hand.fail_at = hand.allocations + 1;
	ck_assert_ptr_null(fm_cancel_new());
	token = fm_cancel_new();
	hand.fail_at = hand.allocations + 1;
	ck_assert_ptr_null(fm_cancel_child(token));
	fm_cancel_cancel(token);
	fm_cancel_unref(token);
}
END_TEST

/* Each waker writes its name down when it is woken. */
struct scribe {
	struct fm_wakeable wakeable;
	char name;
};

static char written[16];
static unsigned writes;

static struct fm_waker scribe_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void scribe_wake(struct fm_wakeable *wakeable)
{
	written[writes++] = FM_CONTAINER_OF(wakeable, struct scribe, wakeable)->name;
}

static void scribe_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool scribe_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops scribe_ops = { scribe_clone, scribe_wake, scribe_drop, scribe_will_wake };

START_TEST(wakes_depth_first_in_order)
{
	struct fm_cancel *tokens[6];
	struct fm_cancel *gone;
	struct fm_cancel_wait waits[6];
	struct scribe scribes[6];

	/* a( b(c) [gone](d) e ) and f waits for a, last. The forgotten parent's child keeps its place. */
	tokens[0] = fm_cancel_new();
	tokens[1] = fm_cancel_child(tokens[0]);
	gone = fm_cancel_child(tokens[0]);
	tokens[4] = fm_cancel_child(tokens[0]);
	tokens[3] = fm_cancel_child(gone);
	tokens[2] = fm_cancel_child(tokens[1]);
	tokens[5] = fm_cancel_ref(tokens[0]);
	fm_cancel_unref(gone);
	writes = 0;
	for (unsigned i = 0; i < 6; i++) {
		struct fm_context cx = { .executor = hand.executor };

		scribes[i] = (struct scribe){ { &scribe_ops }, (char)('a' + i) };
		cx.waker = fm_waker_of(&scribes[i].wakeable);
		ck_assert_int_eq(fm_poll(fm_cancel_wait_init(&waits[i], tokens[i]), &cx), FM_PENDING);
	}
	fm_cancel_cancel(tokens[0]);
	written[writes] = '\0';
	ck_assert_str_eq(written, "afbcde");
	for (unsigned i = 0; i < 6; i++) {
		assert_ready(&hand, &waits[i].fut, FM_OK);
		fm_cancel_unref(tokens[i]);
	}
}
END_TEST

START_TEST(a_deep_tree_costs_no_stack)
{
	enum { DEPTH = 300000 };
	struct fm_cancel *root = fm_cancel_new();
	struct fm_cancel *first = root;
	struct fm_cancel *last = root;
	static struct fm_cancel *tokens[DEPTH];

	for (unsigned i = 0; i < DEPTH; i++)
		tokens[i] = last = fm_cancel_child(last);
	fm_cancel_cancel(first);
	ck_assert(fm_cancel_cancelled(last));
	fm_cancel_unref(root);
	for (unsigned i = 0; i < DEPTH; i++)
		fm_cancel_unref(tokens[i]);
}
END_TEST

START_TEST(waits_and_gives_up)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_wait a, b;
	struct hand_waker other;

	hand_waker_init(&other);
	fm_drop(fm_cancel_wait_init(&a, token));
	assert_pending(&hand, fm_cancel_wait_init(&a, token));
	assert_pending(&hand, fm_cancel_wait_init(&b, token));
	ck_assert_int_eq(hand_poll_as(&hand, &b.fut, &other), FM_PENDING);
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	ck_assert_uint_eq(ledger.waits, 2);
	assert_breach(&hand, fm_cancel_unref(token));
	token = fm_cancel_ref(token);
	fm_cancel_cancel(token);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones, 0);
	hand.budget_refusals = 1;
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_pending(&hand, (hand.budget_refusals = 1, fm_cancel_wait_init(&a, token)));
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	fm_cancel_unref(token);
}
END_TEST

START_TEST(woken_and_dropped_before_the_poll)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_wait a;

	assert_pending(&hand, fm_cancel_wait_init(&a, token));
	fm_cancel_cancel(token);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	fm_cancel_unref(token);
}
END_TEST

/* A waker that drops another waiter and gives the last handle back. */
struct meddler {
	struct fm_wakeable wakeable;
	struct fm_cancel_wait *victim;
	struct fm_cancel *token;
};

static void meddler_wake(struct fm_wakeable *wakeable)
{
	struct meddler *self = FM_CONTAINER_OF(wakeable, struct meddler, wakeable);

	fm_drop(&self->victim->fut);
	fm_cancel_cancel(self->token);
	fm_cancel_unref(self->token);
}

static const struct fm_waker_ops meddler_ops = { scribe_clone, meddler_wake, scribe_drop, scribe_will_wake };

START_TEST(a_waker_may_reenter)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_wait a, b;
	struct meddler meddler = { { &meddler_ops }, &b, fm_cancel_child(token) };
	struct fm_context cx = { .waker = fm_waker_of(&meddler.wakeable), .executor = hand.executor };

	ck_assert_int_eq(fm_poll(fm_cancel_wait_init(&a, token), &cx), FM_PENDING);
	assert_pending(&hand, fm_cancel_wait_init(&b, meddler.token));
	fm_cancel_cancel(token);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_cancel_unref(token);
}
END_TEST

struct job {
	struct fm_async async;
	struct fm_yield yield;
	struct fm_defer defer;
	struct fm_cancel *token; /* cancelled by the job itself in its first poll; NULL: not */
	unsigned polls;
	bool undone;
};

static void job_undo(struct fm_defer *defer)
{
	FM_CONTAINER_OF(defer, struct job, defer)->undone = true;
}

FM_ASYNC(job)
{
	FM_BEGIN;
	self->polls++;
	if (self->token)
		fm_cancel_cancel(self->token);
	FM_AWAIT(fm_yield_init(&self->yield));
	self->polls++;
	FM_RETURN(7);
	FM_END;
}

static struct fm_future *job_init(struct job *self, struct fm_cancel *token)
{
	*self = (struct job){ .token = token };
	FM_ASYNC_INIT(self, job);
	fm_defer(&self->async, &self->defer, job_undo);
	return &self->async.fut;
}

START_TEST(runs_to_the_end)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_run run;
	struct job job;

	assert_pending(&hand, fm_cancel_run_init(&run, token, job_init(&job, NULL)));
	assert_ready(&hand, &run.fut, 7);
	ck_assert(job.undone);
	ck_assert_uint_eq(ledger.unwaits, 1);
	fm_cancel_unref(token);
}
END_TEST

START_TEST(runs_until_cancelled)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_run run;
	struct job job;

	assert_pending(&hand, fm_cancel_run_init(&run, token, job_init(&job, NULL)));
	(void)hand_wakes(&hand);
	fm_cancel_cancel(token);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	/* Corpus F13: a refused budget doesn't let the job go on. */
	hand.budget_refusals = 1;
	assert_pending(&hand, &run.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(job.polls, 1);
	ck_assert(!job.undone);
	assert_ready(&hand, &run.fut, FM_ERR_CANCELLED);
	ck_assert_uint_eq(job.polls, 1);
	ck_assert(job.undone);
	fm_cancel_unref(token);
}
END_TEST

START_TEST(runs_nothing_under_a_cancelled_token)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_run run;
	struct job job;

	fm_cancel_cancel(token);
	assert_ready(&hand, fm_cancel_run_init(&run, token, job_init(&job, NULL)), FM_ERR_CANCELLED);
	ck_assert_uint_eq(job.polls, 0);
	ck_assert(job.undone);
	fm_cancel_unref(token);
}
END_TEST

START_TEST(a_job_may_cancel_itself)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_run run;
	struct job job;

	assert_pending(&hand, fm_cancel_run_init(&run, token, job_init(&job, token)));
	ck_assert_uint_ge(hand_wakes(&hand), 1);
	assert_ready(&hand, &run.fut, FM_ERR_CANCELLED);
	ck_assert_uint_eq(job.polls, 1);
	fm_cancel_unref(token);
}
END_TEST

START_TEST(dropping_the_run_drops_the_job)
{
	struct fm_cancel *token = fm_cancel_new();
	struct fm_cancel_run run;
	struct fm_future *child;
	struct job job;

	fm_drop(fm_cancel_run_init(&run, token, job_init(&job, NULL)));
	ck_assert(job.undone);
	assert_pending(&hand, fm_cancel_run_init(&run, token, job_init(&job, NULL)));
	run.fut.ops->inspect(&run.fut, 0, &child);
	ck_assert_ptr_eq(child, &job.async.fut);
	run.fut.ops->inspect(&run.fut, 1, &child);
	ck_assert_ptr_eq(child, &run.wait.fut);
	run.fut.ops->inspect(&run.fut, 2, &child);
	ck_assert_ptr_null(child);
	fm_drop(&run.fut);
	ck_assert(job.undone);
	ck_assert_uint_eq(ledger.unwaits, 1);
	fm_cancel_unref(token);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("cancel");
	TCase *tcase = tcase_create("cancel");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, cancels_its_subtree_only);
	tcase_add_test(tcase, a_child_of_a_cancelled_token_is_born_cancelled);
	tcase_add_test(tcase, a_forgotten_parent_leaves_its_children_to_its_own);
	tcase_add_test(tcase, handles_are_counted);
	tcase_add_test(tcase, no_memory_is_said);
	tcase_add_test(tcase, wakes_depth_first_in_order);
	tcase_add_test(tcase, a_deep_tree_costs_no_stack);
	tcase_add_test(tcase, waits_and_gives_up);
	tcase_add_test(tcase, woken_and_dropped_before_the_poll);
	tcase_add_test(tcase, a_waker_may_reenter);
	tcase_add_test(tcase, runs_to_the_end);
	tcase_add_test(tcase, runs_until_cancelled);
	tcase_add_test(tcase, runs_nothing_under_a_cancelled_token);
	tcase_add_test(tcase, a_job_may_cancel_itself);
	tcase_add_test(tcase, dropping_the_run_drops_the_job);
	suite_add_tcase(suite, tcase);
	return suite;
}
