/*
 * The page that `run --html` leaves: what a person opens who was told that CI is red. Failures come first, a kind once, each
 * with its report and a link to its story; then scenarios, coverage over time, probes. A pure function of the results.
 */
#include "suite_html.h"
#include "html.h"
#include "text.h"

#include <inttypes.h>

#define CURVE_WIDTH 600
#define CURVE_HEIGHT 120

static const char style[] = "pre{white-space:pre-wrap;border-left:.3rem solid #c33;padding-left:1rem;font-size:13px}"
			    "p.sums{white-space:pre-line}svg{border:1px solid #8884}polyline{fill:none;stroke:#283;stroke-width:2}";

/* One failure after another, and what is done with each. */
struct telling {
	FILE *out;
	const struct report_suite_pages *pages;
	size_t number;
};

static void code(FILE *out, const char *text)
{
	fputs("<code>", out);
	report_html_text(out, text);
	fputs("</code>", out);
}

static void verdict(FILE *out, enum report_verdict of)
{
	const bool bad = of == REPORT_FAILED || of == REPORT_UNDETERMINED;

	fprintf(out, "<span class=\"%s\">%s</span>", bad ? "bad" : of == REPORT_PASSED ? "good" : "",
		report_verdict_name(of));
}

void report_suite_failures(const struct report_suite *suite,
			   void (*each)(void *arg, const struct report_failure *failure), void *arg)
{
	for (size_t i = 0; i < suite->count; i++) {
		const struct report_scenario *scenario = &suite->scenarios[i];

		for (size_t k = 0; k < scenario->groups_count; k++)
			each(arg, &scenario->groups[k].failure);
		if (scenario->groups_count == 0 && scenario->verdict == REPORT_UNDETERMINED)
			each(arg, &scenario->failure);
	}
}

static void failure(void *arg, const struct report_failure *failure)
{
	struct telling *telling = arg;
	const struct report_suite_pages *pages = telling->pages;
	const struct fm_sim_failure *broken = &failure->result->failure;
	const char *story = pages->story ? pages->story(pages->arg, telling->number) : NULL;
	static char buffer[REPORT_TEXT_BYTES];
	FILE *out = telling->out;
	struct report_text text;

	fprintf(out, "%s<h3 id=\"failure-%zu\">", telling->number ? "" : "<h2>Failures, each kind once</h2>\n",
		telling->number);
	report_html_text(out, failure->scenario->name);
	fputs("</h3>\n<p><span class=\"bad\">", out);
	report_html_text(out, failure->difference ? "not deterministic" : broken->oracle);
	fputs("</span> ", out);
	if (broken->file[0] && !failure->difference) {
		fputs("at ", out);
		code(out, broken->file);
		fprintf(out, ":%u ", broken->line);
	}
	if (story)
		fprintf(out, "<a href=\"%s\">its story</a>", story);
	fputs("\n<pre>", out);
	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, failure);
	report_html_text(out, buffer);
	fputs("</pre>\n", out);
	telling->number++;
}

static void sums(FILE *out, const struct report_suite *suite)
{
	char buffer[2048];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_totals(&text, suite);
	fputs("<p class=\"sums\">", out);
	report_html_text(out, buffer);
	fputs("<p>", out);
	code(out, suite->program);
	fprintf(out, ": seeds from %" PRIu64, suite->seed_first);
	if (suite->seeds)
		fprintf(out, ", %" PRIu64 " of each scenario", suite->seeds);
	fputs("; strategy ", out);
	report_html_text(out, suite->strategy);
	fputs(", faults ", out);
	report_html_text(out, suite->profile);
	fprintf(out, ", %u processes\n", suite->jobs);
}

static void scenario_row(FILE *out, const struct report_scenario *scenario, size_t *failures)
{
	const bool told = scenario->groups_count > 0 || scenario->verdict == REPORT_UNDETERMINED;
	char number[32];

	fputs("<tr><td class=\"t\">", out);
	if (told)
		fprintf(out, "<a href=\"#failure-%zu\">", *failures);
	code(out, scenario->scenario->name);
	fprintf(out, "%s<td class=\"t\">", told ? "</a>" : "");
	report_html_text(out, scenario->scenario->claim);
	fputs("<td class=\"t\">", out);
	verdict(out, scenario->verdict);
	fprintf(out, "<td>%s", report_number(number, scenario->runs));
	fprintf(out, "<td>%s%s", report_number(number, scenario->distinct), scenario->distinct_is_floor ? "+" : "");
	fprintf(out, "<td>%s", report_number(number, scenario->failing_runs));
	fprintf(out, "<td>%s", report_number(number, scenario->steps));
	fprintf(out, "<td>%s", report_time(number, scenario->virtual_ns));
	fprintf(out, "<td>%s</tr>\n", report_time(number, scenario->busy_ns));
	*failures += scenario->groups_count ? scenario->groups_count : told;
}

