/*
 * The executor's loop: poll the ready tasks first in, first out; between turns look at other threads' wakes, timers
 * and the outside, so that a task that yields for ever keeps neither timers nor sockets waiting.
 */
#include "internal.h"

#include <fm/panic.h>
#include <string.h>

FM__THREAD_LOCAL struct fm_executor *fm__here;
FM__THREAD_LOCAL struct fm_observer *fm__observer_here;

#define BUDGET_DEFAULT 128u /* as tokio's */
#define TURN_POLLS_DEFAULT 61u
#define SLOTS_FIRST_DEFAULT 16u
#define CHAN_BLOCK_BYTES_DEFAULT 504u /* so that a block is of the largest size that memory has pages of */

void fm_executor_config_init(struct fm_executor_config *config)
{
	config->budget = BUDGET_DEFAULT;
	config->turn_polls = TURN_POLLS_DEFAULT;
	config->tasks_max = FM__TASKS_MAX;
	config->slots_first = SLOTS_FIRST_DEFAULT;
	config->chan_block_bytes = CHAN_BLOCK_BYTES_DEFAULT;
	config->counters_from = 0;
}

struct fm_executor *fm_executor_new_on(struct fm_env *env, const struct fm_executor_config *config,
				       struct fm_runq *runq)
{
	struct fm_executor *executor;

	if (config->turn_polls == 0 || config->tasks_max == 0 || config->tasks_max > FM__TASKS_MAX ||
	    config->budget == 0 || config->budget > INT32_MAX || config->chan_block_bytes == 0 ||
	    config->chan_block_bytes > FM__CHAN_BLOCK_BYTES_MAX)
		return NULL;
	executor = env->ops->alloc(env, sizeof(*executor));
	if (!executor)
		return NULL;
	memset(executor, 0, sizeof(*executor));
	executor->env = env;
	executor->config = *config;
	executor->timers_armed = config->counters_from;
	if (env->budget_is_drawn)
		executor->config.budget = 0; /* so each charge comes to the draw */
	executor->runq = runq ? runq : fm_runq_new(env, config);
	executor->owns_runq = runq == NULL;
	if (!executor->runq) {
		env->ops->free(env, executor, sizeof(*executor));
		return NULL;
	}
	atomic_init(&executor->remote_head, FM__NO_SLOT);
	atomic_init(&executor->pushers, 0);
	atomic_init(&executor->orphans, 1);
	env->ops->attach(env);
	return executor;
}

struct fm_executor *fm_executor_new(struct fm_env *env, const struct fm_executor_config *config)
{
	return fm_executor_new_on(env, config, NULL);
}

struct fm_executor *fm_executor_enter(struct fm_executor *executor)
{
	struct fm_executor *before = fm__here;

	fm__here = executor;
	fm__observer_here = executor ? executor->observer : NULL;
	return before;
}

/* Removes this executor's tasks from the queue: they have ended, or are about to. */
static void forget_scheduled(struct fm_executor *executor)
{
	const uint32_t ready = fm__runq_ready(executor->runq);

	for (uint32_t i = 0; i < ready; i++) {
		struct fm_task *task = fm_runq_take(executor->runq, 0);

		if (task->executor != executor) {
			fm__runq_push(executor->runq, task->index);
			continue;
		}
		task->refs++; /* so that the slot outlives the queue's claim on it */
		task->flags &= ~(uint32_t)FM__TASK_SCHEDULED;
		fm__task_unref(task);
	}
}

void fm_executor_free(struct fm_executor *executor)
{
	struct fm_runq *runq = executor->runq;
	struct fm_executor *before;

	if (executor->current)
		fm_panic("fm_executor_free from within one of its tasks");
	before = fm_executor_enter(executor);
	executor->closing = true;
	for (uint32_t i = 0; i < runq->slots_used; i++) {
		struct fm_task *task = fm_runq_slot(runq, i);

		if (task && task->executor == executor && (task->flags & FM__TASK_SPAWNED) &&
		    !(task->flags & FM__TASK_DONE))
			fm__task_cancel_now(task);
	}
	fm__timers_forget(executor);
	fm_executor_drain_remote(executor);
	forget_scheduled(executor);

	atomic_store_explicit(&executor->remote_head, FM__REMOTE_CLOSED, memory_order_release);
	for (uint32_t i = 0; i < runq->slots_used; i++) {
		struct fm_task *task = fm_runq_slot(runq, i);

		if (task && task->executor == executor) {
			fm__runq_release(runq, i);
			fm__task_orphan(task);
		}
	}
	/*
	 * Only now: a thread that changed a word before it was an orphan's counted itself in before, and may still
	 * be about to push, with its reference already given back. One that comes later touches the word only.
	 */
	while (atomic_load_explicit(&executor->pushers, memory_order_acquire) != 0)
		;
	fm_executor_enter(before == executor ? NULL : before);
	fm__executor_release(executor);
}

