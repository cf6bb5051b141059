/* Select: who is polled, in which order, who wins, and what becomes of the losers. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/async.h>
#include <fm/fuse.h>
#include <fm/select.h>
#include <fm/sleep.h>

static struct hand hand;
static struct puppet a, b, c;
static struct fm_select sel;
static struct fm_branch branch[3];

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

static struct fm_future *select_abc(void)
{
	return FM_SELECT(&sel, branch, puppet_init(&a, 'a'), puppet_init(&b, 'b'), puppet_init(&c, 'c'));
}

START_TEST(first_ready_wins_and_losers_drop_in_order)
{
	select_abc();
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	log_is("abc");
	puppet_pull(&b, 7);
	puppet_pull(&c, 8);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	log_is("abAC");
	ck_assert_uint_eq(sel.winner, 1);
	ck_assert_int_eq(sel.fut.status, 7);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(losers_of_the_first_poll_were_never_polled)
{
	hand.draw = 1;
	FM_SELECT(&sel, branch, puppet_init(&a, 'a'), puppet_ready(&b, 'b', FM_OK), puppet_init(&c, 'c'));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	log_is("bAC");
}
END_TEST

START_TEST(start_is_drawn_at_every_poll)
{
	select_abc();
	for (hand.draw = 0; hand.draw < 3; hand.draw++)
		ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	log_is("abcbcacab");
	ck_assert_uint_eq(hand.draws, 3);
	ck_assert_uint_eq(trap.drawn_below, 3);
	ck_assert_str_eq(trap.drawn_at, "select");
	fm_drop(&sel.fut);
	log_is("ABC");
}
END_TEST

START_TEST(disabled_branches_are_neither_polled_nor_drawn)
{
	struct puppet d;
	struct fm_branch four[4];

	FM_SELECT(&sel, four, FM_IF(false, puppet_init(&a, 'a')), puppet_init(&b, 'b'),
		  FM_IF(a.polls > 9, &a.fut), FM_IF(true, FM_KEEP(puppet_init(&d, 'd'))));
	hand.draw = 1;
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	ck_assert_uint_eq(trap.drawn_below, 2);
	log_is("db");
	fm_drop(&sel.fut);
	log_is("B");
	fm_drop(&d.fut);
}
END_TEST

START_TEST(one_enabled_branch_draws_nothing)
{
	FM_SELECT(&sel, branch, FM_IF(false, puppet_init(&a, 'a')), puppet_ready(&b, 'b', -5));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(hand.draws, 0);
	ck_assert_uint_eq(sel.winner, 1);
	ck_assert_int_eq(sel.fut.status, -5);
}
END_TEST

START_TEST(all_disabled_is_empty)
{
	FM_SELECT(&sel, branch, FM_IF(false, &a.fut), FM_IF(false, &b.fut));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_int_eq(sel.fut.status, FM_ERR_EMPTY);
	ck_assert_uint_eq(sel.winner, FM_SELECT_NONE);
	fm_select_init(&sel, NULL, 0);
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_int_eq(sel.fut.status, FM_ERR_EMPTY);
}
END_TEST

START_TEST(biased_is_in_order_without_a_draw)
{
	hand.draw = 1;
	FM_SELECT_BIASED(&sel, branch, puppet_init(&a, 'a'), puppet_ready(&b, 'b', FM_OK),
			 puppet_ready(&c, 'c', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	log_is("abAC");
	ck_assert_uint_eq(hand.draws, 0);
}
END_TEST

START_TEST(kept_branches_survive_loss_and_drop)
{
	puppet_init(&a, 'a');
	FM_SELECT(&sel, branch, FM_KEEP(&a.fut), puppet_ready(&b, 'b', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	log_is("ab");
	ck_assert_uint_eq(sel.winner, 1);
	FM_SELECT(&sel, branch, FM_KEEP(&a.fut), puppet_init(&b, 'b'));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	fm_drop(&sel.fut);
	log_is("abB");
	puppet_pull(&a, 3);
	FM_SELECT(&sel, branch, FM_KEEP(&a.fut), puppet_init(&b, 'b'));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_int_eq(sel.fut.status, 3);
	log_is("aB");
}
END_TEST

START_TEST(kept_branch_that_has_ended_breaks_the_contract)
{
	puppet_ready(&a, 'a', FM_OK);
	ck_assert_int_eq(hand_poll(&hand, &a.fut), FM_READY);
	FM_SELECT(&sel, branch, FM_KEEP(&a.fut));
	ASSERT_FATAL(FM_FATAL_CONTRACT, "polled after READY", hand_poll(&hand, &sel.fut));
}
END_TEST

START_TEST(fused_branch_that_has_ended_is_disabled)
{
	puppet_ready(&a, 'a', FM_OK);
	FM_SELECT_BIASED(&sel, branch, FM_FUSED(&a.fut), puppet_init(&b, 'b'));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, 0);
	log_is("aB");
	FM_SELECT_BIASED(&sel, branch, FM_FUSED(&a.fut), puppet_ready(&b, 'b', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, 1);
	log_is("b");
	FM_SELECT(&sel, branch, FM_FUSED(&a.fut), FM_FUSED(&b.fut));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_int_eq(sel.fut.status, FM_ERR_EMPTY);
	log_is("");
}
END_TEST

START_TEST(default_when_nothing_is_ready)
{
	FM_SELECT_OR_DEFAULT(&sel, branch, puppet_init(&a, 'a'), puppet_init(&b, 'b'));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, FM_SELECT_DEFAULT);
	ck_assert_int_eq(sel.fut.status, FM_OK);
	log_is("abAB");
	FM_SELECT_OR_DEFAULT(&sel, branch, puppet_init(&a, 'a'), puppet_ready(&b, 'b', FM_OK));
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, 1);
	fm_select_default_init(&sel, branch, 0);
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, FM_SELECT_DEFAULT);
}
END_TEST

START_TEST(dropped_before_the_first_poll)
{
	select_abc();
	branch[1].flags = FM_BRANCH_KEEP;
	fm_drop(&sel.fut);
	log_is("AC");
	ck_assert_uint_eq(hand.draws, 0);
}
END_TEST

START_TEST(dropped_after_a_wake)
{
	select_abc();
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	puppet_pull(&a, FM_OK);
	fm_drop(&sel.fut);
	log_is("abcABC");
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(newest_waker_reaches_every_branch)
{
	struct hand_waker newer;

	hand_waker_init(&newer);
	select_abc();
	hand_poll(&hand, &sel.fut);
	ck_assert_int_eq(hand_poll_as(&hand, &sel.fut, &newer), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 0);
	puppet_pull(&b, FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(newer.wakes, 1);
	ck_assert_int_eq(hand_poll_as(&hand, &sel.fut, &newer), FM_READY);
	ck_assert_uint_eq(newer.clones, 0);
}
END_TEST

START_TEST(a_refused_budget_passes_to_the_next_branch)
{
	FM_SELECT(&sel, branch, puppet_ready(&a, 'a', FM_OK), puppet_ready(&b, 'b', FM_OK));
	a.budgeted = b.budgeted = true;
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_uint_eq(sel.winner, 1);
	log_is("abA");
}
END_TEST

START_TEST(inspect_shows_the_enabled)
{
	struct fm_future *child;

	FM_SELECT(&sel, branch, puppet_init(&a, 'a'), FM_IF(false, &b.fut), puppet_init(&c, 'c'));
	ck_assert_ptr_null(sel.fut.ops->inspect(&sel.fut, 0, &child));
	ck_assert_ptr_eq(child, &a.fut);
	sel.fut.ops->inspect(&sel.fut, 1, &child);
	ck_assert_ptr_eq(child, &c.fut);
	sel.fut.ops->inspect(&sel.fut, 2, &child);
	ck_assert_ptr_null(child);
	fm_drop(&sel.fut);
}
END_TEST

/* As a program writes it: rounds with a kept sleep, an await in the winner's case, a nested select. */
struct rounds {
	struct fm_async async;
	struct fm_select select, inner;
	struct fm_branch branch[2], inner_branch[2];
	struct fm_sleep whole, tick, other;
	unsigned ticks;
};

