/* One run of a subject: its program, and how far each operation has come. */
#ifndef SIM_SUBJECT_SUBJECT_H
#define SIM_SUBJECT_SUBJECT_H

#include "../core/internal.h"

#include <fm/sleep.h>
#include <fm_sim/subject.h>

#define SUBJECT_TASKS_MAX 4
#define SUBJECT_TURNS_MAX 5

enum subject_state {
	OPERATION_NEW,
	OPERATION_MADE,    /* not polled yet */
	OPERATION_WAITS,
	OPERATION_DROPPING,
	OPERATION_ENDED,
};

enum subject_end {
	END_NONE,
	END_READY,
	END_CALLED,
	END_NOT_MADE,   /* there was nothing to wait for */
	END_DROPPED,    /* as its fate was */
	END_IN_WAKER,   /* another operation's waker dropped it */
	END_AT_REST,    /* it still waited when nothing could run */
	END_ABORTED,    /* with its task */
};

struct subject_waker {
	struct fm_wakeable wakeable;
	struct subject_op *op;
	uint32_t refs;
};

struct subject_world;

struct subject_op {
	struct fm_subject_at at;
	const struct fm_subject_operation *operation; /* NULL: nothing */
	struct subject_world *world;
	struct subject_waker wakers[2];
	const struct fm_subject_operation *waker_calls;
	uint64_t waker_argument;
	struct fm_task *task; /* whose poll it was last part of; valid until it has ended */
	enum fm_subject_fate fate;
	enum fm_subject_waker waking;
	enum subject_state state;
	enum subject_end end;
	unsigned turns_left; /* of FM_SUBJECT_DROP_WAITING and FM_SUBJECT_POLL_AGAIN */
	bool polling;
	bool woken;  /* since its last poll */
	bool paused; /* its task has woken itself, and goes on with it then */
	bool probed; /* nothing can run: it is polled to see that it still waits */
};

/* What is drawn for a turn of a task. */
enum subject_field { FIELD_OPERATION, FIELD_ARGUMENT, FIELD_FATE, FIELD_WAKER, FIELD_CALL, SUBJECT_FIELDS };

/* A program by the values that its draws have. */
struct subject_values {
	unsigned size;  /* operations, and what is odd; 0: nobody counts */
	unsigned tasks; /* 2 at least */
	uint8_t of[SUBJECT_TASKS_MAX][SUBJECT_TURNS_MAX][SUBJECT_FIELDS];
};

struct subject_world {
	struct fm_sim *sim;
	const struct fm_subject *subject;
	void *thing; /* NULL: not made, or ended */
	unsigned players; /* tasks that have not ended */
	unsigned polls_deep;  /* of futures of the program: 1 while one is being polled */
	unsigned acts;        /* operations that have ended or were called, so far */
	unsigned acts_at_rest; /* when those that wait were probed */
	unsigned wakers_deep; /* of operations called by wakers, one in the other */
	unsigned size;     /* of the program, where an exploration has chosen it, */
	unsigned odd_left; /* and so many draws of the thing itself are other than 0 */
	struct subject_op ops[SUBJECT_TASKS_MAX][SUBJECT_TURNS_MAX];
};

/* program.c: the program of a run, drawn; written (NULL, or what is wrong with it); or read from the tape of a run */
void subject_draw(struct subject_world *world);
const char *subject_write(struct subject_world *world, const struct fm_subject_line *lines, size_t count);
void subject_read(struct subject_world *world, const struct fm_sim_tape *tape);
/* Whether a site, by its hash, is one of those that programs are drawn at. */
bool subject_draws_at(uint32_t site);

/* turn.c: what the values drawn stand for */
#define SUBJECT_FATES_DRAWN 16
#define SUBJECT_WAKERS_DRAWN 8
#define SUBJECT_CALLS_DRAWN 64
enum fm_subject_fate subject_fate_drawn(unsigned value, unsigned *turns);
enum fm_subject_waker subject_waker_drawn(unsigned value);
/* What a waker calls, and with which of its arguments; NULL: there is nothing that wakers may call. */
const struct fm_subject_operation *subject_call_drawn(const struct fm_subject *subject, unsigned value, unsigned *argument);
unsigned subject_operations(const struct fm_subject *subject);

/* small.c: whether the run is one of an exploration of all small programs; the next of them; what else may be odd in it. */
bool subject_is_chosen(const struct fm_sim *sim);
unsigned subject_choose(struct fm_sim *sim, const struct fm_subject *subject, struct subject_values *values);
/*
 * Of such a run: what follows is enumerated no more, since its order shows nothing; so much of what it draws may be odd. Or it is again.
 */
void subject_one_way(struct subject_world *world, unsigned odd_max);
void subject_every_way(struct subject_world *world);
/* The thing is there, and so the program is whole. May end the run. */
void subject_is_made(struct subject_world *world);

/* tell.c: the program into the failure of a run */
void subject_tell(const struct fm_sim *sim, struct fm_sim_failure *failure);

/* operation.c: one operation, as a future */
struct subject_step {
	struct fm_future fut;
	struct subject_op *op;
};
struct fm_future *subject_step_init(struct subject_step *self, struct subject_op *op);
/* Drops its future, if it has one now that may be dropped. */
bool subject_drop(struct subject_op *op, enum subject_end end);

/* waker.c */
struct fm_waker subject_waker(struct subject_op *op);
void subject_wakers_init(struct subject_op *op);

#endif
