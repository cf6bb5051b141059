/* The executor: block_on, its turns, budgets and limits, and no memory. */
#include "puppet.h"
#include "suite.h"
#include "trap.h"

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/ready.h>
#include <fm/sleep.h>

static struct hand hand;
static struct fm_executor_config config;

static void open_hand(void)
{
	hand_open(&hand);
	trap_open(&hand);
	fm_executor_config_init(&config);
	puppet_log[0] = '\0';
}

static void close_hand(void)
{
	hand_close(&hand);
}

START_TEST(configurations_that_make_no_sense)
{
	struct fm_executor *executor;

	config.budget = 0;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	config.budget = (uint32_t)INT32_MAX + 1;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	config.budget = INT32_MAX;
	config.turn_polls = 0;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	config.turn_polls = UINT32_MAX;
	config.tasks_max = 0;
	ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
	config.tasks_max = 1;
	executor = fm_executor_new(&hand.env, &config);
	ck_assert_ptr_nonnull(executor);
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
}
END_TEST

START_TEST(no_memory_to_begin)
{
	const size_t before = hand.live_bytes;

	for (size_t n = 1; n <= 2; n++) {
		hand.fail_at = hand.allocations + n;
		ck_assert_ptr_null(fm_executor_new(&hand.env, &config));
		ck_assert_uint_eq(hand.live_bytes, before);
		ck_assert_uint_eq(hand.users, 1);
	}
	hand.fail_at = 0;
}
END_TEST

START_TEST(tasks_max)
{
	struct fm_executor *executor;
	void *frames[3];

	config.tasks_max = 2;
	executor = fm_executor_new(&hand.env, &config);
	frames[0] = fm_task_alloc_on(executor, sizeof(struct puppet), NULL);
	frames[1] = fm_task_alloc_on(executor, sizeof(struct puppet), NULL);
	frames[2] = fm_task_alloc_on(executor, sizeof(struct puppet), NULL);
	ck_assert(frames[0] && frames[1] && !frames[2]);
	fm_task_unalloc(frames[0]);
	frames[0] = fm_task_alloc_on(executor, sizeof(struct puppet), NULL);
	ck_assert_ptr_nonnull(frames[0]);
	fm_task_unalloc(frames[0]);
	fm_task_unalloc(frames[1]);
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
}
END_TEST

START_TEST(block_on_gives_the_status)
{
	struct puppet puppet;

	puppet_ready(&puppet, 'p', -31);
	ck_assert_int_eq(fm_block_on(hand.executor, &puppet.fut), -31);
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 0);
	ck_assert_ptr_eq(fm_executor_current(), hand.executor);
	fm_executor_enter(NULL);
	puppet_ready(&puppet, 'p', 5);
	ck_assert_int_eq(fm_block_on(hand.executor, &puppet.fut), 5);
	ck_assert_ptr_null(fm_executor_current());
	fm_executor_enter(hand.executor);
}
END_TEST

START_TEST(block_on_without_memory)
{
	struct puppet puppet;

	puppet_init(&puppet, 'p');
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_block_on(hand.executor, &puppet.fut), FM_ERR_NOMEM);
	ck_assert(fm_future_live(&puppet.fut));
	ck_assert_uint_eq(puppet.polls, 0);
	fm_drop(&puppet.fut);
}
END_TEST

START_TEST(tasks_stay_for_the_next_block_on)
{
	struct puppet *left = fm_task_alloc(sizeof(*left), NULL);
	struct fm_yield yield;

	puppet_init(left, 'l');
	fm_task_detach(fm_task_spawn(left));
	ck_assert_int_eq(fm_block_on(hand.executor, fm_yield_init(&yield)), FM_OK);
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 1);
	puppet_pull(left, FM_OK);
	ck_assert_int_eq(fm_block_on(hand.executor, fm_yield_init(&yield)), FM_OK);
	ck_assert_uint_eq(fm_executor_tasks(hand.executor), 0);
	ck_assert_str_eq(puppet_log, "ll");
}
END_TEST

