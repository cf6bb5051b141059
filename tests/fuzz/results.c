/*
 * Files that `report` and `coverage` read back: lines of JSON. The first byte says which of both; either is read strictly and
 * told, whatever was taken of it.
 */
#include "reports/coverage.h"
#include "reports/json_read.h"
#include "reports/merged.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count); /* what libFuzzer calls */

static FILE *nowhere(void)
{
	static FILE *out;

	if (!out)
		out = fopen("/dev/null", "w");
	return out;
}

/* Each line in memory of its own, so that nobody reads beyond it unseen. */
static void each_line(const uint8_t *bytes, size_t count, const char *(*take)(void *, char *), void *arg)
{
	const char *fault = NULL;

	for (size_t at = 0; at < count && !fault;) {
		const uint8_t *end = memchr(bytes + at, '\n', count - at);
		const size_t length = end ? (size_t)(end - bytes) - at : count - at;
		char *line = malloc(length + 1);

		memcpy(line, bytes + at, length);
		line[length] = '\0';
		fault = take(arg, line);
		if (fault && (fault[0] == '\0' || strchr(fault, '\n')))
			abort();
		free(line);
		at += length + 1;
	}
}

static const char *take_result(void *merged, char *line)
{
	return report_merged_line(merged, line);
}

static const char *take_site(void *coverage, char *line)
{
	return report_coverage_line(coverage, line);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count)
{
	struct report_merged merged = { 0 };
	struct report_coverage coverage = { 0 };

	if (count == 0)
		return 0;
	if (bytes[0] % 2) {
		each_line(bytes + 1, count - 1, take_result, &merged);
		report_merged_end(&merged);
		report_merged_sort(&merged);
		report_merged_text(nowhere(), &merged);
		report_merged_html(nowhere(), &merged);
	} else {
		each_line(bytes + 1, count - 1, take_site, &coverage);
		report_coverage_merge(&coverage);
		report_coverage_text(nowhere(), &coverage);
		report_coverage_html(nowhere(), &coverage);
	}
	report_merged_free(&merged);
	report_coverage_free(&coverage);
	return 0;
}
