/* Await coverage of one or many runs, as reports read, merge and print it. */
#ifndef REPORTS_COVERAGE_H
#define REPORTS_COVERAGE_H

#include <fm_sim/coverage.h>

#include <stdio.h>

struct report_site {
	char *file; /* from malloc, as `what` */
	char *what;
	uint32_t line;
	uint32_t ordinal;
	uint64_t counts[FM_SIM_COVERS];
};

/* Zeroed, it is empty. */
struct report_coverage {
	struct report_site *sites; /* sorted by file, line, ordinal once it was merged */
	size_t count;
	size_t capacity;
	uint64_t runs;
};

/* What a summary says. */
struct report_coverage_sums {
	size_t sites;
	size_t reached;
	size_t kinds[FM_SIM_COVERS]; /* sites where it happened */
};

/* report_coverage_add -- one more site, copied. Errors: false: no memory. */
bool report_coverage_add(struct report_coverage *coverage, const struct fm_sim_site *site,
			 const uint64_t *counts);

/* report_coverage_merge -- sites added more than once become one, with the sums. Before anything is printed. */
void report_coverage_merge(struct report_coverage *coverage);
void report_coverage_free(struct report_coverage *coverage);

/*
 * report_coverage_line -- add what a line of such a file says; `line` is taken apart.
 * Errors: a sentence; NULL: none.
 */
const char *report_coverage_line(struct report_coverage *coverage, char *line);

/* Of the sites from `from` up to `to`. */
struct report_coverage_sums report_coverage_sum(const struct report_coverage *coverage, size_t from,
						size_t to);

/* The end of the sites that share a file with the one at `from`. */
size_t report_coverage_file_end(const struct report_coverage *coverage, size_t from);
bool report_site_reached(const struct report_site *site);

/* "pending, then ready": what a kind is to people. */
const char *report_cover_title(unsigned kind);

void report_coverage_json(FILE *out, const struct report_coverage *coverage);
void report_coverage_text(FILE *out, const struct report_coverage *coverage);
/* The last lines of the text alone. */
void report_coverage_summary(FILE *out, const struct report_coverage *coverage);
void report_coverage_html(FILE *out, const struct report_coverage *coverage);

#endif
