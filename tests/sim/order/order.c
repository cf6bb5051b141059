/*
 * One order in both worlds: with select's draw at 0, twenty programs of tasks, channels, locks and timers are polled in
 * the same sequence by the real executor and by the simulator from its all-zero tape.
 *
 * A program is a table: a few tasks, each a list of operations on shared objects. The real sequence is taken by an
 * observer, the simulated one from the event log.
 */
#include "suite.h"

#include <fm/async.h>
#include <fm/embed.h>
#include <fm/mpsc.h>
#include <fm/mutex.h>
#include <fm/notify.h>
#include <fm/observe.h>
#include <fm/select.h>
#include <fm/semaphore.h>
#include <fm/sleep.h>
#include <fm/task.h>
#include <fm_sim/sim.h>
#include <stdlib.h>
#include <string.h>

enum verb { END, YIELD, LOCK, UNLOCK, SEND, RECV, CLOSE, SLEEP, START, JOIN, WAIT, TELL, TELL_ALL, TAKE, GIVE, EITHER };

struct operation {
	enum verb verb;
	int operand;
};

enum { TASKS = 6, OPERATIONS = 14, LOCKS = 3, CHANNEL_ITEMS = 2, SEQUENCE_BYTES = 4096, TRIES = 5 };

/* Task 0 is main; START n starts task n. SLEEP counts milliseconds, far enough apart to be told apart for real. */
struct program {
	const char *name;
	struct operation tasks[TASKS][OPERATIONS];
};

static const struct program programs[] = {
	{ "one task", { { { YIELD }, { YIELD }, { SLEEP, 2 }, { YIELD } } } },
	{ "two that yield",
	  { { { START, 1 }, { START, 2 }, { JOIN, 1 }, { JOIN, 2 } }, { { YIELD }, { YIELD }, { YIELD } }, { { YIELD } } } },
	{ "join in the other order",
	  { { { START, 1 }, { START, 2 }, { JOIN, 2 }, { JOIN, 1 } }, { { YIELD } }, { { YIELD }, { YIELD } } } },
	{ "a lock for three",
	  { { { LOCK, 0 }, { START, 1 }, { START, 2 }, { YIELD }, { UNLOCK, 0 }, { JOIN, 1 }, { JOIN, 2 } },
	    { { LOCK, 0 }, { YIELD }, { UNLOCK, 0 } },
	    { { LOCK, 0 }, { YIELD }, { UNLOCK, 0 } } } },
	{ "two locks in one order",
	  { { { START, 1 }, { START, 2 }, { JOIN, 1 }, { JOIN, 2 } },
	    { { LOCK, 0 }, { YIELD }, { LOCK, 1 }, { YIELD }, { UNLOCK, 1 }, { UNLOCK, 0 } },
	    { { LOCK, 0 }, { LOCK, 1 }, { YIELD }, { UNLOCK, 0 }, { UNLOCK, 1 } } } },
	{ "send and receive",
	  { { { START, 1 }, { RECV }, { RECV }, { RECV }, { JOIN, 1 } }, { { SEND }, { SEND }, { SEND } } } },
	{ "a full channel",
	  { { { START, 1 }, { START, 2 }, { SLEEP, 2 }, { RECV }, { RECV }, { RECV }, { RECV }, { RECV }, { RECV } },
	    { { SEND }, { SEND }, { SEND } },
	    { { SEND }, { SEND }, { SEND } } } },
	{ "a channel that closes",
	  { { { START, 1 }, { START, 2 }, { JOIN, 1 }, { CLOSE }, { JOIN, 2 } },
	    { { SEND }, { YIELD }, { SEND } },
	    { { RECV }, { RECV }, { RECV } } } },
	{ "sleeps in order", { { { START, 1 }, { START, 2 }, { SLEEP, 3 } }, { { SLEEP, 1 } }, { { SLEEP, 2 } } } },
	{ "sleeps against it",
	  { { { START, 1 }, { START, 2 }, { SLEEP, 2 }, { JOIN, 1 } }, { { SLEEP, 7 } }, { { SLEEP, 4 } } } },
	{ "timers between yields",
	  { { { START, 1 }, { SLEEP, 3 }, { YIELD }, { JOIN, 1 } }, { { YIELD }, { SLEEP, 6 }, { YIELD } } } },
	{ "one is told",
	  { { { START, 1 }, { START, 2 }, { YIELD }, { TELL }, { YIELD }, { TELL }, { JOIN, 1 }, { JOIN, 2 } },
	    { { WAIT } },
	    { { WAIT } } } },
	{ "all are told",
	  { { { START, 1 }, { START, 2 }, { START, 3 }, { YIELD }, { TELL_ALL }, { JOIN, 3 } },
	    { { WAIT }, { YIELD } },
	    { { WAIT } },
	    { { WAIT } } } },
	{ "permits",
	  { { { START, 1 }, { START, 2 }, { START, 3 }, { JOIN, 1 }, { JOIN, 2 }, { JOIN, 3 } },
	    { { TAKE, 2 }, { YIELD }, { YIELD }, { GIVE, 2 } },
	    { { TAKE, 3 }, { YIELD }, { GIVE, 3 } },
	    { { TAKE, 1 }, { YIELD }, { GIVE, 1 } } } },
	{ "either: the channel",
	  { { { START, 1 }, { EITHER, 20 }, { EITHER, 20 }, { JOIN, 1 } }, { { SEND }, { YIELD }, { SEND } } } },
	{ "either: the clock", { { { START, 1 }, { EITHER, 2 }, { EITHER, 20 }, { JOIN, 1 } }, { { SLEEP, 8 }, { SEND } } } },
	{ "a chain of starts",
	  { { { START, 1 }, { JOIN, 1 } },
	    { { START, 2 }, { YIELD }, { JOIN, 2 } },
	    { { START, 3 }, { YIELD }, { JOIN, 3 } },
	    { { YIELD }, { SLEEP, 2 } } } },
	{ "a ring of locks and a channel",
	  { { { LOCK, 2 }, { START, 1 }, { START, 2 }, { RECV }, { UNLOCK, 2 }, { RECV }, { JOIN, 1 }, { JOIN, 2 } },
	    { { SEND }, { LOCK, 2 }, { YIELD }, { UNLOCK, 2 } },
	    { { LOCK, 2 }, { SEND }, { UNLOCK, 2 } } } },
	{ "tell before wait", { { { TELL }, { START, 1 }, { JOIN, 1 } }, { { WAIT }, { YIELD } } } },
	{ "everything",
	  { { { START, 1 }, { START, 2 }, { START, 3 }, { START, 4 }, { SLEEP, 3 }, { TELL_ALL }, { YIELD }, { JOIN, 4 } },
	    { { LOCK, 0 }, { TAKE, 2 }, { YIELD }, { GIVE, 2 }, { UNLOCK, 0 } },
	    { { LOCK, 0 }, { YIELD }, { UNLOCK, 0 }, { SEND } },
	    { { WAIT }, { YIELD } },
	    { { EITHER, 6 }, { YIELD }, { JOIN, 1 } } } },
};

