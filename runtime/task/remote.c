/*
 * What other threads may do to a task: wake it, and clone or drop a waker of it.
 *
 * They change the task's atomic word and, when it was not queued yet, push its slot on the executor's remote stack and
 * wake the executor's thread. The executor takes the stack each turn and folds the words into the tasks' plain
 * counts. Order among remote wakes: first pushed, first scheduled.
 *
 * After the executor's end a word is an ordinary atomic count (ORPHAN); the last one to let go of the last
 * orphan frees them all, and the executor's memory with them.
 */
#include "internal.h"

static uint32_t task_bytes(const struct fm_task *task)
{
	return (uint32_t)sizeof(*task) + task->frame_bytes +
	       ((task->flags & FM__TASK_NAMED) ? (uint32_t)sizeof(const char *) : 0);
}

/* One less that keeps the dead executor's memory: an orphan, or the end of the executor itself. */
void fm__executor_release(struct fm_executor *executor)
{
	struct fm_env *env = executor->env;
	struct fm_runq *runq = executor->owns_runq ? executor->runq : NULL;

	if (atomic_fetch_sub_explicit(&executor->orphans, 1, memory_order_acq_rel) != 1)
		return;
	while (executor->orphan_list) {
		struct fm_task *task = executor->orphan_list;

		executor->orphan_list = (struct fm_task *)task->joiners;
		env->ops->free(env, task, task_bytes(task));
	}
	if (runq)
		fm_runq_free(runq);
	env->ops->free(env, executor, sizeof(*executor));
	env->ops->detach(env);
}

static void push(struct fm_executor *executor, struct fm_task *task)
{
	uint32_t head = atomic_load_explicit(&executor->remote_head, memory_order_relaxed);

	do {
		if (head == FM__REMOTE_CLOSED)
			return; /* the closing executor reads the word itself */
		task->remote_next = head;
	} while (!atomic_compare_exchange_weak_explicit(&executor->remote_head, &head, task->index,
							memory_order_release, memory_order_relaxed));
	if (head == FM__NO_SLOT)
		executor->env->ops->unpark(executor->env);
}

/*
 * The executor is gone and the word is the count. With the last reference but one nothing may be touched any more:
 * the last may be given back, and all freed, by another thread at once.
 */
static void change_orphan(struct fm_task *task, int32_t references)
{
	struct fm_executor *executor = task->executor;
	const uint32_t by = (uint32_t)(references * FM__REMOTE_REF);

	if (references == 0)
		return;
	if (atomic_fetch_add_explicit(&task->remote, by, memory_order_acq_rel) + by == FM__REMOTE_ORPHAN)
		fm__executor_release(executor);
}

/*
 * Change the word by `references` and `flags`. Legal only with a reference that is not given back by an earlier
 * change. A change of the count always queues: else two that cancel each other out, one of them made by the
 * executor's thread, would leave a task that nobody looks at again. Cold, so that who finds itself on the executor's thread, as
 * nearly all do, saves no registers for it.
 */
static __attribute__((noinline, cold)) void change(struct fm_task *task, int32_t references, uint32_t flags)
{
	struct fm_executor *executor = task->executor;
	uint32_t old;
	uint32_t new;

	atomic_fetch_add_explicit(&executor->pushers, 1, memory_order_acq_rel);
	old = atomic_load_explicit(&task->remote, memory_order_acquire);
	do {
		if (old & FM__REMOTE_ORPHAN) {
			/* Before our reference is given back: it keeps the executor's memory. */
			atomic_fetch_sub_explicit(&executor->pushers, 1, memory_order_release);
			change_orphan(task, references);
			return;
		}
		new = (old + (uint32_t)(references * FM__REMOTE_REF)) | FM__REMOTE_QUEUED | flags;
	} while (!atomic_compare_exchange_weak_explicit(&task->remote, &old, new, memory_order_acq_rel,
							memory_order_acquire));
	if (!(old & FM__REMOTE_QUEUED))
		push(executor, task);
	atomic_fetch_sub_explicit(&executor->pushers, 1, memory_order_release);
}

void fm__task_wake(struct fm_task *task)
{
	if (FM_LIKELY(task->executor == fm__here))
		fm__task_schedule(task);
	else
		change(task, 0, FM__REMOTE_WAKE);
}

void fm__task_wake_and_unref(struct fm_task *task)
{
	if (FM_LIKELY(task->executor == fm__here)) {
		fm__task_schedule(task);
		fm__task_unref(task);
	} else {
		fm__task_wake(task);
		fm__task_unref_any_thread(task);
	}
}

void fm_task_wake(struct fm_task *task)
{
	fm__task_wake(task);
}

void fm__task_ref_any_thread(struct fm_task *task)
{
	if (FM_LIKELY(task->executor == fm__here))
		task->refs++;
	else
		change(task, 1, 0);
}

void fm__task_unref_any_thread(struct fm_task *task)
{
	if (FM_LIKELY(task->executor == fm__here))
		fm__task_unref(task);
	else
		change(task, -1, 0);
}

static void fold(struct fm_task *task)
{
	const uint32_t word = atomic_exchange_explicit(&task->remote, 0, memory_order_acq_rel);
	const int32_t references = (int32_t)(word & ~(uint32_t)(FM__REMOTE_REF - 1)) / FM__REMOTE_REF;

	task->refs += (uint32_t)references + 1; /* one of ours while we look at it */
	if (word & FM__REMOTE_WAKE)
		fm__task_schedule(task);
	fm__task_unref(task);
}

void fm_executor_drain_remote(struct fm_executor *executor)
{
	uint32_t head;
	uint32_t first = FM__NO_SLOT;

	if (FM_LIKELY(atomic_load_explicit(&executor->remote_head, memory_order_relaxed) == FM__NO_SLOT))
		return;
	head = atomic_exchange_explicit(&executor->remote_head, FM__NO_SLOT, memory_order_acquire);
	while (head != FM__NO_SLOT) { /* the stack's last is the first that was pushed */
		struct fm_task *task = fm__runq_task(executor->runq, head);
		const uint32_t next = task->remote_next;

		task->remote_next = first;
		first = head;
		head = next;
	}
	while (first != FM__NO_SLOT) {
		struct fm_task *task = fm__runq_task(executor->runq, first);

		first = task->remote_next; /* read before the fold: it lets others push the task again */
		fold(task);
	}
}

void fm__task_orphan(struct fm_task *task)
{
	struct fm_executor *executor = task->executor;
	uint32_t old = atomic_load_explicit(&task->remote, memory_order_relaxed);
	uint32_t new;

	atomic_fetch_add_explicit(&executor->orphans, 1, memory_order_relaxed);
	task->joiners = (struct fm_task_join *)executor->orphan_list;
	executor->orphan_list = task;
	do {
		new = ((old & ~(uint32_t)(FM__REMOTE_REF - 1)) + task->refs * FM__REMOTE_REF) |
		      FM__REMOTE_ORPHAN;
	} while (!atomic_compare_exchange_weak_explicit(&task->remote, &old, new, memory_order_acq_rel,
							memory_order_relaxed));
	if (new == FM__REMOTE_ORPHAN)
		fm__executor_release(executor);
}
