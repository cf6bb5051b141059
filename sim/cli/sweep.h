/*
 * A sweep of one scenario: the points that some runs come by, and what came of cancelling at each.
 */
#ifndef SIM_CLI_SWEEP_H
#define SIM_CLI_SWEEP_H

#include <fm_sim/coverage.h>
#include <fm_sim/sim.h>

enum {
	SWEEP_TIMES = 3,          /* of a task at an await: at least so many are cancelled */
	SWEEP_SEEDS = 48,         /* runs with faults that look for awaits the plain run does not come to */
	SWEEP_SHORTAGES = 64,     /* allocations failed, one a run, for the same */
	SWEEP_STACK = 8,          /* awaits kept of a point, innermost first */
	SWEEP_BASES = 2 + SWEEP_SEEDS + SWEEP_SHORTAGES,
	SWEEP_POINTS_MAX = 65536, /* of one scenario */
	SWEEP_NAME_BYTES = 40,
	SWEEP_TEXT_BYTES = 320,
};

/* Polls that the runs of one scenario may take together, about: more times of each point are tried within it. */
#define SWEEP_POLLS ((uint64_t)1500000)

/* A run to cancel in: it is the same each time, up to the cancel. */
struct sweep_base {
	uint64_t seed; /* 0: no draws, no faults */
	bool yields;   /* options.yield_always: every await parks */
	uint32_t shortage; /* this allocation fails; 0: none. Claims are not asked for then */
};

struct sweep_point {
	struct fm_sim_point point;
	struct sweep_base base;
	bool cancellable;
	char task[SWEEP_NAME_BYTES];
	char held_by[SWEEP_NAME_BYTES];
	char waits_for[SWEEP_NAME_BYTES];
	const struct fm_future_ops *leaf;
	const struct fm_await_site *stack[SWEEP_STACK];
	unsigned depth;

	/* What came of it. */
	bool done;
	bool reached;
	enum fm_sim_verdict verdict;
	char oracle[32];
	char cause[SWEEP_TEXT_BYTES];
};

/* Shared with the processes that run the points: a program under test may die of one. */
struct sweep {
	const struct fm_sim_scenario *scenario;
	struct fm_sim_coverage *coverage; /* of all base runs, shared: one a site */
	bool allocations; /* the n-th allocation fails, instead of cancels; base.shortage is n */
	uint32_t count;
	uint32_t cut;   /* points left out: more than SWEEP_TIMES of a task at an await */
	uint32_t bases; /* runs that were looked through for points */
	uint32_t times; /* of each point, at most, in the plain runs */
	struct sweep_base failed_base;
	struct fm_sim_result base; /* the plain run; or the one that failed with nothing cancelled */
	struct sweep_point points[];
};

/* sweep_open -- NULL: no memory. */
struct sweep *sweep_open(const struct fm_sim_scenario *scenario, struct fm_sim_coverage *coverage, bool allocations);
void sweep_close(struct sweep *sweep);

/* sweep_options -- of a run that is this base, with nothing cancelled. */
struct fm_sim_options sweep_options(const struct sweep_base *base);

/* sweep_find -- fill in the points. False: a run failed before anything was cancelled; base and failed_base say how. */
bool sweep_find(struct sweep *sweep);

/* sweep_try -- cancel at each point, `jobs` processes at a time. */
void sweep_try(struct sweep *sweep, unsigned jobs);

/* sweep_watch_interrupts -- from now on ctrl-c ends the sweep with what it has come to; the second one at once. */
bool sweep_watch_interrupts(void);
bool sweep_interrupted(void);

/* sweep_child -- run `work` in a process of its own and wait for it. Gives its wait status, -1 where there is none. */
int sweep_child(void (*work)(void *arg), void *arg);

#endif
