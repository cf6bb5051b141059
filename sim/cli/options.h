/* The arguments of the verbs, parsed: nothing is opened or run yet. */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include "number.h"

#include <fm_sim/sim.h>

#define RUN_SEEDS_DEFAULT 1000
#define RUN_JOBS_MAX 256

struct run_options {
	char **patterns; /* into argv, which was reordered for it */
	size_t patterns_count;
	struct seed_range seeds;
	bool seeds_given;
	unsigned jobs; /* 0: as many as there are cores */
	enum fm_sim_strategy strategy;
	uint64_t profile;
	fm_ns time_ns; /* FM_NS_MAX: no bound */
	bool until_fail;
	bool keep_going; /* beyond failures: with --keep-going, and with --time where --until-fail is not */
	bool isolate; /* a process for each run */
	bool no_claims;
	bool quiet;
	const char *junit; /* file names; NULL: none */
	const char *json;
	const char *coverage;
	const char *html; /* folder */
	bool pin; /* what failed is written beside the scenarios */
	bool require_probes;
	bool medians;
};

struct replay_options {
	const char *subject; /* token or file */
	bool trace;     /* the story */
	bool trace_all; /* with every event */
	bool lenient; /* go on where the program leaves the tape */
	const char *out; /* the tape is written here; NULL: nowhere */
	const char *html; /* the story as a page */
	const char *perfetto; /* and as trace events */
};

struct shrink_options {
	const char *subject; /* token or file */
	const char *out; /* the least tape is written here; NULL: nowhere */
	const char *emit_c; /* and as a scenario in C; NULL: nowhere */
};

struct list_options {
	char **patterns;
	size_t patterns_count;
	bool json;
	bool faults; /* these, and no scenarios */
};

/* Of `coverage` and `report`. */
struct files_options {
	char **files; /* at least one */
	size_t files_count;
	const char *html; /* folder; NULL: none */
	bool quiet;       /* the last lines alone */
};

/* argv without the program and the verb, ended by NULL. Errors: false, with one line. */
bool run_options_parse(struct run_options *options, char **argv, struct cli_error *error);
bool replay_options_parse(struct replay_options *options, char **argv, struct cli_error *error);
bool shrink_options_parse(struct shrink_options *options, char **argv, struct cli_error *error);
bool list_options_parse(struct list_options *options, char **argv, struct cli_error *error);
bool files_options_parse(struct files_options *options, const char *verb, char **argv, struct cli_error *error);

#endif
