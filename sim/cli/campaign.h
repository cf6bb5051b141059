/* A campaign: many seeds of many scenarios, on several processes, until all is decided or somebody says stop. */
#ifndef SIM_CLI_CAMPAIGN_H
#define SIM_CLI_CAMPAIGN_H

#include "growth.h"
#include "options.h"
#include "pattern.h"
#include "pool.h"
#include "profile.h"

struct campaign {
	const struct run_options *options;
	struct report_suite suite;
	char profile[PROFILE_BYTES]; /* as the suite names it */
	struct report_scenario *reports;
	struct track *tracks;
	struct pool pool;
	struct tally tally;
	struct growth growth;
	size_t told; /* scenarios, from the first on, that were decided and told */
	size_t turn; /* whose turn it is, where they take turns */
	/* Called for each scenario as it is decided, in the order of the selection. */
	void (*decided)(void *told_to, const struct report_scenario *report);
	/* Called now and then while it goes on. */
	void (*going_on)(void *told_to, const struct report_suite *suite, size_t decided);
	void *told_to;
};

/* Errors: false: no memory, or a bad file of pinned seeds; campaign_close all the same. */
bool campaign_open(struct campaign *campaign, const char *program, const struct run_options *options,
		   const struct selection *selection, struct cli_error *error);

/*
 * campaign_run -- everything; ctrl-c (SIGINT or SIGTERM) ends it early, once more kills it.
 * Errors: false, after what could be done: no processes can be had.
 */
bool campaign_run(struct campaign *campaign);
void campaign_close(struct campaign *campaign);

/* The exit status that the verdicts make. */
int campaign_status(const struct campaign *campaign);

#endif
