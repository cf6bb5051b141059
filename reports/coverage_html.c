/* Await coverage as one page: the sums, then a table a file, open where a site was never reached. */
#include "coverage.h"
#include "html.h"

#include <inttypes.h>

static void meter(FILE *out, size_t reached, size_t sites)
{
	fprintf(out, "<meter min=\"0\" max=\"%zu\" value=\"%zu\"></meter> %zu of %zu", sites ? sites : 1,
		reached, reached, sites);
}

static void summary(FILE *out, const struct report_coverage *coverage)
{
	const struct report_coverage_sums sums = report_coverage_sum(coverage, 0, coverage->count);

	fputs("<p>Await sites reached: ", out);
	meter(out, sums.reached, sums.sites);
	fprintf(out, ", in %" PRIu64 " runs. All that are linked into the program count.</p>\n<table><tr>",
		coverage->runs);
	fputs("<th class=\"t\">what happened there<th>at sites<th class=\"t\">\n", out);
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++) {
		fprintf(out, "<tr><td class=\"t\">%s<td>%zu<td class=\"t\">", report_cover_title(kind),
			sums.kinds[kind]);
		meter(out, sums.kinds[kind], sums.reached);
		fputs("\n", out);
	}
	fputs("</table>\n", out);
}

static void site_row(FILE *out, const struct report_site *site)
{
	fprintf(out, "<tr%s><td>%u", report_site_reached(site) ? "" : " class=\"never\"", site->line);
	if (site->ordinal)
		fprintf(out, "+%u", site->ordinal);
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		fprintf(out, "<td class=\"%s\">%" PRIu64, site->counts[kind] ? "hit" : "none",
			site->counts[kind]);
	fputs("<td class=\"t\"><code>", out);
	report_html_text(out, site->what);
	fputs("</code>\n", out);
}

static void file_table(FILE *out, const struct report_coverage *coverage, size_t from, size_t to)
{
	const struct report_coverage_sums sums = report_coverage_sum(coverage, from, to);

	fprintf(out, "<details%s><summary><code>", sums.reached < sums.sites && sums.reached ? " open" : "");
	report_html_text(out, coverage->sites[from].file);
	fputs("</code> ", out);
	meter(out, sums.reached, sums.sites);
	fputs("</summary>\n<table><tr><th>line", out);
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		fprintf(out, "<th>%s", report_cover_title(kind));
	fputs("<th class=\"t\">awaited\n", out);
	for (size_t i = from; i < to; i++)
		site_row(out, &coverage->sites[i]);
	fputs("</table></details>\n", out);
}

void report_coverage_html(FILE *out, const struct report_coverage *coverage)
{
	size_t end;

	report_html_open(out, "Await coverage");
	summary(out, coverage);
	for (size_t i = 0; i < coverage->count; i = end) {
		end = report_coverage_file_end(coverage, i);
		file_table(out, coverage, i, end);
	}
	report_html_close(out);
}
