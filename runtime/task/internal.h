/*
 * What the files of runtime/task and runtime/time share: the layouts of task, run queue and executor.
 *
 * A task's word of flags and its count of references belong to its executor's thread and are plain. What other
 * threads want (a wake, a dropped or cloned waker) goes through one atomic word and a lock-free stack that the
 * executor empties each turn. So a wake on the executor's own thread costs no atomic instruction.
 */
#ifndef FM_TASK_INTERNAL_H
#define FM_TASK_INTERNAL_H

#include <fm/embed.h>
#include <fm/observe.h>
#include <fm/timer.h>

#include <setjmp.h>
#include <stdatomic.h>

enum {
	FM__TASK_SCHEDULED = 1,  /* in the run queue, which holds its slot */
	FM__TASK_RUNNING = 2,    /* being polled */
	FM__TASK_DONE = 4,       /* READY, cancelled or panicked; nothing is left to drop */
	FM__TASK_ABORTED = 8,    /* asked to end at its next turn */
	FM__TASK_CANCELLED = 16, /* ended by an abort */
	FM__TASK_PANICKED = 32,  /* ended by a contained panic */
	FM__TASK_CONTAIN = 64,   /* a panic ends the task, not the program */
	FM__TASK_NAMED = 128,    /* its name stands behind the frame */
	FM__TASK_SPAWNED = 256,
	FM__TASK_WATCHED = 512,  /* its executor has an observer, which is told of wakes */
};

/* The word for other threads: two flags, and above them a signed count of references. */
enum {
	FM__REMOTE_QUEUED = 1, /* in the executor's remote stack */
	FM__REMOTE_WAKE = 2,   /* and to be woken */
	FM__REMOTE_ORPHAN = 4, /* the executor is gone; the count is all references */
	FM__REMOTE_REF = 8,
};

/* 40 bytes; the frame follows at once. */
struct fm_task {
	struct fm_executor *executor;
	struct fm_task_join *joiners;
	uint32_t flags;
	uint32_t refs; /* handles and wakers of this thread, and one while it has not ended */
	_Atomic uint32_t remote;
	uint32_t index;       /* slot in the run queue's table */
	uint32_t remote_next; /* slot of the next in the remote stack; FM__NO_SLOT: last */
	uint32_t frame_bytes; /* rounded up to 8 */
};

_Static_assert(sizeof(struct fm_task) == 40, "a parked task is meant to be small");

#define FM__TASKS_MAX (1u << 28)
#define FM__CHAN_BLOCK_BYTES_MAX (1u << 20)

#define FM__NO_SLOT UINT32_MAX
#define FM__REMOTE_CLOSED (UINT32_MAX - 1) /* head of the remote stack of an executor that is gone */

struct fm_runq {
	struct fm_env *env;
	uintptr_t *slots;    /* task pointers; free ones hold (next free << 1) | 1 */
	uint32_t *ring;      /* slots of ready tasks; as many places as there are slots, so a push never fails */
	uint32_t slots_cap;  /* a power of two */
	uint32_t slots_used; /* slots ever given out */
	uint32_t slots_free; /* first free; FM__NO_SLOT: none */
	uint32_t slots_live;
	uint32_t tasks_max;
	uint32_t slots_first; /* a power of two */
	/*
	 * Positions of the first in and of the next to come; they wrap, and go modulo slots_cap into the ring. Two counters of which each is changed by
	 * one side: a length beside `head` would be read together with it, right after a push had written half of that.
	 */
	uint32_t head;
	uint32_t tail;
};

static inline uint32_t fm__runq_ready(const struct fm_runq *runq)
{
	return runq->tail - runq->head;
}

struct fm_executor {
	struct fm_env *env;
	struct fm_runq *runq;
	struct fm_observer *observer;
	struct fm_task *current; /* being polled or dropped */
	int32_t budget_left;
	bool closing;   /* no more spawns */
	bool owns_runq;
	jmp_buf *contain; /* where a contained panic of the current task goes */
	struct fm_timer *timers; /* root of the pairing heap */
	struct fm_timer *due;    /* due and not yet fired */
	struct fm_timer *newest; /* armed last, where it is still in the heap or a train; else NULL */
	uint64_t timers_armed;
	_Atomic uint32_t remote_head; /* slot of the newest in the remote stack, or FM__NO_SLOT */
	uint32_t tasks;               /* not ended */
	bool unwinding;               /* a contained panic left futures in the middle of their poll */
	_Atomic uint32_t pushers;     /* foreign threads between a change of a task's word and the end of the push */
	_Atomic uint32_t orphans;     /* tasks still referred to after the executor's end, and one for the end itself */
	struct fm_task *orphan_list;  /* linked through joiners; freed together by the last to let go */
	struct fm_executor_config config;
};

extern FM__THREAD_LOCAL struct fm_executor *fm__here;

/*
 * A panic inside a drop, a defer or a waker is not contained: it would leave half of something behind. These two
 * stand around such a call.
 */
struct fm__uncontained {
	struct fm_executor *executor; /* NULL: nothing was contained */
	jmp_buf *contain;
};

static inline struct fm__uncontained fm__uncontain(void)
{
	struct fm__uncontained was = { NULL, NULL };

	if (FM_UNLIKELY(fm__here && fm__here->contain)) {
		was = (struct fm__uncontained){ fm__here, fm__here->contain };
		fm__here->contain = NULL;
	}
	return was;
}

static inline void fm__recontain(struct fm__uncontained was)
{
	if (FM_UNLIKELY(was.executor != NULL))
		was.executor->contain = was.contain;
}

static inline struct fm_future *fm__task_root(const struct fm_task *task)
{
	return (struct fm_future *)(task + 1);
}

int fm__runq_reserve(struct fm_runq *runq, uint32_t *index);
void fm__runq_release(struct fm_runq *runq, uint32_t index);
void fm__runq_push(struct fm_runq *runq, uint32_t index);

static inline struct fm_task *fm__runq_task(const struct fm_runq *runq, uint32_t index)
{
	return (struct fm_task *)runq->slots[index];
}

void fm__task_wake(struct fm_task *task);
/* The two that a waker taken out of its slot comes to, looking once at whose thread this is. */
void fm__task_wake_and_unref(struct fm_task *task);
void fm__task_unref(struct fm_task *task);
/* What handles and wakers come to: legal from any thread. */
void fm__task_ref_any_thread(struct fm_task *task);
void fm__task_unref_any_thread(struct fm_task *task);
void fm__task_schedule(struct fm_task *task);
/* The heap is emptied: whoever still holds a timer holds one that is not armed. */
void fm__timers_forget(struct fm_executor *executor);
/* Drops the future of a task that has not ended and ends it as cancelled. */
void fm__task_cancel_now(struct fm_task *task);
/* The executor ends: from now on only the atomic word counts. */
void fm__task_orphan(struct fm_task *task);
void fm__executor_release(struct fm_executor *executor);

#endif
