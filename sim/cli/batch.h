/* A batch: some seeds of one scenario, run one after another in a forked process, with the results in shared memory. */
#ifndef SIM_CLI_BATCH_H
#define SIM_CLI_BATCH_H

#include "tally.h"
#include "token.h"

#include <sys/types.h>

#define BATCH_SEEDS_MAX 4096

struct batch {
	/* What to run. */
	struct token token; /* its seed is the first */
	uint32_t count;
	size_t rank;  /* of a pinned run; of a batch of seeds: how many are pinned */
	bool isolate; /* fork for each seed */
	const struct tally *tally; /* what is counted beside; NULL: nothing */
	uint64_t asked_first; /* the first seed of the campaign */

	/* What came of it, written by the worker. */
	volatile uint64_t seed;  /* about to run, or running */
	volatile uint64_t beats; /* runs begun */
	volatile uint32_t passed;
	bool failed;             /* `seed` failed, and `result` says how */
	bool ended;              /* the worker came to its own end: all seeds passed, one failed, or it was told to stop */
	uint64_t steps;
	fm_ns virtual_ns;
	fm_ns busy_ns;
	struct fm_sim_result result;
	uint64_t hashes[BATCH_SEEDS_MAX]; /* of the passed runs, in order */
};

/* batch_new -- shared with children. NULL: no memory. */
struct batch *batch_new(void);
void batch_free(struct batch *batch);

/* batch_run -- in the worker: run the seeds until one fails or *stop is set. Does not return. */
void batch_run(struct batch *batch, const volatile int *stop) __attribute__((noreturn));

/* Real time for measuring, in nanoseconds. */
fm_ns cli_clock(void);

/* Whether a run failed only by the CPU time that a poll took. */
bool result_is_cpu_time(const struct fm_sim_result *result);

#endif