FM_ASYNC(rounds)
{
	FM_BEGIN;
	fm_sleep_init(&self->whole, 10 * FM_SEC);
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->whole.fut),
				   FM_SELECT(&self->inner, self->inner_branch,
					     fm_sleep_init(&self->tick, 3 * FM_SEC),
					     FM_IF(self->ticks == 1, fm_sleep_init(&self->other, FM_SEC)))));
		switch (self->select.winner) {
		case 0:
			FM_RETURN(self->ticks);
		case 1:
			self->ticks++;
			FM_AWAIT(fm_sleep_init(&self->tick, FM_SEC));
			break;
		default:
			FM_RETURN(FM_ERR_INVALID);
		}
	}
	FM_END;
}

START_TEST(a_program_in_rounds)
{
	struct rounds rounds = { .ticks = 0 };

	FM_ASYNC_INIT(&rounds, rounds);
	ck_assert_int_eq(fm_block_on(hand.executor, &rounds.async.fut), 3);
	ck_assert_uint_eq(hand.now_ns, 11 * FM_SEC);
}
END_TEST

/* One branch that is always ready must not keep another from its turn. */
START_TEST(a_drawn_start_reaches_every_branch)
{
	unsigned wins[3] = { 0, 0, 0 };

	for (hand.draw = 0; hand.draw < 9; hand.draw++) {
		FM_SELECT(&sel, branch, puppet_ready(&a, 'a', FM_OK), puppet_ready(&b, 'b', FM_OK),
			  puppet_ready(&c, 'c', FM_OK));
		ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
		wins[sel.winner]++;
	}
	ck_assert(wins[0] == 3 && wins[1] == 3 && wins[2] == 3);
}
END_TEST