static void scenarios(FILE *out, const struct report_suite *suite)
{
	size_t failures = 0;

	fputs("<h2>Scenarios</h2>\n<table><tr><th class=\"t\">name<th class=\"t\">claim<th class=\"t\">verdict<th>runs"
	      "<th>distinct<th>failing<th>polls<th>virtual<th>time</tr>\n",
	      out);
	for (size_t i = 0; i < suite->count; i++)
		scenario_row(out, &suite->scenarios[i], &failures);
	fputs("</table>\n", out);
}

/* Sites reached over runs, both from 0. */
static void curve(FILE *out, const struct report_suite *suite)
{
	const struct report_growth *last = &suite->growth[suite->growth_count - 1];
	const uint64_t runs = report_sum(suite).runs + 1;
	size_t before = 0;

	fprintf(out, "<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"await sites reached over "
		     "runs\"><polyline points=\"0,%d",
		CURVE_WIDTH, CURVE_HEIGHT, CURVE_WIDTH, CURVE_HEIGHT, CURVE_HEIGHT);
	for (size_t i = 0; i <= suite->growth_count; i++) {
		const struct report_growth *point = i < suite->growth_count ? &suite->growth[i] : NULL;
		const uint64_t x = (uint64_t)((__uint128_t)(point ? point->runs : runs) * CURVE_WIDTH / runs);
		const size_t reached = point ? point->reached : last->reached;

		/* What was found at a look is there from then on. */
		fprintf(out, " %" PRIu64 ",%zu %" PRIu64 ",%zu", x, CURVE_HEIGHT - before * CURVE_HEIGHT / last->sites, x,
			CURVE_HEIGHT - reached * CURVE_HEIGHT / last->sites);
		before = reached;
	}
	fputs("\"/></svg>\n", out);
}

static void coverage(FILE *out, const struct report_suite *suite, const struct report_suite_pages *pages)
{
	const struct report_growth *last;

	if (suite->growth_count == 0)
		return;
	last = &suite->growth[suite->growth_count - 1];
	fprintf(out, "<h2>Awaits</h2>\n<p><meter min=\"0\" max=\"%zu\" value=\"%zu\"></meter> %zu of %zu sites reached in the "
		     "files that took part",
		last->sites, last->reached, last->reached, last->sites);
	if (pages->coverage_page)
		fprintf(out, "; <a href=\"%s\">what happened at each</a>", pages->coverage_page);
	fputs(". Over the runs:</p>\n", out);
	curve(out, suite);
}

static void probes(FILE *out, const struct report_suite_pages *pages)
{
	if (pages->probes_count == 0)
		return;
	fputs("<h2>Probes</h2>\n<table><tr><th class=\"t\">claim<th class=\"t\">kind<th>hit<th>not<th class=\"t\">where</tr>\n",
	      out);
	for (size_t i = 0; i < pages->probes_count; i++) {
		const struct report_probe *probe = &pages->probes[i];

		fprintf(out, "<tr%s><td class=\"t\">", report_probe_missed(probe) ? " class=\"never\"" : "");
		report_html_text(out, probe->probe.claim);
		fprintf(out, "<td class=\"t\">%s<td>%" PRIu64 "<td>%" PRIu64 "<td class=\"t\">",
			fm_sim_probe_kind_name(probe->probe.kind), probe->count.hits, probe->count.misses);
		code(out, probe->probe.file);
		fprintf(out, ":%u%s</tr>\n", probe->probe.line, probe->took_part ? "" : " (took no part)");
	}
	fputs("</table>\n", out);
}

void report_suite_html(FILE *out, const struct report_suite *suite, const struct report_suite_pages *pages)
{
	struct telling telling = { .out = out, .pages = pages };

	report_html_open(out, "Simulation results");
	fprintf(out, "<style>%s</style>\n", style);
	sums(out, suite);
	report_suite_failures(suite, failure, &telling);
	scenarios(out, suite);
	coverage(out, suite, pages);
	probes(out, pages);
	report_html_close(out);
}
