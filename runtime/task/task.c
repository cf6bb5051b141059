/*
 * A task's life: allocated, spawned, scheduled, polled, ended, freed; one function for each transition.
 *
 * It is freed when it has ended, nobody refers to it, it is not in the run queue, and no other thread has anything
 * pending in its atomic word.
 */
#include "internal.h"

#include <fm/observe.h>
#include <fm/panic.h>
#include <string.h>

static uint32_t task_bytes(const struct fm_task *task)
{
	const uint32_t name_bytes = (task->flags & FM__TASK_NAMED) ? sizeof(const char *) : 0;

	return (uint32_t)sizeof(*task) + task->frame_bytes + name_bytes;
}

static const char **name_place(const struct fm_task *task)
{
	return (const char **)((char *)(task + 1) + task->frame_bytes);
}

static struct fm_task *task_of_frame(void *frame)
{
	return (struct fm_task *)frame - 1;
}

void *fm_task_alloc_on(struct fm_executor *executor, size_t frame_bytes, const char *name)
{
	struct fm_env *env = executor->env;
	const size_t rounded = (frame_bytes + 7) & ~(size_t)7;
	struct fm_task *task;
	uint32_t index;

	if (frame_bytes < sizeof(struct fm_future) || frame_bytes > FM_TASK_FRAME_BYTES_MAX ||
	    executor->closing)
		return NULL;
	if (fm__runq_reserve(executor->runq, &index) != FM_OK)
		return NULL;
	task = env->ops->alloc(env, sizeof(*task) + rounded + (name ? sizeof(name) : 0));
	if (!task) {
		fm__runq_release(executor->runq, index);
		return NULL;
	}
	memset(task + 1, 0, rounded);
	task->executor = executor;
	task->joiners = NULL;
	task->flags = (name ? FM__TASK_NAMED : 0) | (executor->observer ? FM__TASK_WATCHED : 0);
	task->refs = 1;
	atomic_init(&task->remote, 0);
	task->index = index;
	task->remote_next = FM__NO_SLOT;
	task->frame_bytes = (uint32_t)rounded;
	if (name)
		*name_place(task) = name;
	executor->runq->slots[index] = (uintptr_t)task;
	return task + 1;
}

void *fm_task_alloc(size_t frame_bytes, const char *name)
{
	return fm__here ? fm_task_alloc_on(fm__here, frame_bytes, name) : NULL;
}

static void free_task(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;
	struct fm_env *env = executor->env;

	if (executor->observer && (task->flags & FM__TASK_SPAWNED))
		executor->observer->ops->freed(executor->observer, task);
	fm__runq_release(executor->runq, task->index);
	env->ops->free(env, task, task_bytes(task));
}

static bool orphaned(const struct fm_task *task)
{
	return atomic_load_explicit(&task->remote, memory_order_acquire) & FM__REMOTE_ORPHAN;
}

void fm_task_unalloc(void *frame)
{
	struct fm_task *task = task_of_frame(frame);

	if (orphaned(task))
		fm__task_unref_any_thread(task); /* the frame was kept beyond its executor */
	else
		free_task(task);
}

void fm_task_contain(void *frame)
{
	task_of_frame(frame)->flags |= FM__TASK_CONTAIN;
}

struct fm_task *fm_task_spawn(void *frame)
{
	struct fm_task *task = task_of_frame(frame);
	struct fm_executor *executor = task->executor;

	if (FM_UNLIKELY(orphaned(task))) {
		task->flags |= FM__TASK_SPAWNED;
		fm_drop(fm__task_root(task));
		task->flags |= FM__TASK_DONE | FM__TASK_CANCELLED;
		return task;
	}
	task->flags |= FM__TASK_SPAWNED;
	task->refs = 2; /* the handle, and one until it has ended */
	executor->tasks++;
	if (executor->observer)
		executor->observer->ops->spawn(executor->observer,
					       fm__here ? fm__here->current : NULL, task);
	if (FM_UNLIKELY(executor->closing))
		fm__task_cancel_now(task); /* the sweep may have passed its slot */
	else
		fm__task_schedule(task);
	return task;
}

/* There is a reason not just to schedule it: it is scheduled, or has ended, or somebody is told. */
static __attribute__((noinline)) void schedule_watched(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;

	if (task->flags & (FM__TASK_SCHEDULED | FM__TASK_DONE))
		return;
	task->flags |= FM__TASK_SCHEDULED;
	fm__runq_push(executor->runq, task->index);
	executor->observer->ops->wake(executor->observer, task);
}

/* Into the run queue, unless it is there, or has ended. */
void fm__task_schedule(struct fm_task *task)
{
	if (task->flags & (FM__TASK_SCHEDULED | FM__TASK_DONE | FM__TASK_WATCHED)) {
		schedule_watched(task);
		return;
	}
	task->flags |= FM__TASK_SCHEDULED;
	fm__runq_push(task->executor->runq, task->index);
}

static void free_if_last(struct fm_task *task)
{
	if (task->refs == 0 && (task->flags & (FM__TASK_DONE | FM__TASK_SCHEDULED)) == FM__TASK_DONE &&
	    atomic_load_explicit(&task->remote, memory_order_acquire) == 0)
		free_task(task);
}

void fm__task_unref(struct fm_task *task)
{
	task->refs--;
	free_if_last(task);
}

struct fm_task *fm_task_ref(struct fm_task *task)
{
	fm__task_ref_any_thread(task);
	return task;
}

void fm_task_detach(struct fm_task *task)
{
	if (task)
		fm__task_unref_any_thread(task);
}

