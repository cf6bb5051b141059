/* A task's life: spawned, joined, detached, woken too late; and no allocation but one. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/async.h>
#include <fm/embed.h>

static struct hand hand;

static void open_hand(void)
{
	hand_open(&hand);
	trap_open(&hand);
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

START_TEST(spawned_polled_and_ended)
{
	struct fm_task *task = spawn('a');

	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 1);
	ck_assert(fm_task_scheduled(task));
	log_is("");
	hand_run_ready(&hand);
	log_is("a");
	ck_assert(fm_task_parked(task));
	ck_assert_int_eq(fm_task_status(task), FM_ERR_AGAIN);
	puppet_pull(puppet_of(task), 21);
	puppet_pull(puppet_of(task), 21);
	ck_assert_uint_eq(fm_runq_ready(fm_executor_runq(hand.executor)), 1);
	hand_run_ready(&hand);
	log_is("a");
	ck_assert(fm_task_done(task));
	ck_assert_int_eq(fm_task_status(task), 21);
	ck_assert_int_eq(fm_task_future(task)->status, 21);
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 0);
	ck_assert_ptr_eq(fm_task_executor(task), hand.executor);
	fm_task_detach(task);
	fm_task_detach(NULL);
}
END_TEST

START_TEST(detached_goes_on)
{
	struct fm_task *task = spawn('a');
	struct puppet *puppet = puppet_of(task);

	fm_task_detach(task);
	hand_run_ready(&hand);
	puppet_pull(puppet, FM_OK);
	hand_run_ready(&hand);
	log_is("aa");
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 0);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

START_TEST(a_task_owns_its_frame_and_no_more)
{
	struct fm_task *task = spawn('a');
	const char *frame = fm_task_frame(task);

	ck_assert(fm_task_owns(task, frame));
	ck_assert(fm_task_owns(task, frame + sizeof(struct puppet) - 1));
	ck_assert(!fm_task_owns(task, frame + ((sizeof(struct puppet) + 7) & ~(size_t)7)));
	ck_assert(!fm_task_owns(task, frame - 1));
	ck_assert(!fm_task_owns(task, NULL));
	puppet_pull(puppet_of(task), 0);
	hand_run_ready(&hand);
	fm_task_detach(task);
}
END_TEST

START_TEST(names)
{
	struct puppet *puppet = fm_task_alloc(sizeof(*puppet), "caller");
	struct fm_task *task;

	puppet_init(puppet, 'a');
	task = fm_task_spawn(puppet);
	ck_assert_str_eq(fm_task_name(task), "caller");
	fm_task_detach(task);
	task = spawn('b');
	ck_assert_str_eq(fm_task_name(task), "puppet");
	ck_assert_uint_eq(fm_task_index(task), 1);
	fm_task_detach(task);
}
END_TEST

START_TEST(absurd_sizes)
{
	ck_assert_ptr_null(fm_task_alloc(sizeof(struct fm_future) - 1, NULL));
	ck_assert_ptr_null(fm_task_alloc(FM_TASK_FRAME_BYTES_MAX + 1, NULL));
	ck_assert_ptr_null(fm_task_alloc(SIZE_MAX, NULL));
	fm_executor_enter(NULL);
	ck_assert_ptr_null(fm_task_alloc(sizeof(struct puppet), NULL));
	fm_executor_enter(hand.executor);
	ck_assert_uint_eq(fm_runq_slots(fm_executor_runq(hand.executor)), 0);
}
END_TEST

/* A frame is zeroed, also one whose memory was used before. */
START_TEST(frames_are_zeroed)
{
	for (int i = 0; i < 3; i++) {
		unsigned char *frame = fm_task_alloc(77, "zero");

		for (unsigned j = 0; j < 77; j++)
			ck_assert_uint_eq(frame[j], 0);
		memset(frame, 0xff, 77);
		fm_task_unalloc(frame);
	}
}
END_TEST

START_TEST(the_nth_allocation_fails)
{
	struct fm_task *tasks[40];
	const size_t before = hand.live_bytes;

	for (size_t n = 1; n < 60; n++) {
		unsigned spawned = 0;
		unsigned failed = 0;

		hand.fail_at = hand.allocations + n;
		for (unsigned i = 0; i < 40; i++) {
			struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);

			if (!puppet) {
				failed++;
				continue;
			}
			puppet_ready(puppet, 'x', (int)i);
			tasks[spawned++] = fm_task_spawn(puppet);
		}
		ck_assert_uint_le(failed, 1);
		ck_assert(n > 20 || failed == 1);
		hand.fail_at = 0;
		hand_run_ready(&hand);
		for (unsigned i = 0; i < spawned; i++) {
			ck_assert(fm_task_done(tasks[i]));
			fm_task_detach(tasks[i]);
		}
		puppet_log[0] = '\0';
	}
	ck_assert_uint_gt(before + 10000, hand.live_bytes);
}
END_TEST

