/* Counting what a run left behind. */
#include "result.h"

size_t report_count(const struct report_suite *suite, enum report_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < suite->count; i++)
		count += suite->scenarios[i].verdict == verdict;
	return count;
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
