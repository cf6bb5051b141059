/*
 * Other threads: they wake, clone and drop wakers while the executor runs, ends, and is gone. The
 * environment parks on a semaphore, so no clock is involved; every thread is joined before the hand is
 * looked at.
 */
#include "puppet.h"
#include "suite.h"

#include <check.h>
#include <fm/async.h>
#include <fm/embed.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>

#define THREADS 4
#define ROUNDS 2000

static struct hand hand;
static struct fm_env_ops ops;
static sem_t parked;
static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static void (*hand_free)(struct fm_env *env, void *memory, size_t bytes);

static void sem_park(struct fm_env *env, fm_ns deadline_ns)
{
	(void)env;
	if (deadline_ns == 0)
		sem_trywait(&parked);
	else
		sem_wait(&parked);
}

static void sem_unpark(struct fm_env *env)
{
	(void)env;
	sem_post(&parked);
}

/* The last orphan's memory may be given back by any thread. */
static void locked_free(struct fm_env *env, void *memory, size_t bytes)
{
	pthread_mutex_lock(&memory_lock);
	hand_free(env, memory, bytes);
	pthread_mutex_unlock(&memory_lock);
}

static void open_hand(void)
{
	hand_open(&hand);
	ops = *hand.env.ops;
	hand_free = ops.free;
	ops.park = sem_park;
	ops.unpark = sem_unpark;
	ops.free = locked_free;
	hand.env.ops = &ops;
	sem_init(&parked, 0, 0);
}

static void close_hand(void)
{
	hand_close(&hand);
	sem_destroy(&parked);
}

/* A leaf that is READY when its flag is up; the flag's thread holds a waker of its own. */
struct gate {
	struct fm_future fut;
	atomic_uint *opened;
	unsigned wanted;
	struct fm_waker *out; /* where the thread finds a waker */
	bool handed;
	sem_t *given;
};

static enum fm_poll gate_poll(struct fm_future *future, struct fm_context *cx)
{
	struct gate *self = FM_CONTAINER_OF(future, struct gate, fut);

	if (!self->handed) {
		self->handed = true;
		for (int i = 0; i < THREADS; i++)
			self->out[i] = fm_waker_clone(cx->waker);
		for (int i = 0; i < THREADS; i++)
			sem_post(self->given);
	}
	if (atomic_load(self->opened) < self->wanted)
		return FM_PENDING;
	return fm_ready(future, FM_OK);
}

static const struct fm_future_ops gate_ops = { .name = "gate", .poll = gate_poll };

static struct fm_waker wakers[THREADS];
static atomic_uint opened;
static sem_t given;

static struct gate *gate_init(struct gate *gate, unsigned wanted)
{
	fm_future_init(&gate->fut, &gate_ops);
	gate->opened = &opened;
	gate->wanted = wanted;
	gate->out = wakers;
	gate->handed = false;
	gate->given = &given;
	atomic_store(&opened, 0);
	sem_init(&given, 0, 0);
	return gate;
}

static void start(pthread_t *threads, void *(*run)(void *))
{
	for (uintptr_t i = 0; i < THREADS; i++)
		ck_assert_int_eq(pthread_create(&threads[i], NULL, run, (void *)i), 0);
}

static void join(pthread_t *threads)
{
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
}

static void *wake_often(void *arg)
{
	struct fm_waker *own = &wakers[(uintptr_t)arg];

	sem_wait(&given);
	for (int i = 0; i < ROUNDS; i++) {
		struct fm_waker copy = fm_waker_clone(*own);

		atomic_fetch_add(&opened, 1);
		fm_waker_wake(&copy);
	}
	fm_waker_drop(own);
	return NULL;
}