_Static_assert(FM_COUNT_OF(programs) == 20, "twenty programs");

struct shared {
	const struct program *program;
	struct fm_mutex locks[LOCKS];
	struct fm_semaphore permits;
	struct fm_notify notify;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_task *tasks[TASKS];
};

struct actor {
	struct fm_async async;
	struct shared *shared;
	const struct operation *at;
	bool is_main;
	uint64_t item;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep sleep;
	struct fm_mpsc_recv recv;
	struct fm_defer give_back;
	union {
		struct fm_yield yield;
		struct fm_mutex_lock lock;
		struct fm_mpsc_send send;
		struct fm_task_join join;
		struct fm_notified wait;
		struct fm_semaphore_acquire take;
	};
};

static void actor_init(struct actor *self, struct shared *shared, unsigned number);

static void start(struct shared *shared, int number)
{
	struct actor *actor = fm_task_alloc(sizeof(*actor), NULL);

	actor_init(actor, shared, (unsigned)number);
	shared->tasks[number] = fm_task_spawn(actor);
}

FM_ASYNC(actor)
{
	FM_BEGIN;
	for (; self->at->verb != END; self->at++) {
		switch (self->at->verb) {
		case YIELD:
			FM_AWAIT(fm_yield_init(&self->yield));
			break;
		case LOCK:
			FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->shared->locks[self->at->operand]));
			break;
		case UNLOCK:
			fm_mutex_unlock(&self->shared->locks[self->at->operand]);
			break;
		case SEND:
			FM_AWAIT(fm_mpsc_send_init(&self->send, self->shared->tx, &self->item));
			break;
		case RECV:
			FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->shared->rx, &self->item));
			break;
		case CLOSE:
			fm_mpsc_close(self->shared->rx);
			break;
		case SLEEP:
			FM_AWAIT(fm_sleep_init(&self->sleep, (fm_ns)self->at->operand * 3 * FM_MS));
			break;
		case START:
			start(self->shared, self->at->operand);
			break;
		case JOIN:
			FM_AWAIT(fm_task_join_init(&self->join, self->shared->tasks[self->at->operand]));
			break;
		case WAIT:
			FM_AWAIT(fm_notified_init(&self->wait, &self->shared->notify));
			break;
		case TELL:
			fm_notify_one(&self->shared->notify);
			break;
		case TELL_ALL:
			fm_notify_all(&self->shared->notify);
			break;
		case TAKE:
			FM_AWAIT(fm_semaphore_acquire_init(&self->take, &self->shared->permits,
							   (uint64_t)self->at->operand));
			break;
		case GIVE:
			fm_semaphore_release(&self->shared->permits, (uint64_t)self->at->operand);
			break;
		case EITHER:
			FM_AWAIT(FM_SELECT(&self->select, self->branch,
					   fm_mpsc_recv_init(&self->recv, self->shared->rx, &self->item),
					   fm_sleep_init(&self->sleep, (fm_ns)self->at->operand * 3 * FM_MS)));
			break;
		case END:
			break;
		}
	}
	FM_END;
}

