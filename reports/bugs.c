/*
 * A bug counts as named where the verdict's line has its mark, or stands in one of the two lines below it: the mark is a comment, and
 * may have a line of its own. A scenario whose file has no mark is not judged.
 */
#include "bugs.h"

#include <fm_sim/planted.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MARK_REACHES 2

static bool ends_in(const char *name, const char *end)
{
	const size_t length = strlen(name), end_length = strlen(end);

	return length > end_length && strcmp(name + length - end_length, end) == 0;
}

bool report_is_broken_twin(const struct fm_sim_scenario *scenario)
{
	return ends_in(scenario->name, "/broken");
}

size_t report_bugs_count(const struct report_suite *suite)
{
	size_t count = 0;

	for (size_t i = 0; i < suite->count; i++)
		count += report_is_broken_twin(suite->scenarios[i].scenario);
	return count;
}

static int by_number(const void *a, const void *b)
{
	const uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

uint64_t report_median_twice(struct report_medians *medians)
{
	uint64_t upper;

	qsort(medians->runs, REPORT_MEDIAN_OF, sizeof(medians->runs[0]), by_number);
	upper = medians->runs[REPORT_MEDIAN_OF / 2];
	return upper == UINT64_MAX ? UINT64_MAX : medians->runs[REPORT_MEDIAN_OF / 2 - 1] + upper;
}

/* "yes", "no", or "-": nobody has said where the bug is. */
static const char *names_its_line(const struct report_scenario *report)
{
	const struct fm_sim_failure *failure = &report->failure.result->failure;
	bool has_marks = false;

	for (const struct fm_sim_planted *planted = fm_sim_planted; planted && planted->file; planted++) {
		has_marks |= report->scenario->file && strcmp(planted->file, report->scenario->file) == 0;
		if (strcmp(planted->file, failure->file) == 0 && failure->line >= planted->line &&
		    failure->line - planted->line <= MARK_REACHES)
			return "yes";
	}
	return has_marks ? "no" : "-";
}

static void print_median(FILE *out, struct report_medians *medians)
{
	const uint64_t twice = report_median_twice(medians);

	if (twice == UINT64_MAX)
		fprintf(out, "  %10s", "-");
	else
		fprintf(out, "  %8" PRIu64 "%s", twice / 2, twice % 2 ? ".5" : "  ");
	fprintf(out, "  %2u of %u", medians->found, REPORT_MEDIAN_OF);
}

static void print_row(FILE *out, const struct report_suite *suite, const struct report_scenario *report,
		      struct report_medians *medians, int name_columns)
{
	const bool found = report->verdict == REPORT_FAILED || report->verdict == REPORT_UNDETERMINED;

	fprintf(out, "%-*s  %-5s", name_columns, report->scenario->name, found ? "yes" : "no");
	if (found)
		fprintf(out, "  %-23s  %8" PRIu64 "  %-5s",
			report->verdict == REPORT_UNDETERMINED ? "determinism" : report->failure.result->failure.oracle,
			report->failure.seed - suite->seed_first + 1, names_its_line(report));
	else
		fprintf(out, "  %-23s  %8s  %-5s", "-", "-", "-");
	if (medians)
		print_median(out, medians);
	fputc('\n', out);
}

void report_bugs_text(FILE *out, const struct report_suite *suite, struct report_medians *medians)
{
	size_t bugs = 0, found = 0, named = 0, judged = 0, twins = 0, accused = 0;
	int name_columns = 3;

	for (size_t i = 0; i < suite->count; i++)
		if (report_is_broken_twin(suite->scenarios[i].scenario) &&
		    (int)strlen(suite->scenarios[i].scenario->name) > name_columns)
			name_columns = (int)strlen(suite->scenarios[i].scenario->name);
	fprintf(out, "\n%-*s  found  %-23s  %8s  line %s\n", name_columns, "bug", "oracle", "runs",
		medians ? "      median   ranges" : "");
	for (size_t i = 0; i < suite->count; i++) {
		const struct report_scenario *report = &suite->scenarios[i];
		const bool failed = report->verdict == REPORT_FAILED || report->verdict == REPORT_UNDETERMINED;

		if (ends_in(report->scenario->name, "/fixed")) {
			twins++;
			accused += failed;
		}
		if (!report_is_broken_twin(report->scenario))
			continue;
		print_row(out, suite, report, medians ? &medians[i] : NULL, name_columns);
		bugs++;
		found += failed;
		if (failed) {
			named += strcmp(names_its_line(report), "yes") == 0;
			judged += strcmp(names_its_line(report), "-") != 0;
		}
	}
	fprintf(out, "%zu of %zu bugs found; %zu of %zu verdicts name the planted line; %zu of %zu twins accused\n", found,
		bugs, named, judged, accused, twins);
}
