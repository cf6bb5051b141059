/*
 * fm/executor.h -- one executor, one thread: it polls tasks first in, first out.
 *
 * There is no last-in slot and no priority: the order is the order of the wakes, which is also the order of the
 * simulator's all-zero tape.
 */
#ifndef FM_EXECUTOR_H
#define FM_EXECUTOR_H

#include <fm/env.h>
#include <fm/future.h>

struct fm_executor;
struct fm_observer;

/*
 * Start-up configuration; initialise it with fm_executor_config_init, then change what you must. The last three
 * change nothing that a program may rely on: a counter that wraps and a table that grows are as good as any other.
 */
struct fm_executor_config {
	uint32_t budget;     /* leaf operations a task may finish in one poll; at least 1 */
	uint32_t turn_polls; /* polls between two looks at timers and the outside; at least 1 */
	uint32_t tasks_max;  /* live tasks; spawning more gives no memory */
	uint32_t slots_first; /* places at first of the table of tasks and of the ring of the ready; a power of two */
	uint32_t chan_block_bytes; /* at least 1: of an unbounded channel's items in a block, of one where less */
	uint64_t counters_from;    /* fm_counters_from; any value works */
};

void fm_executor_config_init(struct fm_executor_config *config);

/*
 * fm_executor_new -- an executor in an environment that outlives it.
 * Errors: NULL: no memory, or a config that makes no sense.
 */
struct fm_executor *fm_executor_new(struct fm_env *env, const struct fm_executor_config *config);

/*
 * fm_executor_free -- shut down: abort every task, in the order of their slots, and give all back. Handles and
 * wakers that are still held stay legal, and wake nobody. Not from within a poll.
 */
void fm_executor_free(struct fm_executor *executor);

/*
 * fm_block_on -- run the executor until `future` is READY; tasks that are left stay, for the next block_on.
 * Gives the future's status. Not from within a poll: that is reported as a panic.
 */
int fm_block_on(struct fm_executor *executor, struct fm_future *future);

/*
 * fm_run -- what most mains want: a Linux environment and an executor with default settings, block_on, shutdown.
 * Errors: FM_ERR_NOMEM, FM_ERR_TOO_MANY_FILES, or the future's own status.
 */
int fm_run(struct fm_future *future);

/* The executor that runs now on this thread; NULL outside of fm_block_on and polls. */
struct fm_executor *fm_executor_current(void);
struct fm_env *fm_executor_env(const struct fm_executor *executor);

/* fm_executor_settings -- the configuration of the executor that runs now on this thread; NULL outside. */
const struct fm_executor_config *fm_executor_settings(void);

/*
 * fm_counters_from -- where counters start that only ever go up: generations, versions, positions, tickets, orders.
 *
 * The running executor's configuration says so; 0 outside. A counter that starts here goes modulo 2^64 (or, converted,
 * 2^32), so two of its values are compared by their difference. The simulator's fault `constants` has it wrap soon.
 * Cost: O(1).
 */
uint64_t fm_counters_from(void);

/*
 * fm_executor_observe -- from the next poll on, tell `observer` all; NULL: nobody. Polls of a future that was polled
 * before nobody watched stay unseen, so set it before the executor has tasks. Not from within a task.
 */
void fm_executor_observe(struct fm_executor *executor, struct fm_observer *observer);

/* fm_os_env_new -- the Linux environment: epoll, clocks, signals. NULL: no memory or no descriptors. */
struct fm_env *fm_os_env_new(void);
void fm_os_env_free(struct fm_env *env);

/* fm_os_env_plain -- every draw of this environment is 0, as from the simulator's all-zero tape. */
void fm_os_env_plain(struct fm_env *env, bool plain);

#endif
