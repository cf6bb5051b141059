/* Why an await was never reached, as far as runs can show it. */
#ifndef SIM_CLI_SWEEP_WHY_H
#define SIM_CLI_SWEEP_WHY_H

#include "sweep_verdict.h"

#define SWEEP_WHY_BYTES 200

struct sweep_why {
	char text[SWEEP_WHY_BYTES];
};

/*
 * sweep_why -- fill in the reasons of those sites that no cancel reached, one a site in `whys`. Coverage is that of all base
 * runs. Runs each scenario anew with each fault that it does not allow.
 */
void sweep_why(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage,
	       const struct fm_sim_scenario *const *scenarios, size_t count, struct sweep_why *whys);

/* Coverage, one a site, that processes share. NULL: no memory. */
struct fm_sim_coverage *sweep_coverage_open(void);
void sweep_coverage_close(struct fm_sim_coverage *coverage);

#endif
