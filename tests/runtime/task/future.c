/* The contract of a future, every breach of it, and what a waker's slot does. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/ready.h>

static struct hand hand;
static struct puppet a;

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

START_TEST(inert_until_polled)
{
	puppet_init(&a, 'a');
	ck_assert(fm_future_live(&a.fut));
	ck_assert(!fm_future_is_ready(&a.fut));
	ck_assert_uint_eq(a.polls, 0);
	fm_drop(&a.fut);
	ck_assert_uint_eq(a.drops, 1);
	ck_assert_uint_eq(a.polls, 0);
	ck_assert(!fm_future_live(&a.fut));
}
END_TEST

START_TEST(ready_leaves_nothing_to_drop)
{
	puppet_ready(&a, 'a', 11);
	ck_assert_int_eq(hand_poll(&hand, &a.fut), FM_READY);
	ck_assert(fm_future_is_ready(&a.fut));
	ck_assert(!fm_future_live(&a.fut));
	fm_drop(&a.fut);
	fm_drop(&a.fut);
	fm_drop_if_live(&a.fut);
	ck_assert_uint_eq(a.drops, 0);
	ck_assert_int_eq(a.fut.status, 11);
}
END_TEST

START_TEST(initialised_anew_after_a_drop)
{
	puppet_init(&a, 'a');
	hand_poll(&hand, &a.fut);
	fm_drop(&a.fut);
	fm_drop_if_live(&a.fut);
	ck_assert_uint_eq(a.drops, 1);
	puppet_ready(&a, 'a', FM_OK);
	ck_assert_int_eq(hand_poll(&hand, &a.fut), FM_READY);
}
END_TEST

START_TEST(moved_before_the_first_poll)
{
	struct puppet elsewhere;

	puppet_ready(&a, 'a', FM_OK);
	elsewhere = a;
	ck_assert_int_eq(hand_poll(&hand, &elsewhere.fut), FM_READY);
	puppet_init(&a, 'a');
	elsewhere = a;
	fm_drop(&elsewhere.fut);
}
END_TEST

START_TEST(polled_after_ready)
{
	puppet_ready(&a, 'a', FM_OK);
	hand_poll(&hand, &a.fut);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "polled after READY", hand_poll(&hand, &a.fut));
}
END_TEST

START_TEST(polled_after_drop)
{
	puppet_init(&a, 'a');
	fm_drop(&a.fut);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "polled after it was dropped", hand_poll(&hand, &a.fut));
}
END_TEST

START_TEST(polled_after_a_move)
{
	static struct puppet elsewhere;

	puppet_init(&a, 'a');
	hand_poll(&hand, &a.fut);
	elsewhere = a;
	ASSERT_FATAL(FM_FATAL_CONTRACT, "moved", hand_poll(&hand, &elsewhere.fut));
	ASSERT_FATAL(FM_FATAL_CONTRACT, "moved", fm_drop(&elsewhere.fut));
	fm_drop(&a.fut);
}
END_TEST

START_TEST(dropped_twice)
{
	puppet_init(&a, 'a');
	fm_drop(&a.fut);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "dropped twice", fm_drop(&a.fut));
}
END_TEST

static enum fm_poll poll_self(struct fm_future *self, struct fm_context *cx)
{
	return fm_poll(self, cx);
}

static enum fm_poll drop_self(struct fm_future *self, struct fm_context *cx)
{
	(void)cx;
	fm_drop(self);
	return FM_PENDING;
}

static const struct fm_future_ops poll_self_ops = { .name = "poll_self", .poll = poll_self };
static const struct fm_future_ops drop_self_ops = { .name = "drop_self", .poll = drop_self };

START_TEST(polled_and_dropped_from_within)
{
	static struct fm_future future;

	fm_future_init(&future, &poll_self_ops);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "from within its own poll", hand_poll(&hand, &future));
	fm_future_init(&future, &drop_self_ops);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "from within its own poll", hand_poll(&hand, &future));
}
END_TEST

START_TEST(no_waker_is_harmless)
{
	struct fm_waker none = FM_WAKER_NONE;

	fm_waker_wake_by_ref(none);
	fm_waker_wake(&none);
	fm_waker_drop(&none);
	ck_assert(fm_waker_is_none(fm_waker_clone(none)));
	ck_assert(!fm_waker_will_wake(none, none));
	ck_assert(!fm_waker_will_wake(none, fm_waker_of(&hand.waker.wakeable)));
}
END_TEST

START_TEST(stored_once_and_replaced)
{
	struct fm_context cx = { .waker = fm_waker_of(&hand.waker.wakeable), .executor = hand.executor };
	struct fm_waker slot = FM_WAKER_NONE;
	struct hand_waker newer;

	hand_waker_init(&newer);
	fm_waker_store(&slot, &cx);
	fm_waker_store(&slot, &cx);
	ck_assert_uint_eq(hand.waker.clones, 1);
	cx.waker = fm_waker_of(&newer.wakeable);
	fm_waker_store(&slot, &cx);
	ck_assert_uint_eq(hand.waker.clones, 0);
	ck_assert_uint_eq(newer.clones, 1);
	fm_waker_wake(&slot);
	ck_assert(fm_waker_is_none(slot));
	ck_assert_uint_eq(newer.wakes, 1);
	ck_assert_uint_eq(newer.clones, 0);
}
END_TEST

/* A waker whose drop looks into the very slot it came from. */
static struct fm_waker *watched;
static bool was_replaced;
static bool was_emptied;

