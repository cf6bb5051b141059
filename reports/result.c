/* Counting what a run left behind. */
#include "result.h"

size_t report_count(const struct report_suite *suite, enum report_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < suite->count; i++)
		count += suite->scenarios[i].verdict == verdict;
	return count;
}

struct report_sums report_sum(const struct report_suite *suite)
{
	struct report_sums sums = { .runs = 0 };

	for (size_t i = 0; i < suite->count; i++) {
		const struct report_scenario *scenario = &suite->scenarios[i];

		sums.runs += scenario->runs;
		sums.rechecked += scenario->rechecked;
		sums.distinct += scenario->distinct;
		sums.distinct_is_floor = sums.distinct_is_floor || scenario->distinct_is_floor;
		sums.steps += scenario->steps;
		sums.virtual_ns = fm_ns_add(sums.virtual_ns, scenario->virtual_ns);
		sums.failing_runs += scenario->failing_runs;
		sums.groups += scenario->groups_count;
	}
	return sums;
}

const struct report_growth *report_growth_at(const struct report_suite *suite, unsigned percent)
{
	const __uint128_t runs = (__uint128_t)report_sum(suite).runs * percent / 100;
	size_t i = 0;

	while (i + 1 < suite->growth_count && suite->growth[i + 1].runs <= runs)
		i++;
	return &suite->growth[i];
}

const char *report_verdict_name(enum report_verdict verdict)
{
	switch (verdict) {
	case REPORT_PASSED:
		return "passed";
	case REPORT_FAILED:
		return "failed";
	case REPORT_UNDETERMINED:
		return "not deterministic";
	case REPORT_INCOMPLETE:
		return "incomplete";
	case REPORT_NOT_RUN:
		break;
	}
	return "not run";
}
