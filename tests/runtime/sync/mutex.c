/* Mutex: exclusion, hand-over in order, and what happens to a lock whose new holder goes away. */
#include "ledger.h"
#include "suite.h"

#include <fm/mutex.h>
#include <fm/task.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_mutex mutex;
static struct fm_mutex_lock a, b, c;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	POISON(mutex);
	POISON(a);
	fm_mutex_init(&mutex);
}

static void close_hand(void)
{
	fm_mutex_drop(&mutex);
	ledger_close();
	hand_close(&hand);
}

static struct fm_future *lock(struct fm_mutex_lock *future)
{
	return fm_mutex_lock_init(future, &mutex);
}

START_TEST(is_taken_at_once_when_free)
{
	ck_assert(!fm_mutex_locked(&mutex));
	assert_ready(&hand, lock(&a), FM_OK);
	ck_assert(fm_mutex_locked(&mutex));
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_ERR_BUSY);
	fm_mutex_unlock(&mutex);
	ck_assert(!fm_mutex_locked(&mutex));
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	fm_mutex_unlock(&mutex);
	ck_assert_uint_eq(ledger.grants_at_once, 2);
	ck_assert_uint_eq(ledger.releases, 2);
	ck_assert_uint_eq(ledger.waits, 0);
}
END_TEST

START_TEST(is_handed_over_in_order)
{
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_pending(&hand, lock(&a));
	assert_pending(&hand, lock(&b));
	assert_pending(&hand, &a.fut);
	ck_assert_uint_eq(ledger.waits, 2);
	fm_mutex_unlock(&mutex);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &a.fut);
	ck_assert_msg(fm_mutex_try_lock(&mutex) == FM_ERR_BUSY, "overtaken between hand-over and poll");
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_mutex_unlock(&mutex);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert_uint_eq(ledger.grants, 3);
	fm_mutex_unlock(&mutex);
}
END_TEST

START_TEST(a_new_holder_dropped_passes_it_on)
{
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_pending(&hand, lock(&a));
	assert_pending(&hand, lock(&b));
	fm_mutex_unlock(&mutex);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	fm_drop(&b.fut);
	ck_assert(!fm_mutex_locked(&mutex));
	ck_assert_uint_eq(ledger.unwaits, 0);
	ck_assert_uint_eq(ledger.releases, 3);
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	fm_mutex_unlock(&mutex);
}
END_TEST

START_TEST(one_that_gives_up_leaves_the_queue)
{
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_pending(&hand, lock(&a));
	assert_pending(&hand, lock(&b));
	assert_pending(&hand, lock(&c));
	fm_drop(&b.fut);
	fm_drop(&a.fut);
	ck_assert_uint_eq(ledger.unwaits, 2);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	fm_mutex_unlock(&mutex);
	assert_ready(&hand, &c.fut, FM_OK);
	fm_mutex_unlock(&mutex);
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_drop(lock(&a));
	ck_assert(!fm_mutex_locked(&mutex));
	ck_assert_uint_eq(ledger.unwaits, 0);
}
END_TEST

START_TEST(a_refused_budget_takes_nothing)
{
	hand.budget_refusals = 1;
	assert_pending(&hand, lock(&a));
	ck_assert(!fm_mutex_locked(&mutex));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	/* Somebody else may come between. */
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_pending(&hand, &a.fut);
	fm_mutex_unlock(&mutex);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
	/* Refused with the lock in hand, then dropped. */
	fm_drop(&a.fut);
	ck_assert(!fm_mutex_locked(&mutex));
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_pending(&hand, lock(&a));
	ck_assert_int_eq(hand_poll_as(&hand, &a.fut, &other), FM_PENDING);
	fm_mutex_unlock(&mutex);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones, 0);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_mutex_unlock(&mutex);
}
END_TEST

START_TEST(unlocking_what_one_does_not_hold_is_a_breach)
{
	assert_breach(&hand, fm_mutex_unlock(&mutex));
	ck_assert_int_eq(fm_mutex_try_lock(&mutex), FM_OK);
	assert_breach(&hand, fm_mutex_drop(&mutex));
	assert_pending(&hand, lock(&a));
	fm_mutex_unlock(&mutex);
	assert_breach(&hand, fm_mutex_unlock(&mutex));
	assert_ready(&hand, &a.fut, FM_OK);
	fm_mutex_unlock(&mutex);
	assert_breach(&hand, fm_mutex_unlock(&mutex));
}
END_TEST

struct worker {
	struct fm_async async;
	struct fm_mutex_lock lock;
	struct fm_mutex_guard guard;
	struct fm_yield yield;
	unsigned rounds;
};

static unsigned inside, entered;

FM_ASYNC(worker)
{
	FM_BEGIN;
	while (self->rounds-- > 0) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &mutex));
		fm_mutex_defer_unlock(&self->async, &self->guard, &mutex);
		ck_assert_uint_eq(inside++, 0);
		entered++;
		FM_AWAIT(fm_yield_init(&self->yield));
		inside--;
		fm_undefer(&self->async, &self->guard.defer);
		fm_mutex_unlock(&mutex);
	}
	FM_END;
}

START_TEST(tasks_exclude_each_other)
{
	struct fm_task *tasks[5];

	inside = entered = 0;
	for (unsigned i = 0; i < 5; i++) {
		struct worker *worker = fm_task_alloc(sizeof(*worker), "worker");

		FM_ASYNC_INIT(worker, worker);
		worker->rounds = 20;
		tasks[i] = fm_task_spawn(worker);
	}
	hand_run_ready(&hand);
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_int_eq(fm_task_status(tasks[i]), FM_OK);
		fm_task_detach(tasks[i]);
	}
	ck_assert_uint_eq(entered, 100);
}
END_TEST

START_TEST(an_aborted_holder_unlocks)
{
	static struct worker x;

	inside = 0;
	FM_ASYNC_INIT(&x, worker);
	x.rounds = 1;
	assert_pending(&hand, &x.async.fut);
	assert_pending(&hand, lock(&a));
	fm_drop(&x.async.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_mutex_unlock(&mutex);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("mutex");
	TCase *tcase = tcase_create("mutex");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, is_taken_at_once_when_free);
	tcase_add_test(tcase, is_handed_over_in_order);
	tcase_add_test(tcase, a_new_holder_dropped_passes_it_on);
	tcase_add_test(tcase, one_that_gives_up_leaves_the_queue);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_takes_nothing);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, unlocking_what_one_does_not_hold_is_a_breach);
	tcase_add_test(tcase, tasks_exclude_each_other);
	tcase_add_test(tcase, an_aborted_holder_unlocks);
	suite_add_tcase(suite, tcase);
	return suite;
}
