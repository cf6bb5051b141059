/*
 * report FILE... [--html DIR]: the results of several shards, merged; judges probes never hit. Its exit status is what that
 * of one run over all of it would have been with --require-probes.
 */
#include "files.h"
#include "options.h"
#include "status.h"
#include "verbs.h"

#include "reports/merged.h"

#define PAGE "report.html"

static const char *take(void *merged, char *line)
{
	return report_merged_line(merged, line);
}

static int status_of(const struct report_merged *merged)
{
	const size_t not_run = report_merged_count(merged, REPORT_NOT_RUN);

	if (report_merged_count(merged, REPORT_FAILED))
		return CLI_BROKEN;
	if (report_merged_count(merged, REPORT_UNDETERMINED))
		return CLI_UNDETERMINED;
	if (merged->unended || report_merged_count(merged, REPORT_INCOMPLETE))
		return CLI_INCOMPLETE;
	if (not_run == merged->count)
		return CLI_NOTHING;
	if (not_run)
		return CLI_INCOMPLETE;
	return report_probes_missed(merged->probes, merged->probes_count) ? CLI_BROKEN : CLI_HELD;
}

static bool tell(const struct report_merged *merged, const struct files_options *options,
		 struct cli_error *error)
{
	FILE *page;

	if (options->html) {
		if (!file_open_in(&page, options->html, PAGE, error))
			return false;
		report_merged_html(page, merged);
		if (!file_close(page, PAGE, error))
			return false;
		printf("page: %s/%s\n", options->html, PAGE);
	}
	report_merged_text(stdout, merged);
	return true;
}

int verb_report(const char *program, char **argv)
{
	struct report_merged merged = { 0 };
	struct files_options options;
	struct cli_error error;
	int status = CLI_USAGE;
	bool good = files_options_parse(&options, "report", argv, &error);

	for (size_t i = 0; good && i < options.files_count; i++) {
		good = file_lines(options.files[i], take, &merged, &error);
		report_merged_end(&merged);
	}
	if (good) {
		report_merged_sort(&merged);
		good = tell(&merged, &options, &error);
		status = good ? status_of(&merged) : CLI_USAGE;
	}
	report_merged_free(&merged);
	if (!good)
		cli_print_error(program, &error);
	return status;
}
