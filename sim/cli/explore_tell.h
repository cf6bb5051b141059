/* What is said of an exploration. */
#ifndef SIM_CLI_EXPLORE_TELL_H
#define SIM_CLI_EXPLORE_TELL_H

#include <fm_sim/explore.h>

struct explored {
	const struct fm_sim_explore_options *options;
	const struct fm_sim_explore_counts *counts;
	bool reduces;
	const char *missing; /* why not all was seen; NULL: all was */
	bool domains_too;    /* and what was enumerated */
};

void explore_tell(const struct explored *explored);

#endif
