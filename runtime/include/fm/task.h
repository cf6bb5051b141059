/*
 * fm/task.h -- a task: a future that an executor owns and polls.
 *
 * One allocation a task: header and frame together. Spawning has two steps, so that the frame is initialised
 * where it will live:
 *
 *     struct greet *greet = fm_task_alloc(sizeof(*greet), "greet");
 *     if (!greet)
 *             ...                                     // FM_ERR_NOMEM; nothing was handed over
 *     greet_init(greet, 3);
 *     struct fm_task *task = fm_task_spawn(greet);
 *
 * A handle (struct fm_task *) is a counted reference. Giving it back detaches; it never cancels. While a handle
 * is held the frame stays readable, so outputs of an ended task are read from its typed fields.
 * Handles belong to the executor's thread; only wakers cross threads.
 */
#ifndef FM_TASK_H
#define FM_TASK_H

#include <fm/future.h>

struct fm_task;
struct fm_executor;

/*
 * fm_task_alloc -- room for a frame of frame_bytes in a task not yet spawned, on the running executor.
 *
 * Shape:     frame_bytes >= sizeof(struct fm_future), at most FM_TASK_FRAME_BYTES_MAX; the memory is zeroed.
 * Name:      for reports and backtraces; not copied, so it outlives the task; NULL: the future's own name.
 * Errors:    NULL: no memory, an absurd size, no executor is running on this thread, or it is shutting down.
 * Ownership: the caller's until fm_task_spawn or fm_task_unalloc.
 * Cost:      one allocation.
 */
void *fm_task_alloc(size_t frame_bytes, const char *name);
void *fm_task_alloc_on(struct fm_executor *executor, size_t frame_bytes, const char *name);

#define FM_TASK_FRAME_BYTES_MAX ((size_t)1 << 30)

/* fm_task_unalloc -- give back a frame that was not spawned; a future in it is dropped by the caller first. */
void fm_task_unalloc(void *frame);

/* fm_task_contain -- before the spawn: a panic inside this task ends it, not the program (fm/panic.h). */
void fm_task_contain(void *frame);

/*
 * fm_task_spawn -- hand an initialised frame, which begins with its struct fm_future, to its executor.
 *
 * Ownership: gives a handle that the caller passes to fm_task_detach; the frame is the executor's.
 * Order:     behind all tasks that are ready now. Cannot fail.
 */
struct fm_task *fm_task_spawn(void *frame);

/* fm_task_ref -- one more handle to the same task. */
struct fm_task *fm_task_ref(struct fm_task *task);

/* fm_task_detach -- give a handle back; the task goes on. NULL: nothing. */
void fm_task_detach(struct fm_task *task);

/*
 * fm_task_abort -- cancel: when its turn comes, the task's future is dropped at the await it stands in and its
 * joiners see FM_ERR_CANCELLED. A task that has ended is left alone; one that ends first, ends with its own status.
 */
void fm_task_abort(struct fm_task *task);

bool fm_task_done(const struct fm_task *task);

/* fm_task_status -- the ended task's status; FM_ERR_AGAIN while it has not ended. */
int fm_task_status(const struct fm_task *task);

/* fm_task_frame -- the frame, readable while the handle is held. */
void *fm_task_frame(const struct fm_task *task);
struct fm_future *fm_task_future(const struct fm_task *task);

const char *fm_task_name(const struct fm_task *task);
struct fm_executor *fm_task_executor(const struct fm_task *task);

/* fm_task_index -- the task's slot: small, unique among live tasks of a run queue, reused after the task is freed. */
uint32_t fm_task_index(const struct fm_task *task);

/* fm_task_current -- the task being polled on this thread, NULL outside of a poll. Not a handle. */
struct fm_task *fm_task_current(void);

/*
 * fm_task_join_init -- wait until a task has ended.
 *
 * Errors:    fut.status is the task's own status, FM_ERR_CANCELLED, or FM_ERR_PANICKED.
 * Ownership: borrows the handle, which the caller still holds and gives back later.
 * Cancel:    SAFE: the task goes on; join it again at will.
 * Cost:      O(1); dropping is O(number of joiners of this task).
 */
struct fm_task_join {
	struct fm_future fut;
	struct fm_task *task;
	struct fm_task_join *next; /* in the task's list of joiners, newest first */
	struct fm_waker waker;
};

struct fm_future *fm_task_join_init(struct fm_task_join *self, struct fm_task *task);

/* fm_yield_init -- PENDING once, behind all tasks that are ready now. Cancel: SAFE. */
struct fm_yield {
	struct fm_future fut;
	bool yielded;
};

struct fm_future *fm_yield_init(struct fm_yield *self);

#endif
