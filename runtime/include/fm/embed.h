/*
 * fm/embed.h -- drive executors from a scheduler of one's own. The simulator is built on this.
 *
 * A run queue is the table of live tasks and the order of those that are ready. An executor has its own, or shares
 * one with others on the same thread; then whoever drives them picks among the ready tasks of all.
 */
#ifndef FM_EMBED_H
#define FM_EMBED_H

#include <fm/executor.h>
#include <fm/task.h>

struct fm_runq;

/*
 * fm_runq_new -- of tasks_max tasks at most, slots_first places at first, positions counted from counters_from.
 * Errors:    NULL: no memory, or a config that makes no sense.
 * Ownership: memory comes from env; free it after its executors.
 */
struct fm_runq *fm_runq_new(struct fm_env *env, const struct fm_executor_config *config);
void fm_runq_free(struct fm_runq *runq);

/* fm_runq_ready -- how many tasks are ready. */
uint32_t fm_runq_ready(const struct fm_runq *runq);

/* fm_runq_peek -- the position-th of the ready tasks; position < fm_runq_ready. 0 is the first in. */
struct fm_task *fm_runq_peek(const struct fm_runq *runq, uint32_t position);

/* fm_runq_peek_index -- its slot (fm_task_index), which costs no look at the task itself. */
uint32_t fm_runq_peek_index(const struct fm_runq *runq, uint32_t position);

/*
 * fm_runq_take -- remove and give the position-th. The first takes the place of the one taken, so that any choice
 * costs O(1); always choosing 0 is first in, first out.
 */
struct fm_task *fm_runq_take(struct fm_runq *runq, uint32_t position);

/* Live and ended-but-held tasks: slots in [0, fm_runq_slots) of which some are NULL. */
uint32_t fm_runq_slots(const struct fm_runq *runq);
struct fm_task *fm_runq_slot(const struct fm_runq *runq, uint32_t index);

struct fm_executor *fm_executor_new_on(struct fm_env *env, const struct fm_executor_config *config,
				       struct fm_runq *runq);

/* The executor's run queue, its own or shared. */
struct fm_runq *fm_executor_runq(const struct fm_executor *executor);

/* fm_task_run -- poll a task that was taken from the queue (or finish its abort). */
void fm_task_run(struct fm_task *task);

/* fm_task_poll_parked -- poll a parked task in place, as a spurious wake would; its queue state is unchanged. */
void fm_task_poll_parked(struct fm_task *task);

/* fm_task_owns -- whether the address lies in the task's own frame. */
bool fm_task_owns(const struct fm_task *task, const void *address);

/* fm_task_wake -- what a waker of the task does: into the run queue, unless it is there or has ended. */
void fm_task_wake(struct fm_task *task);

/* Neither ready, nor ended, nor being polled. */
bool fm_task_parked(const struct fm_task *task);

/* Whether the task waits for its turn in the queue. */
bool fm_task_scheduled(const struct fm_task *task);

/* fm_executor_deadline -- when the next timer is due; FM_NS_MAX: there is none. */
fm_ns fm_executor_deadline(const struct fm_executor *executor);

/* fm_executor_fire -- wake the tasks of all timers due at now_ns, in the order of deadline, then of arming. */
void fm_executor_fire(struct fm_executor *executor, fm_ns now_ns);

/* fm_executor_drain_remote -- take in what other threads woke or gave back. */
void fm_executor_drain_remote(struct fm_executor *executor);

/* fm_executor_enter -- make `executor` (NULL: none) the running one of this thread; gives the one it was. */
struct fm_executor *fm_executor_enter(struct fm_executor *executor);

/* Tasks of this executor that have not ended. */
uint32_t fm_executor_tasks(const struct fm_executor *executor);

#endif
