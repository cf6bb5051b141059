/* Semaphore: fairness, conservation of permits under cancellation, and closing. */
#include "ledger.h"
#include "suite.h"

#include <fm/semaphore.h>
#include <fm/task.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_semaphore sem;
static struct fm_semaphore_acquire a, b, c;

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	POISON(sem);
	POISON(a);
}

static void close_hand(void)
{
	ledger_close();
	hand_close(&hand);
}

static struct fm_future *acquire(struct fm_semaphore_acquire *request, uint64_t permits)
{
	return fm_semaphore_acquire_init(request, &sem, permits);
}

START_TEST(takes_free_permits_at_once)
{
	fm_semaphore_init(&sem, 3);
	assert_ready(&hand, acquire(&a, 2), FM_OK);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 1);
	ck_assert_int_eq(fm_semaphore_try_acquire(&sem, 2), FM_ERR_BUSY);
	ck_assert_int_eq(fm_semaphore_try_acquire(&sem, 1), FM_OK);
	ck_assert_uint_eq(ledger.grants_at_once, 2);
	ck_assert_uint_eq(ledger.waits, 0);
	ck_assert_int_eq(fm_semaphore_release(&sem, 3), FM_OK);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 3);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(serves_first_come_first_and_whole)
{
	fm_semaphore_init(&sem, 1);
	assert_pending(&hand, acquire(&a, 3));
	assert_pending(&hand, acquire(&b, 1));
	ck_assert_msg(fm_semaphore_try_acquire(&sem, 1) == FM_ERR_BUSY, "a permit was stolen past the queue");
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 2);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &a.fut);
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_int_eq(fm_semaphore_release(&sem, 3), FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert_uint_eq(ledger.waits, 2);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 2);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(one_release_grants_many)
{
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 1));
	assert_pending(&hand, acquire(&b, 2));
	assert_pending(&hand, acquire(&c, 2));
	ck_assert_int_eq(fm_semaphore_release(&sem, 4), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_pending(&hand, &c.fut);
	fm_drop(&c.fut);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 1);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(dropping_the_head_serves_who_waits_behind)
{
	fm_semaphore_init(&sem, 1);
	assert_pending(&hand, acquire(&a, 2));
	assert_pending(&hand, acquire(&b, 1));
	fm_drop(&a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(ledger.unwaits, 1);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(dropping_one_in_the_middle_changes_nothing)
{
	fm_semaphore_init(&sem, 1);
	assert_pending(&hand, acquire(&a, 2));
	assert_pending(&hand, acquire(&b, 1));
	assert_pending(&hand, acquire(&c, 1));
	fm_drop(&b.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	fm_drop(&a.fut);
	assert_ready(&hand, &c.fut, FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(granted_and_dropped_permits_come_back)
{
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 2));
	assert_pending(&hand, acquire(&b, 1));
	ck_assert_int_eq(fm_semaphore_release(&sem, 2), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&a.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	fm_drop(&b.fut);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 2);
	ck_assert_uint_eq(ledger.grants, 2);
	ck_assert_uint_eq(ledger.releases, 3);
	ck_assert_uint_eq(ledger.unwaits, 0);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(drop_before_the_first_poll)
{
	fm_semaphore_init(&sem, 1);
	fm_drop(acquire(&a, 1));
	ck_assert_uint_eq(fm_semaphore_available(&sem), 1);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(a_refused_budget_takes_nothing)
{
	fm_semaphore_init(&sem, 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, acquire(&a, 1));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 1);
	ck_assert_uint_eq(ledger.waits, 0);
	assert_ready(&hand, &a.fut, FM_OK);

	assert_pending(&hand, acquire(&b, 1));
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &b.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
	assert_ready(&hand, &b.fut, FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 1));
	ck_assert_int_eq(hand_poll_as(&hand, &a.fut, &other), FM_PENDING);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones, 0);
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(ledger.waits, 1);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(a_spurious_poll_keeps_the_place)
{
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 1));
	assert_pending(&hand, acquire(&b, 1));
	assert_pending(&hand, &a.fut);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	assert_pending(&hand, &b.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_drop(&b.fut);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(closed_is_for_good)
{
	fm_semaphore_init(&sem, 3);
	fm_semaphore_close(&sem);
	ck_assert_uint_eq(fm_semaphore_forget(&sem, 1), 1);
	ck_assert(fm_semaphore_closed(&sem));
	assert_ready(&hand, acquire(&a, 1), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_semaphore_release(&sem, 5), FM_OK);
	fm_semaphore_close(&sem);
	assert_ready(&hand, acquire(&a, 1), FM_ERR_CLOSED);
	assert_ready(&hand, acquire(&a, 0), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_semaphore_try_acquire(&sem, 1), FM_ERR_CLOSED);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 7);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(closing_wakes_who_waits_and_leaves_what_was_granted)
{
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 1));
	assert_pending(&hand, acquire(&b, 2));
	assert_pending(&hand, acquire(&c, 1));
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	(void)hand_wakes(&hand);
	fm_semaphore_close(&sem);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_ready(&hand, &a.fut, FM_OK);
	fm_drop(&b.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &c.fut);
	assert_ready(&hand, &c.fut, FM_ERR_CLOSED);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(counts_up_to_the_brim)
{
	fm_semaphore_init(&sem, UINT64_MAX);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_ERR_OVERFLOW);
	ck_assert_int_eq(fm_semaphore_release(&sem, 0), FM_OK);
	assert_ready(&hand, acquire(&a, UINT64_MAX), FM_OK);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 0);
	assert_pending(&hand, acquire(&b, UINT64_MAX));
	ck_assert_int_eq(fm_semaphore_release(&sem, UINT64_MAX), FM_OK);
	/* All are granted to b now, which may still give them back. */
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_ERR_OVERFLOW);
	fm_drop(&b.fut);
	ck_assert_uint_eq(fm_semaphore_available(&sem), UINT64_MAX);
	ck_assert_uint_eq(fm_semaphore_forget(&sem, UINT64_MAX), UINT64_MAX);
	ck_assert_uint_eq(fm_semaphore_forget(&sem, 1), 0);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(nothing_is_asked_for_in_turn)
{
	fm_semaphore_init(&sem, 0);
	assert_ready(&hand, acquire(&a, 0), FM_OK);
	assert_pending(&hand, acquire(&a, 1));
	assert_pending(&hand, acquire(&b, 0));
	fm_drop(&a.fut);
	assert_ready(&hand, &b.fut, FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

START_TEST(dropped_too_early_is_a_breach)
{
	fm_semaphore_init(&sem, 0);
	assert_pending(&hand, acquire(&a, 1));
	assert_breach(&hand, fm_semaphore_drop(&sem));
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	assert_breach(&hand, fm_semaphore_drop(&sem));
	assert_ready(&hand, &a.fut, FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

/* A waker that releases, drops and closes from within the wake. */
struct meddler {
	struct fm_wakeable wakeable;
	struct fm_semaphore_acquire *victim;
};

static struct fm_waker meddler_clone(struct fm_wakeable *wakeable)
{
	return fm_waker_of(wakeable);
}

static void meddler_wake(struct fm_wakeable *wakeable)
{
	struct meddler *self = FM_CONTAINER_OF(wakeable, struct meddler, wakeable);

	fm_drop_if_live(&self->victim->fut);
	ck_assert_int_eq(fm_semaphore_release(&sem, 1), FM_OK);
	fm_semaphore_close(&sem);
}

static void meddler_drop(struct fm_wakeable *wakeable)
{
	(void)wakeable;
}

static bool meddler_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops meddler_ops = { meddler_clone, meddler_wake, meddler_drop,
						 meddler_will_wake };

START_TEST(a_waker_may_reenter)
{
	struct meddler meddler = { { &meddler_ops }, &b };
	struct fm_context cx = { .waker = fm_waker_of(&meddler.wakeable), .executor = hand.executor };

	fm_semaphore_init(&sem, 0);
	ck_assert_int_eq(fm_poll(acquire(&a, 1), &cx), FM_PENDING);
	assert_pending(&hand, acquire(&b, 1));
	assert_pending(&hand, acquire(&c, 3));
	/* Both are granted; waking the first drops the second, releases for the third, and closes. */
	ck_assert_int_eq(fm_semaphore_release(&sem, 2), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &c.fut, FM_ERR_CLOSED);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 2);
	fm_semaphore_drop(&sem);
}
END_TEST

struct holder {
	struct fm_async async;
	struct fm_semaphore_acquire acquire;
	struct fm_semaphore_guard guard;
	struct fm_yield yield;
	unsigned inside;
};

FM_ASYNC(holder)
{
	FM_BEGIN;
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &sem, 2));
	fm_semaphore_defer_release(&self->async, &self->guard, &sem, 2);
	self->inside++;
	FM_AWAIT(fm_yield_init(&self->yield));
	self->inside++;
	FM_END;
}

START_TEST(a_guard_releases_on_return_and_on_drop)
{
	static struct holder x, y, z;

	fm_semaphore_init(&sem, 3);
	FM_ASYNC_INIT(&x, holder);
	FM_ASYNC_INIT(&y, holder);
	FM_ASYNC_INIT(&z, holder);
	assert_pending(&hand, &x.async.fut);
	assert_pending(&hand, &y.async.fut);
	assert_pending(&hand, &z.async.fut);
	ck_assert_uint_eq(x.inside, 1);
	ck_assert_uint_eq(y.inside, 0);
	fm_drop(&x.async.fut);
	assert_pending(&hand, &y.async.fut);
	ck_assert_uint_eq(y.inside, 1);
	assert_ready(&hand, &y.async.fut, FM_OK);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 1);
	fm_drop(&z.async.fut);
	ck_assert_uint_eq(fm_semaphore_available(&sem), 3);
	FM_ASYNC_INIT(&x, holder);
	assert_pending(&hand, &x.async.fut);
	ck_assert_int_eq(fm_semaphore_release(&sem, UINT64_MAX - 1), FM_OK);
	assert_breach(&hand, x.guard.defer.run(&x.guard.defer));
	ck_assert_uint_eq(fm_semaphore_forget(&sem, 2), 2);
	assert_ready(&hand, &x.async.fut, FM_OK);
	fm_semaphore_drop(&sem);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("semaphore");
	TCase *tcase = tcase_create("semaphore");

	tcase_add_checked_fixture(tcase, open_hand, close_hand);
	tcase_add_test(tcase, takes_free_permits_at_once);
	tcase_add_test(tcase, serves_first_come_first_and_whole);
	tcase_add_test(tcase, one_release_grants_many);
	tcase_add_test(tcase, dropping_the_head_serves_who_waits_behind);
	tcase_add_test(tcase, dropping_one_in_the_middle_changes_nothing);
	tcase_add_test(tcase, granted_and_dropped_permits_come_back);
	tcase_add_test(tcase, drop_before_the_first_poll);
	tcase_add_test(tcase, a_refused_budget_takes_nothing);
	tcase_add_test(tcase, only_the_newest_waker_is_woken);
	tcase_add_test(tcase, a_spurious_poll_keeps_the_place);
	tcase_add_test(tcase, closed_is_for_good);
	tcase_add_test(tcase, closing_wakes_who_waits_and_leaves_what_was_granted);
	tcase_add_test(tcase, counts_up_to_the_brim);
	tcase_add_test(tcase, nothing_is_asked_for_in_turn);
	tcase_add_test(tcase, dropped_too_early_is_a_breach);
	tcase_add_test(tcase, a_waker_may_reenter);
	tcase_add_test(tcase, a_guard_releases_on_return_and_on_drop);
	suite_add_tcase(suite, tcase);
	return suite;
}