START_TEST(sixteen_branches)
{
	struct puppet many[16];
	struct fm_branch branches[16];

#define P(i) puppet_init(&many[i], (char)('a' + (i)))
	FM_SELECT(&sel, branches, P(0), P(1), P(2), P(3), P(4), P(5), P(6), P(7), P(8), P(9), P(10), P(11),
		  P(12), P(13), P(14), P(15));
	hand.draw = 13;
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_PENDING);
	log_is("nopabcdefghijklm");
	puppet_pull(&many[15], 15);
	ck_assert_int_eq(hand_poll(&hand, &sel.fut), FM_READY);
	ck_assert_int_eq(sel.fut.status, 15);
	log_is("nopABCDEFGHIJKLMNO");
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("select");
	TCase *t = tcase_create("select");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, first_ready_wins_and_losers_drop_in_order);
	tcase_add_test(t, losers_of_the_first_poll_were_never_polled);
	tcase_add_test(t, start_is_drawn_at_every_poll);
	tcase_add_test(t, disabled_branches_are_neither_polled_nor_drawn);
	tcase_add_test(t, one_enabled_branch_draws_nothing);
	tcase_add_test(t, all_disabled_is_empty);
	tcase_add_test(t, biased_is_in_order_without_a_draw);
	tcase_add_test(t, kept_branches_survive_loss_and_drop);
	tcase_add_test(t, kept_branch_that_has_ended_breaks_the_contract);
	tcase_add_test(t, fused_branch_that_has_ended_is_disabled);
	tcase_add_test(t, default_when_nothing_is_ready);
	tcase_add_test(t, dropped_before_the_first_poll);
	tcase_add_test(t, dropped_after_a_wake);
	tcase_add_test(t, newest_waker_reaches_every_branch);
	tcase_add_test(t, a_refused_budget_passes_to_the_next_branch);
	tcase_add_test(t, inspect_shows_the_enabled);
	tcase_add_test(t, a_program_in_rounds);
	tcase_add_test(t, a_drawn_start_reaches_every_branch);
	tcase_add_test(t, sixteen_branches);
	suite_add_tcase(s, t);
	return s;
}
