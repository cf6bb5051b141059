/* The results of one `run` as a page. */
#ifndef REPORTS_SUITE_HTML_H
#define REPORTS_SUITE_HTML_H

#include "probes.h"
#include "result.h"

/* Beside what the suite knows. Names of pages are relative to this one. */
struct report_suite_pages {
	const char *coverage_page;
	const struct report_probe *probes;
	size_t probes_count;
	/* The page of a failure's story; NULL: it has none. `number` counts failures in the order of the page, from 0. */
	const char *(*story)(void *arg, size_t number);
	void *arg;
};

void report_suite_html(FILE *out, const struct report_suite *suite, const struct report_suite_pages *pages);

/* report_suite_failures -- each failure that the page tells, in its order. */
void report_suite_failures(const struct report_suite *suite,
			   void (*each)(void *arg, const struct report_failure *failure), void *arg);

#endif