void fm_executor_observe(struct fm_executor *executor, struct fm_observer *observer)
{
	const uint32_t watched = observer ? FM__TASK_WATCHED : 0;

	executor->observer = observer;
	for (uint32_t i = 0; i < executor->runq->slots_used; i++) {
		struct fm_task *task = fm_runq_slot(executor->runq, i);

		if (task && task->executor == executor)
			task->flags = (task->flags & ~(uint32_t)FM__TASK_WATCHED) | watched;
	}
	if (fm__here == executor)
		fm__observer_here = observer;
}

struct fm_executor *fm_executor_current(void)
{
	return fm__here;
}

const struct fm_executor_config *fm_executor_settings(void)
{
	return fm__here ? &fm__here->config : NULL;
}

uint64_t fm_counters_from(void)
{
	return fm__here ? fm__here->config.counters_from : 0;
}

struct fm_runq *fm_executor_runq(const struct fm_executor *executor)
{
	return executor->runq;
}

struct fm_env *fm_executor_env(const struct fm_executor *executor)
{
	return executor->env;
}

uint32_t fm_executor_tasks(const struct fm_executor *executor)
{
	return executor->tasks;
}

/* block_on's task: polls a future that lives in the caller's memory. */
struct main_task {
	struct fm_future fut;
	struct fm_future *inner;
};

static enum fm_poll main_poll(struct fm_future *future, struct fm_context *cx)
{
	struct main_task *self = FM_CONTAINER_OF(future, struct main_task, fut);

	if (fm_poll(self->inner, cx) == FM_PENDING)
		return FM_PENDING;
	return fm_ready(future, self->inner->status);
}

static void main_drop(struct fm_future *future)
{
	fm_drop(FM_CONTAINER_OF(future, struct main_task, fut)->inner);
}

static const struct fm_await_site *main_inspect(const struct fm_future *future, unsigned index,
						struct fm_future **child)
{
	*child = index == 0 ? FM_CONTAINER_OF(future, const struct main_task, fut)->inner : NULL;
	return NULL;
}

static const struct fm_future_ops main_ops = {
	.name = "block_on",
	.poll = main_poll,
	.drop = main_drop,
	.inspect = main_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

static void turn(struct fm_executor *executor, const struct fm_task *until)
{
	struct fm_runq *runq = executor->runq;
	struct fm_env *env = executor->env;

	for (uint32_t polls = 0; polls < executor->config.turn_polls && fm__runq_ready(runq); polls++)
		fm_task_run(fm_runq_take(runq, 0));
	fm_executor_drain_remote(executor);
	if (executor->timers)
		fm_executor_fire(executor, env->ops->now(env));
	if (until->flags & FM__TASK_DONE)
		return;
	env->ops->park(env, fm__runq_ready(runq) ? 0 : fm_executor_deadline(executor));
	fm_executor_drain_remote(executor);
	if (executor->timers)
		fm_executor_fire(executor, env->ops->now(env));
}

int fm_block_on(struct fm_executor *executor, struct fm_future *future)
{
	struct fm_executor *before;
	struct main_task *frame;
	struct fm_task *task;
	int status;

	if (fm__here && fm__here->current)
		fm_panic("fm_block_on from within a task: it would block every other task of this thread");
	frame = fm_task_alloc_on(executor, sizeof(*frame), "main");
	if (!frame)
		return FM_ERR_NOMEM;
	fm_future_init(&frame->fut, &main_ops);
	frame->inner = future;
	before = fm_executor_enter(executor);
	task = fm_task_spawn(frame);
	while (!fm_task_done(task))
		turn(executor, task);
	status = fm_task_status(task);
	fm_task_detach(task);
	fm_executor_enter(before);
	return status;
}
