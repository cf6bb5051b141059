/* Await coverage for a terminal: a line a site, its counts in columns, then the sums. */
#include "coverage.h"
#include "text.h"

#include <string.h>

#define WHAT_CHARS 90

static void head(FILE *out)
{
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		fprintf(out, "%10s", fm_sim_cover_name(kind));
	fputs("  site\n", out);
}

static void site_line(FILE *out, const struct report_site *site)
{
	const size_t length = strlen(site->what);
	char number[32];

	if (report_site_reached(site))
		for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
			fprintf(out, "%10s",
				site->counts[kind] ? report_number(number, site->counts[kind]) : "-");
	else
		fprintf(out, "%*s", FM_SIM_COVERS * 10, "never reached");
	fprintf(out, "  %s:%u", site->file, site->line);
	if (site->ordinal)
		fprintf(out, "+%u", site->ordinal);
	fprintf(out, ": %.*s%s\n", WHAT_CHARS, site->what, length > WHAT_CHARS ? "..." : "");
}

static unsigned percent(size_t part, size_t whole)
{
	return whole ? (unsigned)(part * 100 / whole) : 0;
}

void report_coverage_summary(FILE *out, const struct report_coverage *coverage)
{
	const struct report_coverage_sums sums = report_coverage_sum(coverage, 0, coverage->count);
	char runs[32];

	fprintf(out, "await sites: %zu of %zu reached (%u%%) in %s runs\n", sums.reached, sums.sites,
		percent(sums.reached, sums.sites), report_number(runs, coverage->runs));
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		fprintf(out, "  %-20s %5zu of them (%u%%)\n", report_cover_title(kind), sums.kinds[kind],
			percent(sums.kinds[kind], sums.reached));
}

void report_coverage_text(FILE *out, const struct report_coverage *coverage)
{
	size_t end;

	head(out);
	for (size_t i = 0; i < coverage->count; i++)
		site_line(out, &coverage->sites[i]);
	fputs("\n", out);
	for (size_t i = 0; i < coverage->count; i = end) {
		struct report_coverage_sums sums;

		end = report_coverage_file_end(coverage, i);
		sums = report_coverage_sum(coverage, i, end);
		fprintf(out, "%4zu of %4zu  %s\n", sums.reached, sums.sites, coverage->sites[i].file);
	}
	fputs("\n", out);
	report_coverage_summary(out, coverage);
}