START_TEST(one_allocation_a_spawn)
{
	size_t before;

	fm_task_detach(spawn('a')); /* which makes the queue's first tables */
	before = hand.allocations;
	fm_task_detach(spawn('b'));
	ck_assert_uint_eq(hand.allocations, before + 1);
}
END_TEST

START_TEST(joined_before_and_after_the_end)
{
	struct fm_task *task = spawn('a');
	struct fm_task_join join;

	fm_task_join_init(&join, task);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 1);
	hand_run_ready(&hand);
	puppet_pull(puppet_of(task), 4);
	hand_run_ready(&hand);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	ck_assert_int_eq(join.fut.status, 4);
	fm_task_join_init(&join, task);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	ck_assert_int_eq(join.fut.status, 4);
	fm_task_detach(task);
}
END_TEST

START_TEST(a_dropped_join_leaves_the_task_and_the_others)
{
	struct fm_task *task = spawn('a');
	struct hand_waker wakers[3];
	struct fm_task_join joins[3];

	for (int i = 0; i < 3; i++) {
		hand_waker_init(&wakers[i]);
		fm_task_join_init(&joins[i], task);
		ck_assert_int_eq(hand_poll_as(&hand, &joins[i].fut, &wakers[i]), FM_PENDING);
	}
	fm_drop(&joins[1].fut);
	ck_assert_uint_eq(wakers[1].clones, 0);
	hand_run_ready(&hand);
	puppet_pull(puppet_of(task), 4);
	hand_run_ready(&hand);
	ck_assert(wakers[0].wakes == 1 && wakers[1].wakes == 0 && wakers[2].wakes == 1);
	ck_assert_int_eq(hand_poll(&hand, &joins[0].fut), FM_READY);
	fm_drop(&joins[2].fut); /* woken, not polled */
	fm_task_join_init(&joins[1], task);
	fm_drop(&joins[1].fut); /* before the first poll */
	fm_task_detach(task);
}
END_TEST

START_TEST(a_join_keeps_its_newest_waker)
{
	struct fm_task *task = spawn('a');
	struct fm_task_join join;
	struct hand_waker newer;

	hand_waker_init(&newer);
	fm_task_join_init(&join, task);
	hand_poll(&hand, &join.fut);
	hand_poll_as(&hand, &join.fut, &newer);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_task_abort(task);
	hand_run_ready(&hand);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(newer.wakes, 1);
	ck_assert_int_eq(hand_poll(&hand, &join.fut), FM_READY);
	ck_assert_int_eq(join.fut.status, FM_ERR_CANCELLED);
	fm_task_detach(task);
}
END_TEST

/* Tasks that join one task wake in the order in which they came. */
struct joiner {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *target;
	char letter;
};

FM_ASYNC(joiner)
{
	FM_BEGIN;
	FM_AWAIT(fm_task_join_init(&self->join, self->target));
	puppet_note(self->letter);
	FM_END;
}

START_TEST(joiners_first_come_first_served)
{
	struct fm_task *task = spawn('t');

	for (char c = 'a'; c <= 'e'; c++) {
		struct joiner *joiner = fm_task_alloc(sizeof(*joiner), NULL);

		FM_ASYNC_INIT(joiner, joiner);
		joiner->target = task;
		joiner->letter = c;
		fm_task_detach(fm_task_spawn(joiner));
	}
	hand_run_ready(&hand);
	puppet_pull(puppet_of(task), FM_OK);
	hand_run_ready(&hand);
	log_is("ttabcde");
	fm_task_detach(task);
}
END_TEST

