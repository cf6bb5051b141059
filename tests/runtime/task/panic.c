/* Panics: what they say, what containment contains, and what it never does. */
#include "../../../runtime/task/internal.h"
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/select.h>

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

#define SAYS(text, ...) ASSERT_FATAL(FM_FATAL_PANIC, text, fm_panic(__VA_ARGS__)); \
	ck_assert_str_eq(trap.message, text)

START_TEST(messages)
{
	SAYS("plain", "plain");
	SAYS("-5 5 cafe x 100%", "%d %u %x %c %d%%", -5, 5u, 0xcafeu, 'x', 100);
	SAYS("-9223372036854775808 18446744073709551615", "%ld %zu", INT64_MIN, SIZE_MAX);
	SAYS("7 8 text", "%5d %-*u %.8s", 7, 4, 8u, "text");
	SAYS("1 2 3 9 17", "%lld %hhu %i %g %o", 1LL, (unsigned char)2, 3, 9.75, 15u);
	ck_assert_int_eq(FM_FATAL_PANIC, trap.kind);
}
END_TEST

START_TEST(a_long_message_is_cut)
{
	static char text[2000];

	memset(text, 'x', sizeof(text) - 1);
	ASSERT_FATAL(FM_FATAL_PANIC, "xxx", fm_panic("%s", text));
	ck_assert_uint_eq(strlen(trap.message), 511);
}
END_TEST

START_TEST(a_claim)
{
	FM_ALWAYS(1 + 1 == 2, "sums");
	ASSERT_FATAL(FM_FATAL_CLAIM, "money is kept", FM_ALWAYS(puppet_log[0] == 'x', "money is kept"));
}
END_TEST

/* A program that panics where it is told to. */
enum place { IN_BODY, IN_CHILD, IN_EXPRESSION, IN_DEFER, IN_DROP, IN_WAKE };

struct faulty {
	struct fm_async async;
	struct fm_defer defer;
	struct fm_select select;
	struct fm_branch branch[2];
	struct puppet leaf, lazy;
	struct fm_future fault;
	enum place place;
	unsigned rounds;
};

static enum fm_poll fault_poll(struct fm_future *future, struct fm_context *cx)
{
	(void)future, (void)cx;
	fm_panic("in a poll");
}

static void fault_drop(struct fm_future *future)
{
	struct faulty *self = FM_CONTAINER_OF(future, struct faulty, fault);

	puppet_note('F');
	if (self->place == IN_DROP)
		fm_panic("in a drop");
}

static const struct fm_future_ops fault_ops = { .name = "fault", .poll = fault_poll, .drop = fault_drop };

static void faulty_defer(struct fm_defer *defer)
{
	struct faulty *self = FM_CONTAINER_OF(defer, struct faulty, defer);

	puppet_note('d');
	if (self->place == IN_DEFER)
		fm_panic("in a defer");
}

static struct fm_future *expression(struct faulty *self)
{
	if (self->place == IN_EXPRESSION)
		fm_panic("in an expression");
	return puppet_init(&self->leaf, 'l');
}

static void alarm_wake(struct fm_wakeable *self)
{
	(void)self;
	fm_panic("in a waker");
}

static struct fm_waker alarm_clone(struct fm_wakeable *self)
{
	return fm_waker_of(self);
}

static void alarm_drop(struct fm_wakeable *self)
{
	(void)self;
}

static bool alarm_will_wake(const struct fm_wakeable *self, struct fm_waker other)
{
	return fm_waker_wakeable(other) == self;
}

static const struct fm_waker_ops alarm_ops = { alarm_clone, alarm_wake, alarm_drop, alarm_will_wake };
static struct fm_wakeable siren = { &alarm_ops };

FM_ASYNC(faulty)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->defer, faulty_defer);
	FM_AWAIT(expression(self));
	fm_future_init(&self->fault, &fault_ops);
	switch (self->place) {
	case IN_BODY:
		fm_panic("in a body");
	case IN_CHILD:
		FM_AWAIT(FM_SELECT(&self->select, self->branch, puppet_init(&self->lazy, 'y'), &self->fault));
		break;
	case IN_DROP:
		fm_drop(&self->fault);
		break;
	case IN_WAKE:
		fm_waker_wake_by_ref(fm_waker_of(&siren));
		break;
	default:
		break;
	}
	FM_END;
}

static struct faulty *make(enum place place)
{
	struct faulty *faulty = fm_task_alloc(sizeof(*faulty), "faulty");

	ck_assert_ptr_nonnull(faulty);
	FM_ASYNC_INIT(faulty, faulty);
	faulty->place = place;
	return faulty;
}

