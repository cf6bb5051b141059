/*
 * fm_sim/sim.h -- embed the simulator: run one scenario once, from a program of one's own.
 */
#ifndef FM_SIM_SIM_H
#define FM_SIM_SIM_H

#include <fm_sim/oracle.h>
#include <fm_sim/scenario.h>

#include <stdio.h>

enum fm_sim_verdict {
	FM_SIM_PASSED,
	FM_SIM_FAILED,     /* a claim or an oracle */
	FM_SIM_DIVERGED,   /* a replayed tape did not fit */
};

enum fm_sim_strategy {
	FM_SIM_RANDOM, /* uniform among the ready tasks */
	FM_SIM_FIFO,   /* every draw is 0 */
	FM_SIM_SHARED, /* others come between where a task has touched what is shared */
	FM_SIM_PCT,    /* priorities, and a few changes of them */
	FM_SIM_PORTFOLIO, /* one of these, drawn: what the command takes */
	FM_SIM_EXPLORE, /* what fm_sim/explore.h says; of itself, the plain run */
	FM_SIM_SURW,    /* by how much each task has left to do, as a trial run has it */
	FM_SIM_POS,     /* each step of a task has a random priority */
	FM_SIM_STRATEGIES,
};

/* NULL: no such number. */
const char *fm_sim_strategy_name(unsigned strategy);

/* The faults, by number from 0: name, a name for several, what happens; NULL: no such number. See sim/fault/README.md. */
const char *fm_sim_fault_name(unsigned number);
const char *fm_sim_fault_group(unsigned number);
const char *fm_sim_fault_about(unsigned number);

/* A profile: bit n is set where fault number n is off. The others are mixed anew for each seed. */
#define FM_SIM_PROFILE_DEFAULT ((uint64_t)0)
#define FM_SIM_PROFILE_NONE UINT64_MAX
#define FM_SIM_FAULTS_MAX 64

/* One draw, as tapes keep it. */
struct fm_sim_draw_record {
	uint32_t site;     /* hash of the site's name and domain */
	uint32_t value;
	/* Schedule draws: the chosen task's identity. Else: low half n, the number of values; high half whose draw it is. */
	uint64_t chosen;
};

#define FM_SIM_TAPE_SITES 64 /* so many have names; those beyond are known by their hashes */

struct fm_sim_tape_site {
	uint32_t site;
	enum fm_draw_domain domain;
	char name[40]; /* cut where it is longer; empty: no site */
};

struct fm_sim_tape {
	struct fm_sim_draw_record *records;
	size_t count;
	size_t capacity;
	bool fixed; /* the records are the caller's, and stay where they are: shared memory, which outlives a crash */
	bool full;  /* fixed, and there were more draws than fit */
	struct fm_sim_tape_site sites[FM_SIM_TAPE_SITES]; /* those that have drawn, by fm_sim_tape_site */
};

/* What a record's site is called; NULL: not known. */
const struct fm_sim_tape_site *fm_sim_tape_site(const struct fm_sim_tape *tape, uint32_t site);

struct fm_await_site; /* fm/async.h */
struct fm_sim_coverage; /* fm_sim/coverage.h */
struct fm_sim_explore; /* fm_sim/explore.h */
struct fm_sim_lengths; /* sim/explore/surw.c */
struct fm_sim_edges; /* sim/explore/edges.h */

/*
 * How the sweep cancels at a point. A task is aborted; or an await is dropped that the program says it retries
 * (FM_AWAIT_RETRIED); or one future is dropped and made anew in its place (fm_future_ops.renew), as a select in a loop does
 * to a branch that lost, and a timeout in a loop to what it timed.
 */
enum fm_sim_cancel_how {
	FM_SIM_CANCEL_UNPOLLED, /* the task is aborted before its first poll */
	FM_SIM_CANCEL_PARKED,   /* it is aborted where it parked */
	FM_SIM_CANCEL_HELD,     /* the same, while another task holds what it waits for */
	FM_SIM_CANCEL_WOKEN,    /* it is aborted there after the wake, before the poll that the wake was for */
	FM_SIM_CANCEL_AWAIT,    /* the await is dropped before a poll and evaluated anew: FM_AWAIT_RETRIED */
	FM_SIM_RENEW_UNPOLLED,  /* the future is dropped before its first poll, made anew, and polled */
	FM_SIM_RENEW_WAITING,   /* as soon as it waits */
	FM_SIM_RENEW_WOKEN,     /* after a wake, before the poll that the wake was for */
	FM_SIM_RENEW_LATER,     /* the same, and others run before it is polled again */
	FM_SIM_CANCEL_HOWS,
};

/* "unpolled", "parked", "held", "woken", "retried", "anew unpolled", "anew waiting", "anew woken", "anew later". NULL: no such. */
const char *fm_sim_cancel_how_name(unsigned how);

/* The times-th time (from 1) that a task is at an await. */
struct fm_sim_point {
	enum fm_sim_cancel_how how;
	uint32_t times;
	uint64_t task; /* stable identity */
	const struct fm_await_site *site; /* the innermost; NULL for UNPOLLED, or where there is no async function */
	const struct fm_future_ops *leaf; /* which future is made anew; NULL unless RENEW */
};

/* A point that a run came by, as it is told to a visitor. The strings and sites live until it returns. */
struct fm_sim_visit {
	struct fm_sim_point point;
	const char *task;  /* its name */
	const struct fm_future_ops *leaf; /* of what it waits in, the innermost future */
	const char *held_by; /* for HELD: the task that holds what it waits for */
	const char *waits_for; /* and the kind of that: "mutex" */
	bool cancellable;  /* fm_sim_cancellable: the claims allow for its abort */
	bool daemon;
	const struct fm_await_site *const *stack; /* the awaits it stands in, outermost first */
	unsigned depth;
};

