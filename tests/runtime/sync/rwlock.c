/* RwLock: who may share, order, hand-over, downgrade, and cancellation of each of them. */
#include "ledger.h"
#include "suite.h"

#include <fm/rwlock.h>
#include <fm/task.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_rwlock lock;
static struct fm_rwlock_lock a, b, c, d;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	POISON(lock);
	POISON(a);
	fm_rwlock_init(&lock);
}

static void close_hand(void)
{
	fm_rwlock_drop(&lock);
	ledger_close();
	hand_close(&hand);
}

static struct fm_future *reader(struct fm_rwlock_lock *future)
{
	return fm_rwlock_read_init(future, &lock);
}

static struct fm_future *writer(struct fm_rwlock_lock *future)
{
	return fm_rwlock_write_init(future, &lock);
}

START_TEST(readers_share_and_writers_do_not)
{
	assert_ready(&hand, reader(&a), FM_OK);
	assert_ready(&hand, reader(&b), FM_OK);
	ck_assert_uint_eq(fm_rwlock_readers(&lock), 2);
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_ERR_BUSY);
	ck_assert_int_eq(fm_rwlock_try_read(&lock), FM_OK);
	fm_rwlock_read_unlock(&lock);
	fm_rwlock_read_unlock(&lock);
	fm_rwlock_read_unlock(&lock);
	assert_ready(&hand, writer(&a), FM_OK);
	ck_assert(fm_rwlock_written(&lock));
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_ERR_BUSY);
	ck_assert_int_eq(fm_rwlock_try_read(&lock), FM_ERR_BUSY);
	fm_rwlock_write_unlock(&lock);
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_OK);
	fm_rwlock_write_unlock(&lock);
	ck_assert_uint_eq(ledger.grants_at_once, 5);
	ck_assert_uint_eq(ledger.releases, 5);
}
END_TEST

START_TEST(a_writer_is_not_starved)
{
	assert_ready(&hand, reader(&a), FM_OK);
	assert_pending(&hand, writer(&b));
	assert_pending(&hand, reader(&c));
	ck_assert_msg(fm_rwlock_try_read(&lock) == FM_ERR_BUSY, "a reader overtook a writer");
	fm_rwlock_read_unlock(&lock);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	assert_pending(&hand, &c.fut);
	assert_ready(&hand, &b.fut, FM_OK);
	fm_rwlock_write_unlock(&lock);
	assert_ready(&hand, &c.fut, FM_OK);
	fm_rwlock_read_unlock(&lock);
}
END_TEST

START_TEST(neighbouring_readers_come_in_together)
{
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_OK);
	assert_pending(&hand, reader(&a));
	assert_pending(&hand, reader(&b));
	assert_pending(&hand, writer(&c));
	assert_pending(&hand, reader(&d));
	fm_rwlock_write_unlock(&lock);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_uint_eq(fm_rwlock_readers(&lock), 2);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_rwlock_read_unlock(&lock);
	assert_pending(&hand, &c.fut);
	fm_rwlock_read_unlock(&lock);
	assert_ready(&hand, &c.fut, FM_OK);
	fm_rwlock_write_unlock(&lock);
	assert_ready(&hand, &d.fut, FM_OK);
	fm_rwlock_read_unlock(&lock);
}
END_TEST

START_TEST(a_writer_that_gives_up_lets_readers_in)
{
	assert_ready(&hand, reader(&a), FM_OK);
	assert_pending(&hand, writer(&b));
	assert_pending(&hand, reader(&c));
	assert_pending(&hand, reader(&d));
	ck_assert_uint_eq(ledger.waits, 3);
	fm_drop(&b.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_uint_eq(ledger.unwaits, 1);
	assert_ready(&hand, &c.fut, FM_OK);
	fm_drop(&d.fut);
	ck_assert_uint_eq(fm_rwlock_readers(&lock), 2);
	fm_rwlock_read_unlock(&lock);
	fm_rwlock_read_unlock(&lock);
}
END_TEST

START_TEST(handed_over_and_dropped_is_passed_on)
{
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_OK);
	assert_pending(&hand, writer(&a));
	assert_pending(&hand, reader(&b));
	assert_pending(&hand, writer(&c));
	fm_rwlock_write_unlock(&lock);
	fm_drop(&a.fut);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	fm_drop(&b.fut);
	ck_assert_ptr_eq(ledger.granted, &c.fut);
	fm_drop(&c.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 3);
	ck_assert_uint_eq(ledger.unwaits, 0);
	ck_assert_uint_eq(ledger.grants, ledger.releases);
	ck_assert(!fm_rwlock_written(&lock));
	ck_assert_uint_eq(fm_rwlock_readers(&lock), 0);
}
END_TEST

