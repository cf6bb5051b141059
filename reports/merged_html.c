/* Merged results as one page: scenarios, failures, probes. */
#include "html.h"
#include "merged.h"
#include "text.h"

#include <inttypes.h>

static void verdict(FILE *out, enum report_verdict of)
{
	const bool bad = of == REPORT_FAILED || of == REPORT_UNDETERMINED;

	fprintf(out, "<span class=\"%s\">%s</span>",
		bad                 ? "bad" :
		of == REPORT_PASSED ? "good" :
				      "",
		report_verdict_name(of));
}

static void scenarios(FILE *out, const struct report_merged *merged)
{
	char runs[32], busy[32];

	fputs("<h2>Scenarios</h2>\n<table><tr><th class=\"t\">name<th class=\"t\">claim<th class=\"t\">verdict<th>runs<th>time\n",
	      out);
	for (size_t i = 0; i < merged->count; i++) {
		const struct report_merged_scenario *scenario = &merged->scenarios[i];

		fputs("<tr><td class=\"t\"><code>", out);
		report_html_text(out, scenario->name);
		fputs("</code><td class=\"t\">", out);
		report_html_text(out, scenario->claim ? scenario->claim : "");
		fputs("<td class=\"t\">", out);
		verdict(out, report_merged_verdict(scenario));
		fprintf(out, "<td>%s<td>%s\n", report_number(runs, scenario->runs),
			report_time(busy, scenario->busy_ns));
	}
	fputs("</table>\n", out);
}

static void failure(FILE *out, const struct report_merged_scenario *scenario)
{
	fputs("<h3>", out);
	report_html_text(out, scenario->name);
	fputs("</h3><p>", out);
	verdict(out, scenario->told);
	if (scenario->oracle) {
		fputs(": ", out);
		report_html_text(out, scenario->oracle);
	}
	if (scenario->file && scenario->file[0]) {
		fputs(" at <code>", out);
		report_html_text(out, scenario->file);
		fprintf(out, ":%" PRIu64 "</code>", scenario->line);
	}
	fputs("<br>", out);
	report_html_text(out, scenario->cause ? scenario->cause : "");
	fputs("<br><code>", out);
	report_html_text(out, scenario->program ? scenario->program : "");
	fputs(" replay ", out);
	report_html_text(out, scenario->token ? scenario->token : "");
	fputs("</code></p>\n", out);
}

static void probes(FILE *out, const struct report_merged *merged)
{
	fputs("<h2>Probes</h2>\n<table><tr><th class=\"t\">claim<th class=\"t\">kind<th>hit<th>not<th class=\"t\">where\n",
	      out);
	for (size_t i = 0; i < merged->probes_count; i++) {
		const struct report_probe *probe = &merged->probes[i];

		fprintf(out, "<tr%s><td class=\"t\">", report_probe_missed(probe) ? " class=\"never\"" : "");
		report_html_text(out, probe->probe.claim);
		fprintf(out, "<td class=\"t\">%s<td>%" PRIu64 "<td>%" PRIu64 "<td class=\"t\"><code>",
			fm_sim_probe_kind_name(probe->probe.kind), probe->count.hits, probe->count.misses);
		report_html_text(out, probe->probe.file);
		fprintf(out, ":%u</code>%s\n", probe->probe.line, probe->took_part ? "" : " (took no part)");
	}
	fputs("</table>\n", out);
}

void report_merged_html(FILE *out, const struct report_merged *merged)
{
	report_html_open(out, "Simulation results");
	fprintf(out, "<p>%zu scenarios passed, %zu failed, in %zu shards%s.</p>\n",
		report_merged_count(merged, REPORT_PASSED), report_merged_count(merged, REPORT_FAILED),
		merged->shards, merged->unended ? ", of which some were cut short" : "");
	for (size_t i = 0; i < merged->count; i++)
		if (merged->scenarios[i].told != REPORT_PASSED)
			failure(out, &merged->scenarios[i]);
	scenarios(out, merged);
	if (merged->probes_count)
		probes(out, merged);
	report_html_close(out);
}
