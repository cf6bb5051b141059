/* The table of planted bugs that `run` ends in: what found each, how soon, and whether the verdict names the place. */
#ifndef REPORTS_BUGS_H
#define REPORTS_BUGS_H

#include "text.h"

#include <stdio.h>

#define REPORT_MEDIAN_OF 20

/* How many runs each of so many disjoint ranges of seeds took to its first failure. */
struct report_medians {
	bool measured;
	unsigned found;                  /* ranges in which something failed */
	uint64_t runs[REPORT_MEDIAN_OF]; /* UINT64_MAX: none did */
};

/* Twice the median, so that it is whole; UINT64_MAX: in half of the ranges nothing failed. Sorts runs. */
uint64_t report_median_twice(struct report_medians *medians);

bool report_is_broken_twin(const struct fm_sim_scenario *scenario);

/* How many scenarios are broken twins: their names end in /broken. */
size_t report_bugs_count(const struct report_suite *suite);

/* `medians` has one for each scenario of the suite, or is NULL. */
void report_bugs_text(FILE *out, const struct report_suite *suite, struct report_medians *medians);

#endif
