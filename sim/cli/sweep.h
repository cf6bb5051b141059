/*
 * A sweep of one scenario: the points a run comes by, and what came of cancelling at each.
 */
#ifndef SIM_CLI_SWEEP_H
#define SIM_CLI_SWEEP_H

#include <fm_sim/sim.h>

enum {
	SWEEP_TIMES = 3,         /* of a task at an await: the first so many are cancelled */
	SWEEP_STACK = 8,         /* awaits kept of a point, innermost first */
	SWEEP_POINTS_MAX = 65536, /* of one scenario */
	SWEEP_NAME_BYTES = 40,
};

struct sweep_point {
	struct fm_sim_point point;
	bool yields; /* found, and to be found again, with options.yield_always */
	bool cancellable;
	char task[SWEEP_NAME_BYTES];
	char leaf[SWEEP_NAME_BYTES];
	const struct fm_await_site *stack[SWEEP_STACK];
	unsigned depth;

	/* What came of it. */
	bool done;
	bool reached;
	enum fm_sim_verdict verdict;
	char oracle[32];
	char cause[160];
};

/* Shared with the processes that run the points: a program under test may die of one. */
struct sweep {
	const struct fm_sim_scenario *scenario;
	bool allocations; /* the n-th allocation fails, instead of cancels; point.times is n */
	uint32_t count;
	uint32_t cut; /* points beyond SWEEP_POINTS_MAX */
	struct fm_sim_result base; /* without a cancel */
	struct sweep_point points[];
};

/* sweep_open -- NULL: no memory. */
struct sweep *sweep_open(const struct fm_sim_scenario *scenario, bool allocations);
void sweep_close(struct sweep *sweep);

/* sweep_run -- find the points and try them, `jobs` at a time. False: the scenario fails before anything is cancelled. */
bool sweep_run(struct sweep *sweep, unsigned jobs);

#endif
