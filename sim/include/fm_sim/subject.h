/*
 * fm_sim/subject.h -- fuzz a future for missed wakes: say what there is to do with a thing, and random programs do it.
 *
 *     static int make(void *gate) { return gate_init(gate), FM_OK; }
 *     static struct fm_future *pass(struct fm_subject_at *at) { return gate_pass_init(at->future, at->thing); }
 *     static void open_it(struct fm_subject_at *at) { gate_open(at->thing); }
 *
 *     FM_SUBJECT(gate, "subject/gate", "an open gate lets everybody pass") = {
 *             .thing_bytes = sizeof(struct gate),
 *             .make = make,
 *             .operations = { FM_SUBJECT_FUTURE(pass, struct gate_pass), FM_SUBJECT_CALL(open_it) },
 *     };
 *
 * That is a scenario as any other. Each run draws a program, tasks and what they do to one thing, and how each future fares: polled
 * for no reason, through another waker each time, dropped here or there, its waker calling the thing or dropping another's future. At rest
 * whoever still waits is polled once more, and must still wait. A failing run prints its program.
 *
 * With a model, it is told before the thing is: by a call that predicts what the call will give, by `dropping` before
 * the drop. So what a waker does in the middle of it finds both in the same state.
 */
#ifndef FM_SIM_SUBJECT_H
#define FM_SIM_SUBJECT_H

#include <fm/async.h>
#include <fm_sim/scenario.h>

/* One operation of a program, from its making to its end. It stays where it is until the run is over. */
struct fm_subject_at {
	struct fm_sim *sim;
	void *thing;
	void *future;          /* room for the future, zeroed; NULL for a call */
	struct fm_future *fut; /* what `make` gave: its status, when it is READY */
	uint64_t argument;
	uint64_t memo[4];      /* the subject's own; 0 at first */
	struct fm_list link;   /* likewise, for a queue of its model; initialised */
	unsigned task;         /* from 1 */
	unsigned turn;         /* which of its task's operations, from 1 */
	unsigned polls;
	bool in_waker;         /* a call from within a waker */
	bool in_poll;          /* and that waker was woken by a future that is just being polled */
};

/* Write these with FM_SUBJECT_FUTURE and FM_SUBJECT_CALL. */
struct fm_subject_operation {
	const char *name;
	struct fm_await_site site; /* where it is written: what a failure blames */
	/* Either a plain call ... */
	void (*call)(struct fm_subject_at *at);
	bool in_wakers; /* wakers may call it as well */
	/* ... or a future, made in at->future. NULL: there is nothing to wait for now, and the program goes on. */
	struct fm_future *(*make)(struct fm_subject_at *at);
	size_t future_bytes;
	void (*polling)(struct fm_subject_at *at); /* before each poll; NULL: not told */
	void (*polled)(struct fm_subject_at *at, bool ready); /* after each poll; NULL: not told */
	void (*dropping)(struct fm_subject_at *at); /* before its drop, polled or not; NULL: not told */
	void (*ended)(struct fm_subject_at *at); /* after READY or its drop, to give back what it was made of; NULL: nothing */
	bool (*possible)(struct fm_subject_at *at); /* the model: it could be READY, so that at rest nobody waits for it; NULL: no model */
	/* What it may be given, the plainest first; none: 0. */
	const uint64_t *arguments;
	size_t arguments_count;
};

#define FM_SUBJECT_OPERATIONS_MAX 24

struct fm_subject {
	size_t thing_bytes; /* of the thing and its model, zeroed; at least 1 */
	int (*make)(void *thing); /* in a task; draws with fm_random. Not FM_OK: there is no program. NULL: zeroes will do */
	struct fm_future *(*begin)(void *thing); /* a future in the thing, awaited before any operation; NULL: none */
	void (*end)(void *thing); /* when all operations have ended; NULL: nothing to give back */
	void (*check)(struct fm_sim *sim, void *thing); /* invariants: after each poll of a task; NULL: none */
	void (*rest)(struct fm_sim *sim, void *thing);  /* what holds when nothing can run; NULL: nothing more */
	struct fm_subject_operation operations[FM_SUBJECT_OPERATIONS_MAX]; /* up to the first without a name */
	fm_ns rest_ns; /* longer than anything takes that is under way: then all is at rest. 0: a second */
	unsigned roles; /* what a task's operations do depends on its number modulo this; 0, 1: all tasks do the same */
	bool ripens;   /* time alone makes its futures ready, so that a poll may find one so before its wake */
};