START_TEST(downgrade_lets_the_first_readers_in)
{
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_OK);
	assert_pending(&hand, reader(&a));
	assert_pending(&hand, writer(&b));
	assert_pending(&hand, reader(&c));
	fm_rwlock_downgrade(&lock);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_pending(&hand, &b.fut);
	fm_rwlock_read_unlock(&lock);
	fm_rwlock_read_unlock(&lock);
	assert_ready(&hand, &b.fut, FM_OK);
	/* A writer came first: nobody comes in. */
	assert_pending(&hand, writer(&d));
	fm_drop(&c.fut);
	fm_rwlock_downgrade(&lock);
	ck_assert_int_eq(fm_rwlock_try_read(&lock), FM_ERR_BUSY);
	fm_rwlock_read_unlock(&lock);
	assert_ready(&hand, &d.fut, FM_OK);
	fm_rwlock_write_unlock(&lock);
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_drop(reader(&a));
	fm_drop(writer(&b));
	ck_assert_uint_eq(ledger.unwaits, 0);
}
END_TEST

START_TEST(a_refused_budget_takes_nothing)
{
	hand.budget_refusals = 1;
	assert_pending(&hand, writer(&a));
	ck_assert(!fm_rwlock_written(&lock));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(fm_rwlock_try_read(&lock), FM_OK);
	assert_pending(&hand, &a.fut);
	fm_rwlock_read_unlock(&lock);
	hand.budget_refusals = 1;
	assert_pending(&hand, &a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_drop(&a.fut);
	ck_assert(!fm_rwlock_written(&lock));
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	ck_assert_int_eq(fm_rwlock_try_write(&lock), FM_OK);
	assert_pending(&hand, reader(&a));
	ck_assert_int_eq(hand_poll_as(&hand, &a.fut, &other), FM_PENDING);
	fm_rwlock_write_unlock(&lock);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones, 0);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_rwlock_read_unlock(&lock);
}
END_TEST

START_TEST(unlocking_what_one_does_not_hold_is_a_breach)
{
	assert_breach(&hand, fm_rwlock_read_unlock(&lock));
	assert_breach(&hand, fm_rwlock_write_unlock(&lock));
	assert_breach(&hand, fm_rwlock_downgrade(&lock));
	ck_assert_int_eq(fm_rwlock_try_read(&lock), FM_OK);
	assert_breach(&hand, fm_rwlock_write_unlock(&lock));
	assert_breach(&hand, fm_rwlock_drop(&lock));
	assert_pending(&hand, writer(&a));
	fm_rwlock_read_unlock(&lock);
	assert_breach(&hand, fm_rwlock_write_unlock(&lock));
	assert_ready(&hand, &a.fut, FM_OK);
	assert_breach(&hand, fm_rwlock_read_unlock(&lock));
	assert_pending(&hand, reader(&b));
	fm_rwlock_write_unlock(&lock);
	assert_breach(&hand, fm_rwlock_read_unlock(&lock));
	assert_ready(&hand, &b.fut, FM_OK);
	fm_rwlock_read_unlock(&lock);
}
END_TEST

struct visitor {
	struct fm_async async;
	struct fm_rwlock_lock lock;
	struct fm_rwlock_guard guard;
	struct fm_yield yield;
	unsigned rounds;
	bool write;
};

static unsigned reading, writing, visits;

FM_ASYNC(visitor)
{
	FM_BEGIN;
	while (self->rounds-- > 0) {
		FM_AWAIT(self->write ? fm_rwlock_write_init(&self->lock, &lock) :
				       fm_rwlock_read_init(&self->lock, &lock));
		fm_rwlock_defer_unlock(&self->async, &self->guard, &lock, self->write);
		ck_assert_uint_eq(writing, 0);
		ck_assert(!self->write || reading == 0);
		*(self->write ? &writing : &reading) += 1;
		visits++;
		FM_AWAIT(fm_yield_init(&self->yield));
		*(self->write ? &writing : &reading) -= 1;
		fm_undefer(&self->async, &self->guard.defer);
		self->guard.defer.run(&self->guard.defer);
	}
	FM_END;
}

START_TEST(tasks_exclude_each_other)
{
	struct fm_task *tasks[6];

	reading = writing = visits = 0;
	for (unsigned i = 0; i < 6; i++) {
		struct visitor *visitor = fm_task_alloc(sizeof(*visitor), "visitor");

		FM_ASYNC_INIT(visitor, visitor);
		visitor->rounds = 10 + i;
		visitor->write = i % 3 == 0;
		tasks[i] = fm_task_spawn(visitor);
	}
	hand_run_ready(&hand);
	for (unsigned i = 0; i < 6; i++) {
		ck_assert_int_eq(fm_task_status(tasks[i]), FM_OK);
		fm_task_detach(tasks[i]);
	}
	ck_assert_uint_eq(visits, 75);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("rwlock");
	TCase *tcase = tcase_create("rwlock");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, readers_share_and_writers_do_not);
	tcase_add_test(tcase, a_writer_is_not_starved);
	tcase_add_test(tcase, neighbouring_readers_come_in_together);
	tcase_add_test(tcase, a_writer_that_gives_up_lets_readers_in);
	tcase_add_test(tcase, handed_over_and_dropped_is_passed_on);
	tcase_add_test(tcase, downgrade_lets_the_first_readers_in);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_takes_nothing);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, unlocking_what_one_does_not_hold_is_a_breach);
	tcase_add_test(tcase, tasks_exclude_each_other);
	suite_add_tcase(suite, tcase);
	return suite;
}
