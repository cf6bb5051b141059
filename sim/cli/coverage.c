/* coverage FILE... [--html DIR]: await-site coverage of one or many runs. */
#include "files.h"
#include "options.h"
#include "status.h"
#include "verbs.h"

#include "reports/coverage.h"

#include <stdlib.h>

#define PAGE "coverage.html"

static const char *take(void *coverage, char *line)
{
	return report_coverage_line(coverage, line);
}

static bool tell(const struct report_coverage *coverage, const struct files_options *options,
		 struct cli_error *error)
{
	FILE *page;

	if (options->quiet)
		report_coverage_summary(stdout, coverage);
	else
		report_coverage_text(stdout, coverage);
	if (!options->html)
		return true;
	if (!file_open_in(&page, options->html, PAGE, error))
		return false;
	report_coverage_html(page, coverage);
	if (!file_close(page, PAGE, error))
		return false;
	printf("page: %s/%s\n", options->html, PAGE);
	return true;
}

int verb_coverage(const char *program, char **argv)
{
	struct report_coverage coverage = { 0 };
	struct files_options options;
	struct cli_error error;
	bool good = files_options_parse(&options, "coverage", argv, &error);

	for (size_t i = 0; good && i < options.files_count; i++)
		good = file_lines(options.files[i], take, &coverage, &error);
	if (good) {
		report_coverage_merge(&coverage);
		good = tell(&coverage, &options, &error);
	}
	report_coverage_free(&coverage);
	if (!good)
		cli_print_error(program, &error);
	return good ? CLI_HELD : CLI_USAGE;
}