START_TEST(woken_after_its_end)
{
	struct fm_task *task = spawn('a');
	struct fm_waker kept;

	hand_run_ready(&hand);
	kept = fm_waker_clone(puppet_of(task)->waker);
	puppet_pull(puppet_of(task), FM_OK);
	hand_run_ready(&hand);
	fm_task_detach(task);
	fm_waker_wake_by_ref(kept);
	ck_assert_uint_eq(fm_runq_ready(fm_executor_runq(hand.executor)), 0);
	ck_assert_ptr_nonnull(fm_runq_slot(fm_executor_runq(hand.executor), 0));
	fm_waker_wake(&kept);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

/* It wakes itself and ends in one poll; it wakes itself as it is dropped. */
static enum fm_poll waking_poll(struct fm_future *self, struct fm_context *cx)
{
	fm_waker_wake_by_ref(cx->waker);
	return fm_ready(self, 1);
}

static void waking_drop(struct fm_future *self)
{
	(void)self;
	fm_task_wake(fm_task_current());
}

static const struct fm_future_ops waking_ops = { .name = "waking", .poll = waking_poll, .drop = waking_drop };

START_TEST(woken_as_it_ends)
{
	for (int aborted = 0; aborted < 2; aborted++) {
		struct fm_future *future = fm_task_alloc(sizeof(*future), NULL);
		struct fm_task *task;

		fm_future_init(future, &waking_ops);
		task = fm_task_spawn(future);
		if (aborted)
			fm_task_abort(task);
		fm_task_detach(task);
		hand_run_ready(&hand);
		ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
	}
}
END_TEST

START_TEST(handles_are_counted)
{
	struct fm_task *task = spawn('a');

	ck_assert_ptr_eq(fm_task_ref(task), task);
	fm_task_detach(task);
	puppet_of(task)->ready = true;
	hand_run_ready(&hand);
	ck_assert(fm_task_done(task));
	fm_task_detach(task);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

/* Handles given back where no executor runs are found by the next turn. */
START_TEST(handles_outside_of_the_executor)
{
	struct fm_task *task = spawn('a');

	puppet_of(task)->ready = true;
	hand_run_ready(&hand);
	fm_executor_enter(NULL);
	fm_task_ref(task);
	fm_task_ref(task);
	fm_executor_enter(hand.executor);
	fm_task_detach(task);
	fm_task_detach(task);
	fm_executor_enter(NULL);
	fm_task_detach(task);
	fm_executor_enter(hand.executor);
	fm_executor_drain_remote(hand.executor);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

/* References taken abroad and given back at home: nobody else will look at the task again. */
START_TEST(references_that_cancel_out)
{
	struct fm_task *task = spawn('a');

	puppet_of(task)->ready = true;
	hand_run_ready(&hand);
	fm_executor_enter(NULL);
	fm_task_ref(task);
	fm_executor_enter(hand.executor);
	fm_task_detach(task);
	fm_task_detach(task);
	fm_executor_drain_remote(hand.executor);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

START_TEST(yields_behind_those_that_are_ready)
{
	struct fm_yield yield;

	fm_yield_init(&yield);
	ck_assert_int_eq(hand_poll(&hand, &yield.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &yield.fut), FM_READY);
	fm_yield_init(&yield);
	fm_drop(&yield.fut);
	fm_yield_init(&yield);
	hand_poll(&hand, &yield.fut);
	fm_drop(&yield.fut);
	fm_yield_init(&yield);
	for (char c = 'a'; c < 'd'; c++)
		fm_task_detach(spawn(c));
	ck_assert_int_eq(fm_block_on(hand.executor, &yield.fut), FM_OK);
	log_is("abc");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("task");
	TCase *t = tcase_create("task");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, spawned_polled_and_ended);
	tcase_add_test(t, detached_goes_on);
	tcase_add_test(t, a_task_owns_its_frame_and_no_more);
	tcase_add_test(t, names);
	tcase_add_test(t, absurd_sizes);
	tcase_add_test(t, frames_are_zeroed);
	tcase_add_test(t, the_nth_allocation_fails);
	tcase_add_test(t, one_allocation_a_spawn);
	tcase_add_test(t, joined_before_and_after_the_end);
	tcase_add_test(t, a_dropped_join_leaves_the_task_and_the_others);
	tcase_add_test(t, a_join_keeps_its_newest_waker);
	tcase_add_test(t, joiners_first_come_first_served);
	tcase_add_test(t, woken_after_its_end);
	tcase_add_test(t, woken_as_it_ends);
	tcase_add_test(t, handles_are_counted);
	tcase_add_test(t, handles_outside_of_the_executor);
	tcase_add_test(t, references_that_cancel_out);
	tcase_add_test(t, yields_behind_those_that_are_ready);
	suite_add_tcase(s, t);
	return s;
}
