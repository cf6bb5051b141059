/*
 * The story of a run as a page: the columns of the text, a colour a task, and all lines that are told. A pure function of the
 * story and the report: it asks no clock and no file, so that the page of a token is the same each time.
 */
#include "html.h"
#include "story_tell.h"
#include "text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
	"table.story{width:auto;font:13px/1.4 ui-monospace,monospace}"
	"table.story td,table.story th{padding:0 .4rem;white-space:nowrap}"
	"table.story td.l{text-align:center}table.story td.t{white-space:pre-wrap}"
	"tr.fault td,tr.signal td{background:#d932}tr.cancel td{background:#a3d3}tr.fail td{background:#d335;font-weight:600}"
	"pre{white-space:pre-wrap;border-left:.3rem solid #c33;padding-left:1rem}pre.held{border-color:#283}";

/* Neighbours are far apart on the circle of hues. */
static unsigned hue(unsigned lane)
{
	return lane * 137 % 360;
}

static const char *row_class(const struct fm_sim_event *event)
{
	static const char *const marked[] = { "fault", "signal", "fail" };

	if (report_event_is(event, "fault") && strcmp(event->what, "cancel") == 0)
		return "cancel";
	for (size_t i = 0; i < sizeof(marked) / sizeof(marked[0]); i++)
		if (report_event_is(event, marked[i]))
			return marked[i];
	return "plain";
}

/* The words of the text, which are written to a stream, escaped. */
static void put_words(struct report_teller *teller, const struct fm_sim_event *event)
{
	FILE *page = teller->out;
	char *words = NULL;
	size_t length = 0;

	teller->out = open_memstream(&words, &length);
	if (teller->out) {
		report_line_text(teller, event);
		fclose(teller->out);
	}
	teller->out = page;
	report_html_text(page, words ? words : "(no memory)");
	free(words);
}

static void put_row(struct report_teller *teller, const struct fm_sim_event *event)
{
	FILE *out = teller->out;
	char time[32];

	fprintf(out, "<tr class=\"%s\"><td title=\"%" PRIu64 " ns\">%s<td>%" PRIu64, row_class(event), event->at_ns,
		report_time(time, event->at_ns), event->step);
	for (unsigned i = 0; i < teller->lanes_count; i++)
		fprintf(out, "<td class=\"l c%u\">%c", i, report_lane_mark(teller, event, i));
	fputs("<td class=\"t\">", out);
	put_words(teller, event);
	fputs("</tr>\n", out);
}

static void put_table(struct report_teller *teller)
{
	FILE *out = teller->out;

	fputs("<table class=\"story\"><thead><tr><th>time<th>poll", out);
	for (unsigned i = 0; i < teller->lanes_count; i++)
		fprintf(out, "<th class=\"c%u\">%" PRIu32, i, teller->lanes[i]);
	fprintf(out, "<th class=\"t\">columns: %s</tr></thead>\n<tbody>\n", teller->by_host ? "hosts" : "tasks");
	report_tell(teller, 0, put_row);
	fputs("</tbody></table>\n", out);
}

void report_story_html(FILE *out, const struct report_story *story, const struct fm_sim_scenario *scenario,
		       const struct fm_sim_result *result, const char *report, bool all)
{
	struct report_teller *teller = report_teller_new(out, story, result->failure.task, all);

	report_html_open(out, scenario->name);
	fprintf(out, "<style>%s", style);
	for (unsigned i = 0; i < REPORT_LANES_MAX; i++)
		fprintf(out, ".c%u{background:hsl(%u 60%% 50%% / .18)}", i, hue(i));
	fprintf(out, "</style>\n<pre%s>", result->verdict == FM_SIM_PASSED ? " class=\"held\"" : "");
	report_html_text(out, report);
	fputs("</pre>\n<p>+ spawned, * polled, > sent into a channel, &lt; received from one, ! struck or failed, x ended, . alive\n", out);
	if (story->forgotten)
		fprintf(out, "<p>The first %zu events are forgotten.\n", story->forgotten);
	if (story->count == 0)
		fputs("<p>The process ended with no story told.\n", out);
	if (teller)
		put_table(teller);
	free(teller);
	report_html_close(out);
}