static struct fm_waker nosy_clone(struct fm_wakeable *self)
{
	return fm_waker_of(self);
}

static void nosy_wake(struct fm_wakeable *self)
{
	(void)self;
	was_emptied = fm_waker_is_none(*watched);
}

static void nosy_drop(struct fm_wakeable *self)
{
	(void)self;
	was_replaced = watched->bits == fm_waker_of(&hand.waker.wakeable).bits;
}

static bool nosy_will_wake(const struct fm_wakeable *self, struct fm_waker other)
{
	return fm_waker_wakeable(other) == self;
}

static const struct fm_waker_ops nosy_ops = { nosy_clone, nosy_wake, nosy_drop, nosy_will_wake };

START_TEST(the_slot_is_settled_before_anything_is_called)
{
	struct fm_wakeable nosy = { &nosy_ops };
	struct fm_context cx = { .waker = fm_waker_of(&nosy), .executor = hand.executor };
	struct fm_waker slot = FM_WAKER_NONE;

	watched = &slot;
	fm_waker_store(&slot, &cx);
	cx.waker = fm_waker_of(&hand.waker.wakeable);
	fm_waker_store(&slot, &cx);
	ck_assert(was_replaced);
	ck_assert(slot.bits == cx.waker.bits);
	fm_waker_drop(&slot);
	cx.waker = fm_waker_of(&nosy);
	fm_waker_store(&slot, &cx);
	fm_waker_wake(&slot);
	ck_assert(was_emptied);
}
END_TEST

START_TEST(a_refused_budget_wakes)
{
	struct fm_context cx = { .waker = fm_waker_of(&hand.waker.wakeable), .executor = hand.executor };

	ck_assert(fm_coop(&cx));
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	hand.budget_refusals = 2;
	ck_assert(!fm_coop(&cx));
	ck_assert(!fm_coop(&cx));
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert(fm_coop(&cx));
}
END_TEST

START_TEST(a_charge_says_what_it_touches)
{
	struct fm_context cx = { .waker = fm_waker_of(&hand.waker.wakeable), .executor = hand.executor };

	ck_assert(fm_coop_on(&cx, &cx));
	ck_assert_ptr_eq(hand.charged, &cx);
	ck_assert(fm_coop(&cx));
	ck_assert_ptr_null(hand.charged);
}
END_TEST

START_TEST(every_status_has_a_name)
{
	ck_assert_str_eq(fm_status_name(FM_ERR_CLOSED), "FM_ERR_CLOSED");
	ck_assert_str_eq(fm_status_name(FM_OK), "FM_OK");
	ck_assert_str_eq(fm_status_name(-9999), "FM_ERR_?");
	ck_assert_ptr_nonnull(fm_status_text(-9999));
	ck_assert_str_eq(fm_status_text(FM_ERR_EMPTY), "empty");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("future");
	TCase *t = tcase_create("future");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, inert_until_polled);
	tcase_add_test(t, ready_leaves_nothing_to_drop);
	tcase_add_test(t, initialised_anew_after_a_drop);
	tcase_add_test(t, moved_before_the_first_poll);
	tcase_add_test(t, polled_after_ready);
	tcase_add_test(t, polled_after_drop);
	tcase_add_test(t, polled_after_a_move);
	tcase_add_test(t, dropped_twice);
	tcase_add_test(t, polled_and_dropped_from_within);
	tcase_add_test(t, no_waker_is_harmless);
	tcase_add_test(t, stored_once_and_replaced);
	tcase_add_test(t, the_slot_is_settled_before_anything_is_called);
	tcase_add_test(t, a_refused_budget_wakes);
	tcase_add_test(t, a_charge_says_what_it_touches);
	tcase_add_test(t, every_status_has_a_name);
	suite_add_tcase(s, t);
	return s;
}
