/* Merged results for a terminal: a line a scenario, the sums, probes never hit, and each failure's line to paste. */
#include "merged.h"
#include "text.h"

#include <inttypes.h>
#include <string.h>

static const char *mark(enum report_verdict verdict)
{
	static const char *const marks[] = { "ok  ", "FAIL", "DIFF", "part", "-   " };

	return marks[verdict];
}

static void totals(FILE *out, const struct report_merged *merged)
{
	static const enum report_verdict rare[] = { REPORT_UNDETERMINED, REPORT_INCOMPLETE, REPORT_NOT_RUN };
	uint64_t runs = 0, rechecked = 0;
	fm_ns virtual_ns = 0;
	char number[32];

	for (size_t i = 0; i < merged->count; i++) {
		runs += merged->scenarios[i].runs;
		rechecked += merged->scenarios[i].rechecked;
		virtual_ns = fm_ns_add(virtual_ns, merged->scenarios[i].virtual_ns);
	}
	fprintf(out, "%zu passed, %zu failed", report_merged_count(merged, REPORT_PASSED),
		report_merged_count(merged, REPORT_FAILED));
	for (size_t i = 0; i < FM_COUNT_OF(rare); i++)
		if (report_merged_count(merged, rare[i]))
			fprintf(out, ", %zu %s", report_merged_count(merged, rare[i]),
				report_verdict_name(rare[i]));
	fprintf(out, "; %s runs", report_number(number, runs));
	fprintf(out, ", %s checked again", report_number(number, rechecked));
	fprintf(out, ", %s virtual, in %zu shards", report_time(number, virtual_ns), merged->shards);
	if (merged->unended)
		fprintf(out, ", %zu of them cut short", merged->unended);
	putc('\n', out);
}

static void failure(FILE *out, const struct report_merged_scenario *scenario)
{
	char buffer[2048];
	struct report_text text;

	fprintf(out, "\n%s %s\n", scenario->told == REPORT_FAILED ? "FAILED" : "NOT DETERMINISTIC",
		scenario->name);
	if (scenario->oracle)
		fprintf(out, "oracle: %s\n", scenario->oracle);
	if (scenario->file && scenario->file[0])
		fprintf(out, "at: %s:%" PRIu64 "\n", scenario->file, scenario->line);
	if (scenario->cause)
		fprintf(out, "cause: %s\n", scenario->cause);
	if (!scenario->program || !scenario->token)
		return;
	report_text_init(&text, buffer, sizeof(buffer));
	report_quoted(&text, scenario->program);
	report_add(&text, " replay ");
	report_quoted(&text, scenario->token);
	fprintf(out, "replay: %s\n", buffer);
}

void report_merged_text(FILE *out, const struct report_merged *merged)
{
	size_t columns = 0;
	char runs[32], busy[32];

	for (size_t i = 0; i < merged->count; i++)
		if (strlen(merged->scenarios[i].name) > columns)
			columns = strlen(merged->scenarios[i].name);
	for (size_t i = 0; i < merged->count; i++) {
		const struct report_merged_scenario *scenario = &merged->scenarios[i];

		fprintf(out, "%s  %-*s  %12s runs  %8s\n", mark(report_merged_verdict(scenario)),
			(int)columns, scenario->name, report_number(runs, scenario->runs),
			report_time(busy, scenario->busy_ns));
	}
	totals(out, merged);
	if (merged->probes_count)
		report_probes_text(out, merged->probes, merged->probes_count);
	for (size_t i = 0; i < merged->count; i++)
		if (merged->scenarios[i].told != REPORT_PASSED)
			failure(out, &merged->scenarios[i]);
}