/* What is done to a future. */
enum fm_subject_fate {
	FM_SUBJECT_WAIT,                  /* polled until it is READY */
	FM_SUBJECT_DROP_UNPOLLED,         /* dropped before its first poll, at once */
	FM_SUBJECT_DROP_UNPOLLED_LATE,    /* the same, and others run in between */
	FM_SUBJECT_POLL_LATE,             /* others run between its making and its first poll */
	FM_SUBJECT_DROP_AT_ONCE,          /* dropped as soon as it waits */
	FM_SUBJECT_DROP_WOKEN,            /* dropped after its wake, before the poll that the wake was for */
	FM_SUBJECT_DROP_WAITING,          /* dropped after so many turns of its task, woken or not */
	FM_SUBJECT_POLL_AGAIN,            /* polled so many times for no reason, then waited for */
	FM_SUBJECT_FATES,
};

/* What its waker does besides waking. */
enum fm_subject_waker {
	FM_SUBJECT_WAKES,
	FM_SUBJECT_WAKERS_IN_TURN, /* every other poll is given another waker */
	FM_SUBJECT_WAKER_CALLS,    /* calls an operation of the thing */
	FM_SUBJECT_WAKER_DROPS,    /* drops another future of the program */
	FM_SUBJECT_WAKERS,
};

/* One operation of a program that is written, not drawn: fm_sim_scenario.program. `shrink --emit-c` writes such programs. */
struct fm_subject_line {
	unsigned task;         /* 1 to 4; in the order of its lines, five at most */
	const char *operation; /* its name */
	uint64_t argument;
	enum fm_subject_fate fate;
	unsigned turns; /* of DROP_WAITING and POLL_AGAIN */
	enum fm_subject_waker waker;
	const char *waker_calls; /* of WAKER_CALLS */
	uint64_t waker_argument;
};

/*
 * FM_SUBJECT -- define and register a subject as the scenario `name_`, with a claim in one sentence. FM_SUBJECT_FAULTS: one in which
 * more may strike, FM_SIM_FAULT_*; wakes for no reason and aborts of tasks always may.
 */
#define FM_SUBJECT(identifier, name_, claim_) FM_SUBJECT_FAULTS(identifier, name_, claim_, 0)
#define FM_SUBJECT_FAULTS(identifier, name_, claim_, faults_)                                      \
	static const struct fm_subject identifier;                                                 \
	FM_SCENARIO(identifier##_scenario) = {                                                     \
		.name = (name_),                                                                   \
		.claim = (claim_),                                                                 \
		.tags = "subject",                                                                 \
		.file = __FILE__,                                                                  \
		.state_bytes = FM_SUBJECT_STATE_BYTES,                                             \
		.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CANCEL | (faults_),                     \
		.deadline_ns = 24 * FM_HOUR,                                                       \
		.setup = fm_subject_setup,                                                         \
		.step = fm_subject_step,                                                           \
		.subject = &identifier,                                                            \
	};                                                                                         \
	static const struct fm_subject identifier

/* A function that makes a future of this type; then fields of struct fm_subject_operation, each with its `.name =`. */
#define FM_SUBJECT_FUTURE(function, type, ...)                                                     \
	{ .name = #function, .site = { __FILE__, #function, NULL, __LINE__, 0 }, .make = (function),   \
	  .future_bytes = sizeof(type), __VA_ARGS__ }

/* A function that is called; then fields as above. */
#define FM_SUBJECT_CALL(function, ...)                                                             \
	{ .name = #function, .site = { __FILE__, #function, NULL, __LINE__, 0 }, .call = (function), __VA_ARGS__ }

/* One of those fields: what the operation may be given, the plainest first. */
#define FM_SUBJECT_ARGUMENTS(...)                                                                  \
	.arguments = (const uint64_t[]){ __VA_ARGS__ },                                            \
	.arguments_count = sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)

/* What must hold in an operation's functions. */
#define FM_SUBJECT_CHECK(at, ...) FM_SIM_CHECK((at)->sim, __VA_ARGS__)

/* What FM_SUBJECT puts into the scenario. */
#define FM_SUBJECT_STATE_BYTES 8192
void fm_subject_setup(struct fm_sim *sim, void *state);
void fm_subject_step(struct fm_sim *sim, void *state);

#endif
