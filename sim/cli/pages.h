/* The folder of `run --html`: the results, a story for each failure, coverage. */
#ifndef SIM_CLI_PAGES_H
#define SIM_CLI_PAGES_H

#include "error.h"

#include "reports/coverage.h"
#include "reports/suite_html.h"

#define PAGES_RESULTS "index.html"
#define PAGES_COVERAGE "coverage.html"

struct pages {
	const char *folder;
	FILE *results;
	FILE *coverage;
};

/* pages_open -- before anything runs; no folder: nothing. Errors: false; pages_close all the same. */
bool pages_open(struct pages *pages, const char *folder, struct cli_error *error);

/* pages_write -- all of it. Each story is a replay in a process of its own. */
void pages_write(struct pages *pages, const struct report_suite *suite, const struct report_coverage *coverage,
		 const struct report_probe *probes, size_t probes_count);

/* Errors: false: what was written did not arrive. */
bool pages_close(struct pages *pages, struct cli_error *error);

#endif
