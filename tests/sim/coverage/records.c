/*
 * What `run --coverage` writes is read back as it was, merged and printed; what is no such file is refused with a
 * sentence, whatever it holds.
 */
#include "records.h"

#include "reports/coverage.h"
#include "reports/json_read.h"

#include <stdlib.h>
#include <string.h>

static struct report_coverage coverage;

static void open_records(void)
{
	coverage = (struct report_coverage){ 0 };
}

static void close_records(void)
{
	report_coverage_free(&coverage);
}

static void add(const char *file, unsigned line, unsigned ordinal, const char *what, unsigned kind,
		uint64_t times)
{
	const struct fm_sim_site site = { file, what, line, ordinal };
	uint64_t counts[FM_SIM_COVERS] = { 0 };

	counts[kind] = times;
	ck_assert(report_coverage_add(&coverage, &site, counts));
}

/* What a printer writes, as a string that the next call frees. */
static char *printed(void (*print)(FILE *out, const struct report_coverage *coverage))
{
	static char *text;
	size_t length;
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &length);
	print(out, &coverage);
	fclose(out);
	return text;
}

/* All lines of a file; the first sentence of trouble. */
static const char *read_all(const char *text)
{
	const char *fault = NULL;
	char *copy = strdup(text), *rest = copy;

	for (char *line = strsep(&rest, "\n"); line && *line && !fault; line = strsep(&rest, "\n"))
		fault = report_coverage_line(&coverage, line);
	free(copy);
	return fault;
}

static const char odd[] = "f(\"<a>\\\t\", x) & \x01 \xc3\xa4 \xf0\x9f\x8e\xb5";

START_TEST(what_is_written_is_read)
{
	char *text;

	add("b.c", 7, 0, odd, FM_SIM_COVER_LAGGED, UINT64_MAX);
	add("a.c", 30, 1, "y", FM_SIM_COVER_READY, 3);
	add("a.c", 30, 0, "x", FM_SIM_COVER_READY, 0);
	coverage.runs = 12;
	report_coverage_merge(&coverage);
	text = strdup(printed(report_coverage_json));
	report_coverage_free(&coverage);
	ck_assert_ptr_null(read_all(text));
	free(text);
	ck_assert_uint_eq(coverage.runs, 12);
	ck_assert_uint_eq(coverage.count, 3);
	ck_assert_str_eq(coverage.sites[0].what, "x");
	ck_assert_str_eq(coverage.sites[1].what, "y");
	ck_assert_uint_eq(coverage.sites[1].ordinal, 1);
	ck_assert_uint_eq(coverage.sites[1].counts[FM_SIM_COVER_READY], 3);
	ck_assert_str_eq(coverage.sites[2].what, odd);
	ck_assert_uint_eq(coverage.sites[2].counts[FM_SIM_COVER_LAGGED], UINT64_MAX);
}
END_TEST

START_TEST(the_same_site_adds_up)
{
	struct report_coverage_sums sums;

	add("a.c", 1, 0, "x", FM_SIM_COVER_READY, 3);
	add("a.c", 2, 0, "x", FM_SIM_COVER_READY, 0);
	add("a.c", 1, 0, "x", FM_SIM_COVER_READY, 4);
	add("a.c", 1, 0, "x", FM_SIM_COVER_ERROR, 1);
	add("a.c", 1, 0, "x of another state of the source", FM_SIM_COVER_ERROR, 1);
	add("b.c", 1, 0, "x", FM_SIM_COVER_ERROR, 1);
	report_coverage_merge(&coverage);
	ck_assert_uint_eq(coverage.count, 4);
	ck_assert_uint_eq(coverage.sites[0].counts[FM_SIM_COVER_READY], 7);
	ck_assert_uint_eq(coverage.sites[0].counts[FM_SIM_COVER_ERROR], 1);
	ck_assert_uint_eq(report_coverage_file_end(&coverage, 0), 3);
	sums = report_coverage_sum(&coverage, 0, 3);
	ck_assert_uint_eq(sums.sites, 3);
	ck_assert_uint_eq(sums.reached, 2);
	ck_assert_uint_eq(sums.kinds[FM_SIM_COVER_ERROR], 2);
	ck_assert_uint_eq(sums.kinds[FM_SIM_COVER_SPURIOUS], 0);
}
END_TEST

START_TEST(nothing_is_nothing)
{
	report_coverage_merge(&coverage);
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_text), "0 of 0 reached (0%) in 0 runs"));
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_html), "</html>"));
}
END_TEST

START_TEST(pages_and_texts_say_what_was_never_reached)
{
	add("a.c", 1, 0, odd, FM_SIM_COVER_READY, 0);
	add("a.c", 2, 0, "x", FM_SIM_COVER_WAITED, 1234567);
	report_coverage_merge(&coverage);
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_text), "never reached  a.c:1: f("));
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_text), "1,234,567"));
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_text), "   1 of    2  a.c\n"));
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_html), "class=\"never\"><td>1<"));
	ck_assert_ptr_nonnull(strstr(printed(report_coverage_html), "f(&quot;&lt;a&gt;\\"));
	ck_assert_ptr_null(strstr(printed(report_coverage_html), "\x01"));
	ck_assert_ptr_null(strstr(printed(report_coverage_html), "<a>"));
}
END_TEST

