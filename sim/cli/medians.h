/* run --medians: how soon a bug is found, by the median of many ranges of seeds. */
#ifndef SIM_CLI_MEDIANS_H
#define SIM_CLI_MEDIANS_H

#include "campaign.h"

#include "reports/bugs.h"

/*
 * medians_measure -- for each broken twin of the campaign, which is over: REPORT_MEDIAN_OF disjoint ranges as long as the seeds that
 * were asked for, one behind the other, each up to its first failure.
 * Errors: NULL: no memory or processes. The caller frees it.
 */
struct report_medians *medians_measure(const struct campaign *campaign);

#endif