/* Runs to the panic, and gives the ended task's handle. */
static struct fm_task *contained(enum place place)
{
	struct faulty *faulty = make(place);
	struct fm_task *task;

	fm_task_contain(faulty);
	task = fm_task_spawn(faulty);
	hand_run_ready(&hand);
	if (fm_future_live(&faulty->leaf.fut) && !fm_task_done(task)) {
		puppet_pull(&faulty->leaf, FM_OK);
		hand_run_ready(&hand);
	}
	return task;
}

static void ended_by_panic(enum place place, const char *log)
{
	struct fm_task_join join;
	struct fm_task *task = contained(place);

	ck_assert(fm_task_done(task));
	ck_assert_int_eq(fm_task_status(task), FM_ERR_PANICKED);
	fm_task_join_init(&join, task);
	ck_assert_int_eq(fm_block_on(hand.executor, &join.fut), FM_ERR_PANICKED);
	fm_task_detach(task);
	ck_assert_str_eq(puppet_log, log);
	puppet_log[0] = '\0';
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 0);
	ck_assert_ptr_null(fm_task_current());
}

START_TEST(contained_in_the_body)
{
	ended_by_panic(IN_BODY, "lld");
}
END_TEST

START_TEST(contained_in_a_child_of_a_select)
{
	ended_by_panic(IN_CHILD, "llyYFd");
}
END_TEST

START_TEST(contained_in_an_awaited_expression)
{
	ended_by_panic(IN_EXPRESSION, "d");
}
END_TEST

START_TEST(others_go_on_after_a_contained_panic)
{
	struct puppet puppet;

	for (int i = 0; i < 3; i++)
		ended_by_panic(IN_BODY, "lld");
	puppet_ready(&puppet, 'p', 12);
	ck_assert_int_eq(fm_block_on(hand.executor, &puppet.fut), 12);
}
END_TEST

/*
 * These end the program although the task is contained; the trap leaves the executor in the middle of a poll.
 */
static void still_fatal(enum place place, const char *text)
{
	ASSERT_FATAL(FM_FATAL_PANIC, text, contained(place));
}

START_TEST(never_contained_in_a_defer)
{
	still_fatal(IN_DEFER, "in a defer");
}
END_TEST

START_TEST(never_contained_in_a_drop)
{
	still_fatal(IN_DROP, "in a drop");
}
END_TEST

START_TEST(never_contained_in_a_waker)
{
	still_fatal(IN_WAKE, "in a waker");
}
END_TEST

START_TEST(not_contained_unless_asked_for)
{
	struct faulty *faulty = make(IN_EXPRESSION);

	fm_task_spawn(faulty);
	ASSERT_FATAL(FM_FATAL_PANIC, "in an expression", hand_run_ready(&hand));
}
END_TEST

START_TEST(a_broken_contract_is_never_contained)
{
	struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);

	puppet_init(puppet, 'p');
	puppet->fut.self = 4711;
	fm_task_contain(puppet);
	fm_task_spawn(puppet);
	ASSERT_FATAL(FM_FATAL_CONTRACT, "moved", hand_run_ready(&hand));
}
END_TEST

/* The executor was left in the middle of a poll: help it out, so that its tasks can be dropped. */
static void close_left_hand(void)
{
	struct fm_task *task = fm_runq_slot(hand.executor->runq, 0);

	hand.executor->current = NULL;
	hand.executor->contain = NULL;
	hand.executor->unwinding = true;
	if (fm__task_root(task)->ops->poll == puppet_poll)
		fm__task_root(task)->self = FM__FUTURE_FRESH;
	else
		((struct faulty *)fm_task_frame(task))->place = IN_BODY;
	fm_task_detach(task);
	hand_close(&hand);
}

Suite *suite(void)
{
	Suite *s = suite_create("panic");
	TCase *t = tcase_create("panic");
	TCase *fatal = tcase_create("fatal");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, messages);
	tcase_add_test(t, a_long_message_is_cut);
	tcase_add_test(t, a_claim);
	tcase_add_test(t, contained_in_the_body);
	tcase_add_test(t, contained_in_a_child_of_a_select);
	tcase_add_test(t, contained_in_an_awaited_expression);
	tcase_add_test(t, others_go_on_after_a_contained_panic);
	suite_add_tcase(s, t);
	tcase_add_checked_fixture(fatal, open_hand, close_left_hand);
	tcase_add_test(fatal, never_contained_in_a_defer);
	tcase_add_test(fatal, never_contained_in_a_drop);
	tcase_add_test(fatal, never_contained_in_a_waker);
	tcase_add_test(fatal, not_contained_unless_asked_for);
	tcase_add_test(fatal, a_broken_contract_is_never_contained);
	suite_add_tcase(s, fatal);
	return s;
}