static const struct {
	const char *line;
	const char *fault; /* a part of it; NULL: none */
} lines[] = {
	{ "{\"v\":1,\"type\":\"site\",\"file\":\"a\",\"line\":1,\"ordinal\":0,\"what\":\"x\",\"ready\":1,\"waited\":2,"
	  "\"cancelled\":3,\"spurious\":4,\"timeout\":5,\"lagged\":6,\"error\":7}",
	  NULL },
	{ " { \"v\" : 1 , \"type\" : \"coverage\" , \"runs\" : 5 , \"new\" : [ { \"a\" : \"]\" } , null ] , \"x\":{} } ",
	  NULL },
	{ "{\"v\":1,\"type\":\"of a later version\"}", NULL },
	{ "{\"v\":2,\"type\":\"coverage\"}", "another version" },
	{ "{\"v\":\"1\",\"type\":\"coverage\"}", "\"v\" or \"type\" is missing" },
	{ "{\"v\":1,\"type\":7}", "\"v\" or \"type\" is missing" },
	{ "{\"v\":1}", "is missing" },
	{ "", "no JSON" },
	{ "{", "no JSON" },
	{ "{}", "no JSON" },
	{ "[]", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\"", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\\", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\\u12", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\\x\"}", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\",\"a\":[[}", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\",\"a\":[\"}", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\",}", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\",\"a\"}", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\"} x", "no JSON" },
	{ "{\"v\":1,\"type\":\"coverage\"}}", "no JSON" },
	{ "{\"v\":1 2,\"type\":\"coverage\"}", "no JSON" },
	{ "{\"v\":1,\"type\":\"site\",\"file\":\"a\",\"line\":1,\"what\":\"x\"}", "a site without" },
	{ "{\"v\":1,\"type\":\"site\",\"file\":\"a\",\"line\":1,\"ordinal\":0,\"what\":\"x\",\"ready\":1}",
	  "one of its counts" },
	{ "{\"v\":1,\"type\":\"site\",\"file\":\"a\",\"line\":-1,\"ordinal\":0,\"what\":\"x\"}",
	  "a site without" },
	{ "{\"v\":1,\"type\":\"site\",\"file\":null,\"line\":1,\"ordinal\":0,\"what\":\"x\"}",
	  "a site without" },
	{ "{\"v\":1,\"type\":\"start\"}", "it holds results" },
};

START_TEST(lines_are_read_strictly)
{
	/* Of its very length, so that a sanitizer sees who reads beyond it. */
	char *line = strdup(lines[_i].line);
	const char *fault = report_coverage_line(&coverage, line);

	if (lines[_i].fault)
		ck_assert_msg(fault && strstr(fault, lines[_i].fault), "%s: %s", lines[_i].line,
			      fault ? fault : "taken");
	else
		ck_assert_msg(!fault, "%s: %s", lines[_i].line, fault);
	free(line);
}
END_TEST

START_TEST(every_cut_of_a_line_is_refused)
{
	for (size_t length = 0; length < strlen(lines[0].line); length++) {
		char *line = strndup(lines[0].line, length);

		ck_assert_msg(report_coverage_line(&coverage, line) != NULL, "taken: %.*s", (int)length,
			      lines[0].line);
		free(line);
	}
	ck_assert_uint_eq(coverage.count, 0);
}
END_TEST

START_TEST(characters_by_number)
{
	struct report_json object;
	char line[] =
		"{\"v\":1,\"type\":\"\\u0041\\u00e4\\u20AC\\ud83c\\udfb5|\\ud83c|\\udfb5\\u0000\\n\\/\",\"big\":18446744073709551616}";
	uint64_t number;

	ck_assert_ptr_null(report_json_parse(&object, line));
	ck_assert_str_eq(report_json_string_of(&object, "type"),
			 "A\xc3\xa4\xe2\x82\xac\xf0\x9f\x8e\xb5|\xef\xbf\xbd|\xef\xbf\xbd\xef\xbf\xbd\n/");
	ck_assert(!report_json_number_of(&object, "big", &number));
	ck_assert(!report_json_number_of(&object, "type", &number));
	ck_assert(!report_json_flag_of(&object, "type"));
	ck_assert_ptr_null(report_json_string_of(&object, "v"));
}
END_TEST

TCase *records_case(void)
{
	TCase *tests = tcase_create("records");

	tcase_add_checked_fixture(tests, open_records, close_records);
	tcase_add_test(tests, what_is_written_is_read);
	tcase_add_test(tests, the_same_site_adds_up);
	tcase_add_test(tests, nothing_is_nothing);
	tcase_add_test(tests, pages_and_texts_say_what_was_never_reached);
	tcase_add_loop_test(tests, lines_are_read_strictly, 0, FM_COUNT_OF(lines));
	tcase_add_test(tests, every_cut_of_a_line_is_refused);
	tcase_add_test(tests, characters_by_number);
	return tests;
}