/* Joiners hang in the list newest first, and are woken oldest first. */
static struct fm_task_join *reversed(struct fm_task_join *list)
{
	struct fm_task_join *reverse = NULL;

	while (list) {
		struct fm_task_join *next = list->next;

		list->next = reverse;
		reverse = list;
		list = next;
	}
	return reverse;
}

static void end_task(struct fm_task *task, uint32_t how)
{
	struct fm_executor *executor = task->executor;

	task->flags |= FM__TASK_DONE | how;
	executor->tasks--;
	if (executor->observer)
		executor->observer->ops->end(executor->observer, task, fm_task_status(task));
	task->joiners = reversed(task->joiners);
	while (task->joiners) {
		struct fm_task_join *joiner = task->joiners;

		task->joiners = joiner->next;
		joiner->next = NULL;
		fm_waker_wake(&joiner->waker);
	}
	fm__task_unref(task);
}

void fm__task_cancel_now(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;
	struct fm_task *before = executor->current;

	executor->current = task;
	fm_drop(fm__task_root(task));
	executor->current = before;
	end_task(task, FM__TASK_CANCELLED);
}

#define PANICKED (-1)

/* Not inlined: what setjmp does to locals stays here. Gives an enum fm_poll, or PANICKED. */
static __attribute__((noinline)) int poll_contained(struct fm_task *task, struct fm_context *cx)
{
	struct fm_executor *executor = task->executor;
	jmp_buf contain;
	enum fm_poll result;

	if (setjmp(contain) != 0) {
		executor->contain = NULL;
		return PANICKED;
	}
	executor->contain = &contain;
	result = fm_poll(fm__task_root(task), cx);
	executor->contain = NULL;
	return result;
}

static __attribute__((noinline)) void end_panicked(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;

	executor->unwinding = true;
	fm_drop(fm__task_root(task));
	executor->unwinding = false;
	executor->current = NULL;
	end_task(task, FM__TASK_PANICKED);
}

/* In line, since a program does little else than come here. Out of the queue and into the poll is one store. */
static inline __attribute__((always_inline)) void poll_task(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;
	struct fm_context cx = {
		.waker = { (uintptr_t)task },
		.executor = executor,
		.observer = executor->observer,
		.scope = NULL,
	};
	int result;

	executor->current = task;
	executor->budget_left = (int32_t)executor->config.budget;
	task->flags = (task->flags & ~(uint32_t)FM__TASK_SCHEDULED) | FM__TASK_RUNNING;
	if (FM_UNLIKELY(task->flags & FM__TASK_CONTAIN))
		result = poll_contained(task, &cx);
	else
		result = fm_poll(fm__task_root(task), &cx);
	task->flags &= ~(uint32_t)FM__TASK_RUNNING;
	if (FM_UNLIKELY(result == PANICKED)) {
		end_panicked(task);
		return;
	}
	executor->current = NULL;
	if (result == FM_READY)
		end_task(task, 0);
}

static __attribute__((noinline)) void finish(struct fm_task *task)
{
	task->flags &= ~(uint32_t)FM__TASK_SCHEDULED;
	if (task->flags & FM__TASK_DONE)
		free_if_last(task);
	else
		fm__task_cancel_now(task);
}

void fm_task_run(struct fm_task *task)
{
	if (FM_UNLIKELY(task->flags & (FM__TASK_DONE | FM__TASK_ABORTED)))
		finish(task);
	else
		poll_task(task);
}

void fm_task_poll_parked(struct fm_task *task)
{
	poll_task(task);
}

void fm_task_abort(struct fm_task *task)
{
	fm_observe_touch(task);
	if (task->flags & (FM__TASK_DONE | FM__TASK_ABORTED))
		return;
	task->flags |= FM__TASK_ABORTED;
	fm__task_schedule(task);
}

bool fm_task_done(const struct fm_task *task)
{
	return task->flags & FM__TASK_DONE;
}

int fm_task_status(const struct fm_task *task)
{
	if (!(task->flags & FM__TASK_DONE))
		return FM_ERR_AGAIN;
	if (task->flags & FM__TASK_CANCELLED)
		return FM_ERR_CANCELLED;
	if (task->flags & FM__TASK_PANICKED)
		return FM_ERR_PANICKED;
	return fm__task_root(task)->status;
}

bool fm_task_parked(const struct fm_task *task)
{
	return (task->flags & FM__TASK_SPAWNED) &&
	       !(task->flags & (FM__TASK_SCHEDULED | FM__TASK_DONE | FM__TASK_RUNNING));
}

bool fm_task_scheduled(const struct fm_task *task)
{
	return task->flags & FM__TASK_SCHEDULED;
}

void *fm_task_frame(const struct fm_task *task)
{
	return fm__task_root(task);
}

bool fm_task_owns(const struct fm_task *task, const void *address)
{
	return (uintptr_t)address - (uintptr_t)fm__task_root(task) < task->frame_bytes;
}

struct fm_future *fm_task_future(const struct fm_task *task)
{
	return fm__task_root(task);
}

const char *fm_task_name(const struct fm_task *task)
{
	return (task->flags & FM__TASK_NAMED) ? *name_place(task) : fm__task_root(task)->ops->name;
}

struct fm_executor *fm_task_executor(const struct fm_task *task)
{
	return task->executor;
}

uint32_t fm_task_index(const struct fm_task *task)
{
	return task->index;
}

struct fm_task *fm_task_current(void)
{
	return fm__here ? fm__here->current : NULL;
}
