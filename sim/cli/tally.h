/* What all workers of a campaign count together, in memory that they share: await sites and probes. */
#ifndef SIM_CLI_TALLY_H
#define SIM_CLI_TALLY_H

#include "reports/coverage.h"
#include "reports/probes.h"

#define TALLY_EVERY 8 /* of the runs of which coverage is only looked at in passing */

struct tally {
	unsigned every; /* the coverage of one in so many runs is counted, and of the first of each scenario */
	bool probes_wanted;
	struct fm_sim_coverage *coverage;  /* one a site */
	struct fm_sim_probe_count *probes; /* one a probe */
	void *memory;
	size_t bytes;
};

/* tally_open -- before the workers are forked. Errors: false: no memory; tally_close all the same. */
bool tally_open(struct tally *tally);
void tally_close(struct tally *tally);

/* tally_counts -- whether the coverage of this run is counted, the n-th from the first seed that was asked for. */
bool tally_counts(const struct tally *tally, uint64_t n);

/* tally_reached -- sites that were reached, of so many in files of which any was. */
void tally_reached(const struct tally *tally, size_t *reached, size_t *sites);

/* Whether the program has probes that may be judged. */
bool tally_has_probes(void);

/* tally_coverage -- every site, with its counts. Errors: false: no memory; report_coverage_free all the same. */
bool tally_coverage(const struct tally *tally, struct report_coverage *coverage);

/* tally_probes -- every probe, with its counts; the caller frees it. Errors: NULL: no memory. */
struct report_probe *tally_probes(const struct tally *tally, size_t *count);

#endif