static void open_shared(struct shared *shared)
{
	for (unsigned i = 0; i < LOCKS; i++)
		fm_mutex_init(&shared->locks[i]);
	fm_semaphore_init(&shared->permits, 3);
	fm_notify_init(&shared->notify);
	ck_assert_int_eq(fm_mpsc_new(sizeof(uint64_t), CHANNEL_ITEMS, NULL, &shared->tx, &shared->rx), FM_OK);
}

static void close_shared(struct shared *shared)
{
	for (unsigned i = 1; i < TASKS; i++)
		fm_task_detach(shared->tasks[i]);
	fm_mpsc_tx_drop(shared->tx);
	fm_mpsc_rx_drop(shared->rx);
}

/* Main's end: the others that have not ended by then are let go. */
static void main_gives_back(struct fm_defer *defer)
{
	struct shared *shared = FM_CONTAINER_OF(defer, struct actor, give_back)->shared;

	for (unsigned i = 1; i < TASKS; i++)
		if (shared->tasks[i])
			fm_task_abort(shared->tasks[i]);
}

static void actor_init(struct actor *self, struct shared *shared, unsigned number)
{
	FM_ASYNC_INIT(self, actor);
	self->shared = shared;
	self->at = shared->program->tasks[number];
	self->is_main = number == 0;
	self->item = number;
	if (self->is_main)
		fm_defer(&self->async, &self->give_back, main_gives_back);
}

/* What the real executor polls: the tasks' numbers in the order of spawning, 1 being main. */
struct recorder {
	struct fm_observer observer;
	struct fm_task *spawned[64];
	unsigned count;
	char sequence[SEQUENCE_BYTES];
};

static struct recorder *recorder_of(struct fm_observer *observer)
{
	return FM_CONTAINER_OF(observer, struct recorder, observer);
}

static void on_spawn(struct fm_observer *observer, struct fm_task *parent, struct fm_task *child)
{
	struct recorder *recorder = recorder_of(observer);

	(void)parent;
	recorder->spawned[recorder->count++] = child;
}

static void note_poll(struct recorder *recorder, const struct fm_task *task)
{
	for (unsigned i = recorder->count; i-- > 0;) {
		if (recorder->spawned[i] != task)
			continue;
		sprintf(recorder->sequence + strlen(recorder->sequence), "%u ", i + 1);
		return;
	}
}

static enum fm_poll on_poll(struct fm_observer *observer, struct fm_future *future, struct fm_context *cx, uint32_t place)
{
	struct fm_poll_scope scope = { .given = cx, .future = future, .cx = *cx, .place = place };

	scope.cx.scope = &scope;
	if (!cx->scope)
		note_poll(recorder_of(observer), fm_task_current());
	return fm_observe_poll(&scope);
}

static void on_task(struct fm_observer *observer, struct fm_task *task)
{
	(void)observer, (void)task;
}

static void on_end(struct fm_observer *observer, struct fm_task *task, int status)
{
	(void)observer, (void)task, (void)status;
}

static void on_drop(struct fm_observer *observer, struct fm_future *future)
{
	(void)observer, (void)future;
}