/* What happened, as it is told to who asks. Strings of a run are copied; the site is static. */
struct fm_sim_event {
	const char *kind; /* "draw", "spawn", "end", "poll", "wake", "clock", "net", "signal", "fault", "fail", "note", "send", "receive", "run" */
	char what[64];
	char name[32]; /* of the task it is about */
	uint32_t task; /* its number, in the order of spawning; 0: it is about none */
	uint32_t by;   /* of the task that was polled then; 0: none */
	uint32_t host; /* of the task it is about, from 1 */
	uint64_t step;
	fm_ns at_ns;   /* virtual, since the start of the run */
	uint64_t a;    /* a draw: its value; else numbers that the kind has */
	uint64_t b;    /* a draw: of how many; an end: the status */
	const struct fm_await_site *site; /* the innermost await that a polled or struck task stands at; NULL: none */
};

struct fm_sim_options {
	uint64_t seed;
	enum fm_sim_strategy strategy;
	uint64_t profile;  /* faults that are off, of those that the scenario allows */
	uint64_t salt;     /* of addresses and fill bytes; must change nothing */
	bool no_claims;    /* generic oracles only */
	uint32_t oracles_off; /* FM_SIM_ORACLE_BIT of those that are to say nothing */
	FILE *log;         /* every event in a line; NULL: only the hash */
	void (*tell)(void *arg, const struct fm_sim_event *event); /* every event; NULL: nobody. Schedule draws with `record` */
	void *tell_arg;
	uint32_t pct_depth;  /* of FM_SIM_PCT; 0: drawn */
	uint32_t pct_points; /* its k, all points counted; 0: drawn, and most runs count those of what is shared */
	const struct fm_sim_tape *replay; /* draw from here, strictly; NULL: from the seed */
	/*
	 * Draw from the seed as ever, and compare: the first draw that is another than here ends the run as that of a tape, with
	 * the step, the site expected and the site met; `lenient`: it is told, and the run goes on. Behind its end all is well.
	 * Not where there is `replay`.
	 */
	const struct fm_sim_tape *follow;
	bool lenient; /* go on where the program leaves the tape: each draws what the tape holds for it, or 0 */
	/* Draw from these, as sim/core/bytes.c has it, and 0 beyond their end; with FM_SIM_FIFO. NULL: do not. */
	const uint8_t *bytes;
	size_t bytes_count;
	struct fm_sim_tape *record;       /* keep the draws here; NULL: do not */
	/* Told of every point that the run comes by; NULL: nobody. Must not touch the run. */
	void (*visit)(void *arg, const struct fm_sim_visit *visit);
	void *visit_arg;
	const struct fm_sim_point *cancel; /* cancel here, once; NULL: nowhere */
	uint32_t budget;   /* operations that a turn may do; 0: 128, as the real executor has it */
	bool yield_always; /* each operation that is ready lets others come between once: every await parks */
	uint64_t fail_allocation; /* the allocation with this number after setup gets no memory; 0: none */
	/*
	 * Nobody watches polls, wakers and waits: the same schedule without the oracles, to measure what they cost. Only where
	 * there is no `visit`, `cancel` and `coverage`; a program that loses a wake hangs, and the run says no more than that.
	 */
	bool unwatched;
	struct fm_sim_explore *explore; /* whose next run this is, with its strategy; NULL: of none */
	bool surw_every_point; /* of FM_SIM_SURW and FM_SIM_POS: also those that touch nobody else; false: drawn */
	struct fm_sim_lengths *lengths; /* points are counted into it: sim/explore/surw.c; NULL: not counted */
	bool goes_on; /* lenient, and where the tape holds nothing for a draw, the seed does */
	struct fm_sim_edges *edges; /* where tasks go is counted into it: fm_sim/guided.h; NULL: not counted */
	struct fm_sim_coverage *coverage; /* counted into: one a site, as fm_sim_sites has them; NULL: not counted */
};

#define FM_SIM_TEXT_BYTES 8192
#define FM_SIM_PROGRAM_BYTES 2560

struct fm_sim_failure {
	char oracle[32];   /* "missed wake", "deadlock", "claim", ... */
	char cause[512];   /* one sentence */
	char file[256];    /* the blamed place; empty: none */
	unsigned line;
	char task[64];
	char text[FM_SIM_TEXT_BYTES]; /* backtraces and graph, as lines */
	char program[FM_SIM_PROGRAM_BYTES]; /* what the run's tasks did, where the scenario is a subject; else empty */
};

/* Where the program left the tape that it was replayed from. */
struct fm_sim_divergence {
	uint64_t step;
	size_t draw;    /* on the tape, from 0 */
	char text[256]; /* the step, the site expected, the site met; empty: it did not leave it */
};

struct fm_sim_result {
	enum fm_sim_verdict verdict;
	uint64_t hash; /* of all events */
	uint64_t steps;
	fm_ns virtual_ns;
	bool cancelled;       /* options.cancel was reached */
	uint64_t allocations; /* since the end of setup */
	uint32_t struck[FM_SIM_FAULTS_MAX]; /* how often each fault struck, by number */
	struct fm_sim_divergence divergence;
	struct fm_sim_failure failure; /* valid unless PASSED */
};

/* fm_sim_run -- one run. Afterwards nothing of it is left in memory. Not from within a run. */
void fm_sim_run(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options,
		struct fm_sim_result *result);

/* The scenarios linked into the program, sorted by name. Gives how many; *list belongs to the library. */
size_t fm_sim_scenarios(const struct fm_sim_scenario *const **list);

#endif
