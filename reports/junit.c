/*
 * One test suite, one test case a scenario; the case's class is the scenario's area. A broken claim is a failure, what
 * is not deterministic is an error, what did not run or not to its end is skipped. XML has no way to say most control
 * characters, nor bytes that are no UTF-8: they become U+FFFD.
 */
#include "junit.h"
#include "text.h"
#include "utf8.h"

#include <inttypes.h>
#include <string.h>

static void escaped(FILE *out, const char *text)
{
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t length = report_utf8_length(text);

		if (length == 0 || (c < 0x20 && c != '\n' && c != '\t'))
			fputs("&#xFFFD;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c == '\n')
			fputs("&#10;", out);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
}

static void attribute(FILE *out, const char *name, const char *text)
{
	fprintf(out, " %s=\"", name);
	escaped(out, text);
	putc('"', out);
}

static void seconds(FILE *out, fm_ns length_ns)
{
	fprintf(out, " time=\"%" PRIu64 ".%06" PRIu64 "\"", length_ns / FM_SEC, length_ns % FM_SEC / FM_US);
}

static void content(FILE *out, const struct report_failure *failure)
{
	static char buffer[REPORT_TEXT_BYTES];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, failure);
	escaped(out, buffer);
}

/* One element whatever the number of kinds: servers show but the first. */
static void trouble(FILE *out, const char *element, const struct report_scenario *scenario)
{
	const struct report_failure *failure = &scenario->failure;

	fprintf(out, "\t\t\t<%s", element);
	if (failure->difference) {
		attribute(out, "type", "not deterministic");
		attribute(out, "message", failure->difference->kind);
	} else {
		attribute(out, "type", failure->result->failure.oracle);
		attribute(out, "message", failure->result->failure.cause);
	}
	putc('>', out);
	content(out, failure);
	for (size_t i = 1; i < scenario->groups_count; i++)
		content(out, &scenario->groups[i].failure);
	fprintf(out, "</%s>\n", element);
}

static void test_case(FILE *out, const struct report_scenario *scenario)
{
	const char *name = scenario->scenario->name;
	const char *slash = strchr(name, '/');
	char area[128] = "";

	if (slash)
		snprintf(area, sizeof(area), "%.*s", (int)(slash - name), name);
	fputs("\t\t<testcase", out);
	attribute(out, "classname", area);
	attribute(out, "name", slash ? slash + 1 : name);
	seconds(out, scenario->busy_ns);
	if (scenario->verdict == REPORT_PASSED) {
		fputs("/>\n", out);
		return;
	}
	fputs(">\n", out);
	if (scenario->verdict == REPORT_FAILED)
		trouble(out, "failure", scenario);
	else if (scenario->verdict == REPORT_UNDETERMINED)
		trouble(out, "error", scenario);
	else
		fprintf(out, "\t\t\t<skipped message=\"%s\"/>\n", report_verdict_name(scenario->verdict));
	fputs("\t\t</testcase>\n", out);
}

static void counts(FILE *out, const struct report_suite *suite)
{
	fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"", suite->count,
		report_count(suite, REPORT_FAILED), report_count(suite, REPORT_UNDETERMINED),
		report_count(suite, REPORT_INCOMPLETE) + report_count(suite, REPORT_NOT_RUN));
	seconds(out, suite->real_ns);
}

void report_junit(FILE *out, const struct report_suite *suite)
{
	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	counts(out, suite);
	fputs(">\n\t<testsuite", out);
	attribute(out, "name", suite->program);
	counts(out, suite);
	fputs(">\n", out);
	for (size_t i = 0; i < suite->count; i++)
		test_case(out, &suite->scenarios[i]);
	fputs("\t</testsuite>\n</testsuites>\n", out);
}