static void on_wait(struct fm_observer *observer, const char *kind, const void *resource, struct fm_future *future)
{
	(void)observer, (void)kind, (void)resource, (void)future;
}

static void on_unwait(struct fm_observer *observer, const void *resource, struct fm_future *future)
{
	(void)observer, (void)resource, (void)future;
}

static void on_release(struct fm_observer *observer, const void *resource)
{
	(void)observer, (void)resource;
}

static bool on_interrupt(struct fm_observer *observer, const struct fm_await_site *site)
{
	(void)observer, (void)site;
	return false;
}

static const struct fm_observer_ops recorder_ops = {
	.spawn = on_spawn,
	.end = on_end,
	.poll = on_poll,
	.drop = on_drop,
	.wake = on_task,
	.freed = on_task,
	.wait = on_wait,
	.unwait = on_unwait,
	.grant = on_wait,
	.release = on_release,
	.interrupt = on_interrupt,
};

static void run_for_real(const struct program *program, char *sequence)
{
	struct shared shared = { .program = program };
	struct recorder recorder = { .observer = { &recorder_ops } };
	struct fm_env *env = fm_os_env_new();
	struct fm_executor_config config;
	struct fm_executor *executor;
	struct actor main_actor = { 0 };

	fm_os_env_plain(env, true);
	fm_executor_config_init(&config);
	executor = fm_executor_new(env, &config);
	fm_executor_enter(executor);
	open_shared(&shared);
	fm_executor_observe(executor, &recorder.observer);
	actor_init(&main_actor, &shared, 0);
	ck_assert_int_eq(fm_block_on(executor, &main_actor.async.fut), FM_OK);
	strcpy(sequence, recorder.sequence); /* what is polled once main has ended is nobody's order */
	fm_executor_enter(executor);
	close_shared(&shared);
	fm_executor_enter(NULL);
	fm_executor_free(executor);
	fm_os_env_free(env);
}

static const struct program *simulated;

static void setup(struct fm_sim *sim, void *state)
{
	struct shared *shared = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct actor *actor = fm_sim_alloc(host, sizeof(*actor), "main");

	shared->program = simulated;
	open_shared(shared);
	actor_init(actor, shared, 0);
	fm_sim_start(actor);
}

static void end(struct fm_sim *sim, void *state)
{
	(void)sim;
	close_shared(state);
}

static const struct fm_sim_scenario scenario = {
	.name = "test/order",
	.claim = "one order in both worlds",
	.state_bytes = sizeof(struct shared),
	.deadline_ns = FM_HOUR,
	.setup = setup,
	.end = end,
};

static void run_simulated(const struct program *program, char *sequence)
{
	char *text = NULL;
	size_t bytes = 0;
	FILE *log = open_memstream(&text, &bytes);
	struct fm_sim_options options = { .strategy = FM_SIM_FIFO, .log = log };
	static struct fm_sim_result result;

	simulated = program;
	fm_sim_run(&scenario, &options, &result);
	fclose(log);
	ck_assert_msg(result.verdict == FM_SIM_PASSED, "%s: %s", program->name, result.failure.cause);
	sequence[0] = '\0';
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
		const char *number = strstr(line, " poll   poll #");

		if (number)
			sprintf(sequence + strlen(sequence), "%ld ", strtol(number + 14, NULL, 10));
		else if (strstr(line, " end    main"))
			break;
	}
	free(text);
}

START_TEST(same_order_in_both_worlds)
{
	const struct program *program = &programs[_i];
	char real[SEQUENCE_BYTES] = "";
	char sim[SEQUENCE_BYTES] = "";

	run_simulated(program, sim);
	/* A machine that stops us for longer than two timers are apart makes one moment of both: then it is tried again. */
	for (unsigned tries = 0; tries < TRIES && strcmp(real, sim) != 0; tries++)
		run_for_real(program, real);
	ck_assert_msg(strcmp(real, sim) == 0, "'%s' is polled as %s\nbut simulated as %s", program->name, real, sim);
	ck_assert_msg(strlen(real) >= 6, "'%s' polled hardly anything: %s", program->name, real);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("order in both worlds");
	TCase *order = tcase_create("twenty programs");

	tcase_set_timeout(order, 60);
	tcase_add_loop_test(order, same_order_in_both_worlds, 0, (int)FM_COUNT_OF(programs));
	suite_add_tcase(suite, order);
	return suite;
}
