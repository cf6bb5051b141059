/* The run queue against a model: an array from which the chosen is taken and filled up with the first. */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/embed.h>

#define TASKS 200
#define STEPS 4000

static struct hand hand;
static struct fm_task *tasks[TASKS];
static unsigned model[TASKS];
static unsigned ready;
static uint64_t state;

static void open_hand(void)
{
	hand_open(&hand);
}

static void close_hand(void)
{
	hand_close(&hand);
}

static uint64_t below(uint64_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state % n;
}

static struct fm_task *spawn_puppet(char letter)
{
	struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);

	ck_assert_ptr_nonnull(puppet);
	puppet_init(puppet, letter);
	return fm_task_spawn(puppet);
}

static void as_in_model(struct fm_runq *runq)
{
	ck_assert_uint_eq(fm_runq_ready(runq), ready);
	for (unsigned i = 0; i < ready; i++)
		ck_assert_ptr_eq(fm_runq_peek(runq, i), tasks[model[i]]);
}

static bool in_model(unsigned task)
{
	for (unsigned i = 0; i < ready; i++) {
		if (model[i] == task)
			return true;
	}
	return false;
}

static void take_both(struct fm_runq *runq, unsigned position)
{
	struct fm_task *task = fm_runq_take(runq, position);
	const unsigned taken = model[position];

	ck_assert_ptr_eq(task, tasks[taken]);
	model[position] = model[0];
	memmove(model, model + 1, --ready * sizeof(*model));
	fm_task_run(task);
	ck_assert(fm_task_parked(task));
}

START_TEST(as_the_model_does)
{
	struct fm_runq *runq = fm_executor_runq(hand.executor);
	unsigned spawned = 0;

	state = 0x9e3779b97f4a7c15u * (uint64_t)(_i + 1);
	ready = 0;
	for (unsigned step = 0; step < STEPS; step++) {
		const unsigned what = (unsigned)below(10);

		if (what == 0 && spawned < TASKS) {
			tasks[spawned] = spawn_puppet('p');
			model[ready++] = spawned++;
		} else if (what < 6 && spawned) {
			const unsigned i = (unsigned)below(spawned);

			fm_task_wake(tasks[i]);
			if (!in_model(i))
				model[ready++] = i;
		} else if (ready) {
			take_both(runq, (unsigned)below(ready));
		}
		if (step % 64 == 0)
			as_in_model(runq);
		puppet_log[0] = '\0';
	}
	as_in_model(runq);
	ck_assert_uint_eq(spawned, TASKS);
	for (unsigned i = 0; i < spawned; i++)
		fm_task_detach(tasks[i]);
}
END_TEST

START_TEST(first_in_first_out)
{
	struct fm_runq *runq = fm_executor_runq(hand.executor);

	puppet_log[0] = '\0';
	for (char c = 'a'; c <= 'e'; c++)
		fm_task_detach(spawn_puppet(c));
	hand_run_ready(&hand);
	ck_assert_str_eq(puppet_log, "abcde");
	ck_assert_uint_eq(fm_runq_ready(runq), 0);
	ck_assert_uint_eq(fm_runq_slots(runq), 5);
	puppet_pull(fm_task_frame(fm_runq_slot(runq, 2)), FM_OK);
	puppet_pull(fm_task_frame(fm_runq_slot(runq, 0)), FM_OK);
	hand_run_ready(&hand);
	ck_assert_str_eq(puppet_log, "abcdeca");
	ck_assert_ptr_null(fm_runq_slot(runq, 0));
	ck_assert_ptr_null(fm_runq_slot(runq, 2));
	fm_task_detach(spawn_puppet('f'));
	ck_assert_uint_eq(fm_runq_slots(runq), 5);
}
END_TEST

/* Executors on one run queue: the end of one leaves the other's place in the order. */
START_TEST(shared)
{
	struct fm_executor_config config;
	struct fm_executor *one, *two;
	struct fm_runq *runq;

	fm_executor_config_init(&config);
	config.tasks_max = 100;
	runq = fm_runq_new(&hand.env, &config);
	ck_assert_ptr_nonnull(runq);
	one = fm_executor_new_on(&hand.env, &config, runq);
	two = fm_executor_new_on(&hand.env, &config, runq);
	ck_assert(one && two);
	for (char c = 'a'; c <= 'f'; c++) {
		struct puppet *puppet = fm_task_alloc_on(c % 2 ? one : two, sizeof(*puppet), NULL);

		puppet_init(puppet, c);
		fm_task_detach(fm_task_spawn(puppet));
	}
	puppet_log[0] = '\0';
	fm_executor_free(one);
	ck_assert_str_eq(puppet_log, "ACE");
	ck_assert_uint_eq(fm_runq_ready(runq), 3);
	fm_executor_enter(two);
	while (fm_runq_ready(runq))
		fm_task_run(fm_runq_take(runq, 0));
	ck_assert_str_eq(puppet_log, "ACEbdf");
	fm_executor_free(two);
	fm_runq_free(runq);
	fm_executor_enter(hand.executor);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("runq");
	TCase *t = tcase_create("runq");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_add_loop_test(t, as_the_model_does, 0, 4);
	tcase_add_test(t, first_in_first_out);
	tcase_add_test(t, shared);
	suite_add_tcase(s, t);
	return s;
}
