/*
 * What a run of scenarios leaves behind, as reports read it. Nothing here runs, waits or opens anything: a report is
 * a function from these structs to text.
 */
#ifndef REPORTS_RESULT_H
#define REPORTS_RESULT_H

#include <fm_sim/sim.h>

enum report_verdict {
	REPORT_PASSED,
	REPORT_FAILED,        /* confirmed: it failed the same way in a fresh process */
	REPORT_UNDETERMINED,  /* two runs of one token differed */
	REPORT_INCOMPLETE,    /* stopped before its seeds were through, with nothing broken */
	REPORT_NOT_RUN,
};

/* Two runs of one token that should have been the same. */
struct report_difference {
	const char *kind;   /* one sentence */
	uint64_t event;     /* number of the first differing event, from 1; 0: the logs did not differ again */
	char one[512];      /* that event in either log */
	char other[512];
	char before[512];   /* the last event they share; empty: none */
	uint64_t one_hash;
	uint64_t other_hash;
};

#define REPORT_NEEDS_MAX 4

/* What a run had besides first in, first out. */
struct report_needs {
	struct fm_sim_event faults[REPORT_NEEDS_MAX]; /* the first that struck */
	unsigned count; /* of all that struck */
	bool order;     /* polls came in another order, or operations let others come first */
	char draws[120]; /* what else was drawn and not 0: ", select, random" */
	bool unknown; /* there was no time to ask, or no room for the tape: nothing is told */
};

/* A `tell` of fm_sim_options, `arg` being a struct report_needs of zeros. */
void report_needs_add(void *arg, const struct fm_sim_event *event);

/* How much less than a failing run still fails like it. */
struct report_shrunk {
	uint64_t draws; /* that are not 0 */
	uint64_t draws_from;
	uint64_t steps;
	uint64_t steps_from;
	bool incomplete; /* there was no time to find the least */
	struct report_needs needs;
	char program[FM_SIM_PROGRAM_BYTES]; /* of a subject; empty: it is none */
};

/* One failing run: what its report needs. */
struct report_failure {
	const char *program; /* as it was called */
	const char *again;   /* what `replay` is given: a token or a file */
	const struct fm_sim_scenario *scenario;
	uint64_t seed;
	const struct fm_sim_result *result;
	const char *output; /* what the program printed while it failed; NULL: nothing or unknown */
	/* Where the run kept going: how many runs failed so, of how many, and that with the fewest polls. 0: not counted. */
	uint64_t again_runs;
	uint64_t of_runs;
	uint64_t least_seed;
	uint64_t least_steps;
	const char *least; /* its token */
	struct report_shrunk shrunk; /* the least run that fails like it; draws_from is 0: not tried, or no less */
	const struct report_difference *difference; /* NULL: it is a failure; else why it does not count as one */
};

/* Failing runs of one scenario with the same oracle and place. */
struct report_group {
	struct report_failure failure; /* the first of them */
	uint64_t runs;                 /* how many there were; where the run kept going, else 1 */
};

/* All runs of one scenario. */
struct report_scenario {
	const struct fm_sim_scenario *scenario;
	enum report_verdict verdict;
	uint64_t runs;
	uint64_t rechecked; /* of them in a fresh process */
	uint64_t distinct;  /* hashes */
	bool distinct_is_floor; /* there were too many to count */
	uint64_t steps;
	fm_ns virtual_ns;
	fm_ns busy_ns; /* real time that its runs took, summed over processes */
	uint64_t hash; /* where one seed was run */
	bool one_seed;
	struct report_failure failure; /* valid where it failed or was not deterministic; where it failed, of the first group */
	struct report_group *groups;   /* of the failing runs */
	size_t groups_count;
	uint64_t failing_runs;
	uint64_t other_failing_runs; /* of them, those that are in no group, since there were too many kinds */
};

/* How many await sites were reached after so many runs. */
struct report_growth {
	uint64_t runs;
	fm_ns real_ns;
	size_t reached;
	size_t sites; /* in files of which any site was reached */
};

/* A whole call of `run`. */
struct report_suite {
	const char *program;
	const struct report_scenario *scenarios;
	size_t count;
	uint64_t seed_first;
	uint64_t seeds; /* asked of each scenario; 0: no bound */
	const char *strategy;
	const char *profile;
	unsigned jobs;
	fm_ns real_ns;
	bool interrupted;
	bool keeps_going; /* beyond failures: they are grouped and counted */
	unsigned coverage_every; /* await coverage is that of one in so many runs; 0: not looked at */
	const struct report_growth *growth; /* upwards */
	size_t growth_count;
};

/* What all scenarios together come to. */
struct report_sums {
	uint64_t runs;
	uint64_t rechecked;
	uint64_t distinct;
	bool distinct_is_floor;
	uint64_t steps;
	fm_ns virtual_ns;
	uint64_t failing_runs;
	size_t groups;
};

struct report_sums report_sum(const struct report_suite *suite);

/* What was reached when this share of all runs was done. Valid where there is growth. */
const struct report_growth *report_growth_at(const struct report_suite *suite, unsigned percent);

/* How many scenarios ended with a verdict. */
size_t report_count(const struct report_suite *suite, enum report_verdict verdict);

/* "passed", "failed", "not deterministic", "incomplete", "not run": as JSON has it, too. */
const char *report_verdict_name(enum report_verdict verdict);

#endif
