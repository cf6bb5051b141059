/* Runs for the shrinker: each in a forked process, since a run that failed leaves a program in disorder. */
#ifndef SIM_CLI_SHRINK_RUN_H
#define SIM_CLI_SHRINK_RUN_H

#include "token.h"

#include "reports/result.h"
#include "sim/shrink/shrink.h"

struct shrunk_shared;

struct shrink_run {
	const struct token *token;
	fm_ns ends_ns; /* by cli_clock: no runs after it */
	fm_ns limit_ns; /* of one run: what takes longer is not the same failure */
	struct shrunk_shared *shared;
	int null_fd;
	bool tells; /* the next run tells of its faults */
};

/* Errors: false: no memory. */
bool shrink_run_open(struct shrink_run *run, const struct token *token);
void shrink_run_close(struct shrink_run *run);

/*
 * shrink_run_once -- a tape, or NULL: the token's seed. *record is valid until the next run.
 * Errors: false: out of time, no process, or more draws than can be kept.
 */
bool shrink_run_once(struct shrink_run *run, const struct fm_sim_tape *tape, bool lenient,
		     const struct fm_sim_tape **record, struct fm_sim_result *result);

/* Why such a failure is not shrunk; NULL: it is. */
const char *shrink_refuses(const struct fm_sim_result *result);

/* What shrinking came to. */
struct shrunk {
	struct fm_sim_result original;
	struct shrink_size from;
	struct shrink_size to;
	struct shrink shrink; /* the least tape and its result; shrink_close */
	bool repeats; /* the original's tape, run again, gave the same hash */
	fm_ns took_ns;
	struct report_needs needs; /* of the least run */
};

/*
 * shrink_token -- all of it: run, run its tape again, shrink. `tape`: instead of the seed; NULL: the seed.
 * Errors: false: no process, or no time even for that. Where original is no failure, or is refused, or does not repeat,
 *         nothing is shrunk: to equals from.
 */
bool shrink_token(struct shrunk *shrunk, const struct token *token, const struct fm_sim_tape *tape,
		  fm_ns time_ns);

#endif
