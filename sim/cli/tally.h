/* What all workers of a campaign count together, in memory that they share: await sites and probes. */
#ifndef SIM_CLI_TALLY_H
#define SIM_CLI_TALLY_H

#include "reports/coverage.h"
#include "reports/probes.h"

struct tally {
	struct fm_sim_coverage *coverage;  /* one a site */
	struct fm_sim_probe_count *probes; /* one a probe */
	void *memory;
	size_t bytes;
};

/* tally_open -- before the workers are forked. Errors: false: no memory; tally_close all the same. */
bool tally_open(struct tally *tally);
void tally_close(struct tally *tally);

/* Whether the program has probes that may be judged. */
bool tally_has_probes(void);

/* tally_coverage -- every site, with its counts. Errors: false: no memory; report_coverage_free all the same. */
bool tally_coverage(const struct tally *tally, struct report_coverage *coverage);

/* tally_probes -- every probe, with its counts; the caller frees it. Errors: NULL: no memory. */
struct report_probe *tally_probes(const struct tally *tally, size_t *count);

#endif
