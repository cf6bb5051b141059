/*
 * An unwatched run is the same run: the same hash, steps and tape, for every seed. And it is unwatched: a future that keeps
 * nobody's waker is not accused.
 */
#include <suite.h>

#include <fm/async.h>
#include <fm/mutex.h>
#include <fm/sleep.h>
#include <fm_sim/sim.h>

#include <stdlib.h>
#include <string.h>

enum { TASKS = 5, ROUNDS = 4, SEEDS = 200 };

static struct fm_mutex mutex;
static struct fm_sim_result result;

struct worker {
	struct fm_async async;
	struct fm_sleep sleep;
	struct fm_mutex_lock lock;
	struct fm_yield yield;
	unsigned number;
	unsigned left;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &mutex));
		FM_AWAIT_RETRIED(fm_sleep_init(&self->sleep, self->number % 2 * FM_MS));
		fm_mutex_unlock(&mutex);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static void work_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	fm_mutex_init(&mutex);
	for (unsigned i = 0; i < TASKS; i++) {
		struct worker *frame = fm_sim_alloc(host, sizeof(*frame), NULL);

		FM_ASYNC_INIT(frame, worker);
		frame->number = i;
		frame->left = ROUNDS;
		fm_sim_start(frame);
	}
}

static const struct fm_sim_scenario work = {
	.name = "unwatched/work",
	.claim = "the workers end",
	.faults = FM_SIM_FAULTS_GENTLE,
	.deadline_ns = FM_HOUR,
	.setup = work_setup,
};

struct outcome {
	uint64_t hash;
	uint64_t steps;
	struct fm_sim_tape tape;
};

static struct outcome run_work(uint64_t seed, bool unwatched)
{
	struct outcome outcome = { .hash = 0 };

	fm_sim_run(&work, &(struct fm_sim_options){ .seed = seed, .unwatched = unwatched, .record = &outcome.tape },
		   &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	outcome.hash = result.hash;
	outcome.steps = result.steps;
	return outcome;
}

START_TEST(the_same_events)
{
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		const struct outcome seen = run_work(seed, false), unseen = run_work(seed, true);

		ck_assert_uint_eq(seen.hash, unseen.hash);
		ck_assert_uint_eq(seen.steps, unseen.steps);
		ck_assert_uint_eq(seen.tape.count, unseen.tape.count);
		ck_assert_mem_eq(seen.tape.records, unseen.tape.records,
				 seen.tape.count * sizeof(*seen.tape.records));
		free(seen.tape.records);
		free(unseen.tape.records);
	}
}
END_TEST

/* Says PENDING once, and tells nobody how to wake it. */
static enum fm_poll deaf_poll(struct fm_future *future, struct fm_context *cx)
{
	(void)future, (void)cx;
	return FM_PENDING;
}

static const struct fm_future_ops deaf_ops = { .name = "deaf", .poll = deaf_poll };

struct deaf_task {
	struct fm_async async;
	struct fm_future deaf;
};

FM_ASYNC(deaf_task)
{
	FM_BEGIN;
	fm_future_init(&self->deaf, &deaf_ops);
	FM_AWAIT(&self->deaf);
	FM_END;
}

/* Ends the deaf one, so that the run itself passes. */
struct ender {
	struct fm_async async;
	struct fm_sleep sleep;
	struct fm_task *victim;
};

FM_ASYNC(ender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
	fm_task_abort(self->victim);
	fm_task_detach(self->victim);
	FM_END;
}

static void deaf_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct deaf_task *deaf = fm_sim_alloc(host, sizeof(*deaf), NULL);
	struct ender *end = fm_sim_alloc(host, sizeof(*end), NULL);

	(void)state;
	FM_ASYNC_INIT(deaf, deaf_task);
	FM_ASYNC_INIT(end, ender);
	end->victim = fm_task_spawn(deaf);
	fm_sim_start(end);
}

static const struct fm_sim_scenario deaf_scenario = {
	.name = "unwatched/deaf",
	.claim = "somebody ends it",
	.deadline_ns = FM_HOUR,
	.setup = deaf_setup,
};

START_TEST(nobody_judges)
{
	fm_sim_run(&deaf_scenario, &(struct fm_sim_options){ .seed = 1 }, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.oracle, "pending without a waker");
	fm_sim_run(&deaf_scenario, &(struct fm_sim_options){ .seed = 1, .unwatched = true }, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("unwatched");
	TCase *tests = tcase_create("unwatched");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, the_same_events);
	tcase_add_test(tests, nobody_judges);
	suite_add_tcase(s, tests);
	return s;
}