START_TEST(woken_from_elsewhere)
{
	pthread_t threads[THREADS];
	struct gate gate;

	gate_init(&gate, THREADS * ROUNDS);
	start(threads, wake_often);
	ck_assert_int_eq(fm_block_on(hand.executor, &gate.fut), FM_OK);
	join(threads);
	fm_executor_drain_remote(hand.executor);
	ck_assert_uint_eq(atomic_load(&opened), THREADS * ROUNDS);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

/* The executor ends while others wake: whatever they do is legal, and the last of them frees it all. */
START_TEST(the_executor_ends_meanwhile)
{
	for (int round = 0; round < 200; round++) {
		struct fm_executor_config config;
		struct fm_executor *executor;
		pthread_t threads[THREADS];
		struct gate *gate;

		fm_executor_config_init(&config);
		executor = fm_executor_new(&hand.env, &config);
		fm_executor_enter(executor);
		gate = fm_task_alloc(sizeof(*gate), "gate");
		gate_init(gate, UINT32_MAX);
		fm_task_detach(fm_task_spawn(gate));
		fm_task_run(fm_runq_take(fm_executor_runq(executor), 0));
		start(threads, wake_often);
		for (int i = 0; i < round * 10; i++)
			fm_executor_drain_remote(executor);
		fm_executor_free(executor);
		fm_executor_enter(hand.executor);
		join(threads);
		ck_assert_uint_eq(hand.users, 1);
	}
}
END_TEST

static void *drop_late(void *arg)
{
	sem_wait(&given);
	fm_waker_wake_by_ref(wakers[(uintptr_t)arg]);
	fm_waker_drop(&wakers[(uintptr_t)arg]);
	return NULL;
}

/* All wakers are dropped at once, long after the executor's end. */
START_TEST(wakers_outlive_the_executor)
{
	for (int round = 0; round < 200; round++) {
		struct fm_executor_config config;
		struct fm_executor *executor;
		pthread_t threads[THREADS];
		struct fm_task *task;
		struct gate *gate;

		fm_executor_config_init(&config);
		executor = fm_executor_new(&hand.env, &config);
		fm_executor_enter(executor);
		gate = fm_task_alloc(sizeof(*gate), NULL);
		gate_init(gate, UINT32_MAX);
		task = fm_task_spawn(gate);
		fm_task_run(fm_runq_take(fm_executor_runq(executor), 0));
		for (int i = 0; i < THREADS; i++)
			sem_wait(&given);
		start(threads, drop_late);
		fm_executor_free(executor);
		fm_executor_enter(hand.executor);
		ck_assert_uint_eq(hand.users, 2);
		ck_assert_int_eq(fm_task_status(task), FM_ERR_CANCELLED);
		for (int i = 0; i < THREADS; i++)
			sem_post(&given);
		fm_task_detach(task);
		join(threads);
		ck_assert_uint_eq(hand.users, 1);
	}
}
END_TEST

/* Order among remote wakes: first pushed, first scheduled. */
static struct fm_waker in_order[5];

static void *wake_in_order(void *arg)
{
	static const int order[5] = { 3, 0, 4, 1, 2 };

	(void)arg;
	for (int i = 0; i < 5; i++)
		fm_waker_wake(&in_order[order[i]]);
	return NULL;
}

START_TEST(remote_wakes_in_their_order)
{
	struct puppet *puppets[5];
	pthread_t thread;

	for (int i = 0; i < 5; i++) {
		puppets[i] = fm_task_alloc(sizeof(struct puppet), NULL);
		puppet_init(puppets[i], (char)('a' + i));
		fm_task_detach(fm_task_spawn(puppets[i]));
	}
	hand_run_ready(&hand);
	for (int i = 0; i < 5; i++)
		in_order[i] = fm_waker_clone(puppets[i]->waker);
	puppet_log[0] = '\0';
	pthread_create(&thread, NULL, wake_in_order, NULL);
	pthread_join(thread, NULL);
	ck_assert_uint_eq(fm_runq_ready(fm_executor_runq(hand.executor)), 0);
	fm_executor_drain_remote(hand.executor);
	hand_run_ready(&hand);
	ck_assert_str_eq(puppet_log, "daebc");
}
END_TEST

/* A waker dropped elsewhere was the last reference to a task that has ended. */
static void *drop_one(void *arg)
{
	fm_waker_drop(arg);
	return NULL;
}

START_TEST(the_last_reference_is_dropped_elsewhere)
{
	struct puppet *puppet = fm_task_alloc(sizeof(*puppet), NULL);
	struct fm_waker kept;
	pthread_t thread;

	puppet_init(puppet, 'p');
	fm_task_detach(fm_task_spawn(puppet));
	hand_run_ready(&hand);
	kept = fm_waker_clone(puppet->waker);
	puppet_pull(puppet, FM_OK);
	hand_run_ready(&hand);
	ck_assert_ptr_nonnull(fm_runq_slot(fm_executor_runq(hand.executor), 0));
	pthread_create(&thread, NULL, drop_one, &kept);
	pthread_join(thread, NULL);
	fm_executor_drain_remote(hand.executor);
	ck_assert_ptr_null(fm_runq_slot(fm_executor_runq(hand.executor), 0));
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("remote");
	TCase *t = tcase_create("remote");

	tcase_add_checked_fixture(t, open_hand, close_hand);
	tcase_set_timeout(t, 120);
	tcase_add_test(t, woken_from_elsewhere);
	tcase_add_test(t, the_executor_ends_meanwhile);
	tcase_add_test(t, wakers_outlive_the_executor);
	tcase_add_test(t, remote_wakes_in_their_order);
	tcase_add_test(t, the_last_reference_is_dropped_elsewhere);
	suite_add_tcase(s, t);
	return s;
}