static struct puppet nested;

static enum fm_poll nesting_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)self;
	fm_block_on(cx->executor, puppet_init(&nested, 'n'));
	return FM_PENDING;
}

static enum fm_poll freeing_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)self;
	fm_executor_free(cx->executor);
	return FM_PENDING;
}

static const struct fm_future_ops nesting_ops = { .name = "nesting", .poll = nesting_poll };
static const struct fm_future_ops freeing_ops = { .name = "freeing", .poll = freeing_poll };

/* The panic is contained, so that the executor is none the worse for it. */
static void panics_in_a_task(const struct fm_future_ops *ops)
{
	struct fm_future *future = fm_task_alloc(sizeof(*future), NULL);
	struct fm_task *task;

	fm_future_init(future, ops);
	fm_task_contain(future);
	task = fm_task_spawn(future);
	hand_run_ready(&hand);
	ck_assert_int_eq(fm_task_status(task), FM_ERR_PANICKED);
	fm_task_detach(task);
}

START_TEST(not_from_within_a_task)
{
	panics_in_a_task(&nesting_ops);
	panics_in_a_task(&freeing_ops);
	ck_assert_uint_eq(nested.polls, 0);
}
END_TEST

/* The main future is aborted like any task: it is dropped, and says so. */
static enum fm_poll aborting_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)self, (void)cx;
	fm_task_abort(fm_task_current());
	return FM_PENDING;
}

static void aborting_drop(struct fm_future *self)
{
	(void)self;
	puppet_note('D');
}

static const struct fm_future_ops aborting_ops = {
	.name = "aborting",
	.poll = aborting_poll,
	.drop = aborting_drop,
};

START_TEST(the_main_future_is_aborted)
{
	struct fm_future future;

	fm_future_init(&future, &aborting_ops);
	ck_assert_int_eq(fm_block_on(hand.executor, &future), FM_ERR_CANCELLED);
	ck_assert_str_eq(puppet_log, "D");
}
END_TEST

/* Counted budgets: so many leaves a poll, then behind the others. */
struct worker {
	struct fm_async async;
	struct fm_ready ready;
	unsigned left;
	char letter;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	while (self->left-- > 0) {
		FM_AWAIT(fm_ready_init(&self->ready, FM_OK));
		puppet_note(self->letter);
	}
	FM_END;
}

static void spawn_worker(struct fm_executor *executor, unsigned left, char letter)
{
	struct worker *worker = fm_task_alloc_on(executor, sizeof(*worker), NULL);

	FM_ASYNC_INIT(worker, worker);
	worker->left = left;
	worker->letter = letter;
	fm_task_detach(fm_task_spawn(worker));
}

START_TEST(a_budget_is_counted_anew_each_poll)
{
	struct fm_executor *executor;

	hand.env.budget_is_drawn = false;
	config.budget = 3;
	executor = fm_executor_new(&hand.env, &config);
	fm_executor_enter(executor);
	spawn_worker(executor, 7, 'a');
	spawn_worker(executor, 4, 'b');
	spawn_worker(executor, 3, 'c');
	while (fm_executor_tasks(executor))
		fm_task_run(fm_runq_take(fm_executor_runq(executor), 0));
	ck_assert_str_eq(puppet_log, "aaabbbcccaaaba");
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
	hand.env.budget_is_drawn = true;
}
END_TEST

/* Corpus F09: waiting costs no budget, so the one that is ready behind many is reached. */
START_TEST(waiting_costs_no_budget)
{
	struct fm_executor *executor;
	struct puppet *puppets[5];

	hand.env.budget_is_drawn = false;
	config.budget = 1;
	executor = fm_executor_new(&hand.env, &config);
	fm_executor_enter(executor);
	for (int i = 0; i < 5; i++) {
		puppets[i] = fm_task_alloc_on(executor, sizeof(struct puppet), NULL);
		puppet_init(puppets[i], 'p');
		puppets[i]->budgeted = true;
		puppets[i]->ready = i == 4;
		fm_task_detach(fm_task_spawn(puppets[i]));
	}
	while (fm_runq_ready(fm_executor_runq(executor)))
		fm_task_run(fm_runq_take(fm_executor_runq(executor), 0));
	ck_assert_uint_eq(fm_executor_tasks(executor), 4);
	fm_executor_free(executor);
	fm_executor_enter(hand.executor);
	hand.env.budget_is_drawn = true;
}
END_TEST

/* Corpus F11: a task that yields for ever keeps no timer waiting. */
static enum fm_poll spinning_poll(struct fm_future *self, struct fm_context *cx)
{
	(void)self;
	hand.now_ns += FM_MS;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static const struct fm_future_ops spinning_ops = { .name = "spinning", .poll = spinning_poll };

START_TEST(timers_fire_beside_a_task_that_never_rests)
{
	struct fm_future *spinning = fm_task_alloc(sizeof(*spinning), NULL);
	struct fm_sleep sleep;
	const fm_ns start_ns = hand.now_ns;

	fm_future_init(spinning, &spinning_ops);
	fm_task_detach(fm_task_spawn(spinning));
	fm_sleep_init(&sleep, 100 * FM_MS);
	ck_assert_int_eq(fm_block_on(hand.executor, &sleep.fut), FM_OK);
	ck_assert_uint_le(hand.now_ns - start_ns, (100 + 3 * 61) * FM_MS);
}
END_TEST

START_TEST(the_clock_stands_while_tasks_can_run)
{
	struct fm_yield yields;
	const fm_ns start_ns = hand.now_ns;
	struct fm_sleep *sleep = fm_task_alloc(sizeof(*sleep), NULL);

	fm_sleep_init(sleep, FM_HOUR);
	fm_task_detach(fm_task_spawn(sleep));
	for (int i = 0; i < 10; i++)
		fm_block_on(hand.executor, fm_yield_init(&yields));
	ck_assert_uint_eq(hand.now_ns, start_ns);
}
END_TEST

START_TEST(memory_and_randomness_of_the_environment)
{
	unsigned char *bytes = fm_alloc(100);
	const size_t held = hand.live_bytes;

	for (int i = 0; i < 100; i++)
		ck_assert_uint_eq(bytes[i], 0);
	fm_free(bytes, 100);
	ck_assert_uint_eq(hand.live_bytes, held - 100);
	fm_free(NULL, 100);
	hand.fail_at = hand.allocations + 1;
	ck_assert_ptr_null(fm_alloc(1));
	hand.draw = 8;
	ck_assert_uint_eq(fm_random(5), 3);
	ASSERT_FATAL(FM_FATAL_PANIC, "fm_random(0)", fm_random(0));
	hand.wall_ns = -5;
	ck_assert_int_eq(fm_wall_ns(), -5);
	ck_assert_ptr_eq(fm_env_current(), &hand.env);
	fm_executor_enter(NULL);
	ck_assert_ptr_null(fm_env_current());
	fm_executor_enter(hand.executor);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("executor");
	TCase *t = tcase_create("executor");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_test(t, configurations_that_make_no_sense);
	tcase_add_test(t, no_memory_to_begin);
	tcase_add_test(t, tasks_max);
	tcase_add_test(t, block_on_gives_the_status);
	tcase_add_test(t, block_on_without_memory);
	tcase_add_test(t, tasks_stay_for_the_next_block_on);
	tcase_add_test(t, not_from_within_a_task);
	tcase_add_test(t, the_main_future_is_aborted);
	tcase_add_test(t, a_budget_is_counted_anew_each_poll);
	tcase_add_test(t, waiting_costs_no_budget);
	tcase_add_test(t, timers_fire_beside_a_task_that_never_rests);
	tcase_add_test(t, the_clock_stands_while_tasks_can_run);
	tcase_add_test(t, memory_and_randomness_of_the_environment);
	suite_add_tcase(s, t);
	return s;
}
