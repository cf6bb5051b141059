/* Reports as functions: numbers, times, quoting, cutting, and that no text can break JSON or XML. */
#include "reports/bugs.h"
#include "reports/json.h"
#include "reports/junit.h"
#include "reports/text.h"
#include "reports/utf8.h"

#include "suite.h"

#include <fm/async.h>

#include <stdlib.h>
#include <string.h>

static void setup(struct fm_sim *sim, void *state)
{
	(void)sim, (void)state;
}

static const struct fm_sim_scenario scenario = {
	.name = "area/name", .claim = "it holds", .tags = " two  tags ", .deadline_ns = 1, .setup = setup
};

/* A result whose every text is `text`. */
static struct fm_sim_result result_with(const char *text)
{
	struct fm_sim_result result = { .verdict = FM_SIM_FAILED, .hash = 0xabc, .steps = 1234, .virtual_ns = 5 };

	snprintf(result.failure.oracle, sizeof(result.failure.oracle), "%s", text);
	snprintf(result.failure.cause, sizeof(result.failure.cause), "%s", text);
	snprintf(result.failure.text, sizeof(result.failure.text), "%s", text);
	return result;
}

static struct report_scenario failed_with(const struct fm_sim_result *result, const char *output)
{
	return (struct report_scenario){
		.scenario = &scenario,
		.verdict = REPORT_FAILED,
		.runs = 3,
		.failure = { .program = "./a b", .again = "fm1.x", .scenario = &scenario, .seed = 47, .result = result,
			     .output = output },
	};
}

START_TEST(numbers_and_times)
{
	static const struct {
		fm_ns ns;
		const char *text;
	} times[] = { { 0, "0 ns" },	     { 999, "999 ns" },		     { 1500, "1.5 us" },
		      { 340 * FM_US, "340 us" }, { 1999 * FM_US, "1.9 ms" },     { 90 * FM_SEC, "1.5 min" },
		      { 2 * FM_HOUR, "2.0 h" },  { 36 * FM_HOUR, "1.5 d" },	     { FM_NS_MAX, "213503 d" } };
	char out[32];

	ck_assert_str_eq(report_number(out, 0), "0");
	ck_assert_str_eq(report_number(out, 999), "999");
	ck_assert_str_eq(report_number(out, 1000), "1,000");
	ck_assert_str_eq(report_number(out, UINT64_MAX), "18,446,744,073,709,551,615");
	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++)
		ck_assert_str_eq(report_time(out, times[i].ns), times[i].text);
}
END_TEST

START_TEST(a_report_ends_with_the_line_to_paste)
{
	const struct fm_sim_result result = result_with("why");
	const struct report_scenario failed = failed_with(&result, "one\ntwo");
	char buffer[REPORT_TEXT_BYTES];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, &failed.failure);
	ck_assert_str_eq(buffer, "FAILED area/name seed 47\nclaim: it holds\noracle: why\ncause: why\nwhy\n"
				 "after: 1,234 polls, 5 ns of virtual time\nprinted:\n  one\n  two\n"
				 "hash: 0000000000000abc\nreplay: './a b' replay fm1.x\n");
}
END_TEST

START_TEST(a_report_that_does_not_fit_is_cut)
{
	const struct fm_sim_result result = result_with("why");
	const struct report_scenario failed = failed_with(&result, "one\ntwo");
	char buffer[512];
	struct report_text text;

	for (size_t bytes = 1; bytes < 300; bytes++) {
		memset(buffer, '#', sizeof(buffer));
		report_text_init(&text, buffer, bytes);
		report_failure(&text, &failed.failure);
		ck_assert_ptr_nonnull(memchr(buffer, '\0', bytes));
		ck_assert_int_eq(buffer[bytes], '#');
	}
}
END_TEST

START_TEST(words_are_quoted_for_shells)
{
	static const char *const words[][2] = { { "a/b.c-1_", "a/b.c-1_" }, { "", "''" }, { "a b", "'a b'" },
						{ "it's", "'it'\\''s'" },   { "$x", "'$x'" } };
	char buffer[64];
	struct report_text text;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		report_text_init(&text, buffer, sizeof(buffer));
		report_quoted(&text, words[i][0]);
		ck_assert_str_eq(buffer, words[i][1]);
	}
}
END_TEST

START_TEST(utf8)
{
	static const char *const good[] = { "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9d\x84\x90", "\xf4\x8f\xbf\xbf" };
	static const char *const bad[] = { "\x80", "\xc0\xaf", "\xc3", "\xc3x", "\xe0\x80\xaf", "\xed\xa0\x80",
					   "\xe2\x82", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
					   "\xff" };

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_uint_eq(report_utf8_length(good[i]), strlen(good[i]));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_uint_eq(report_utf8_length(bad[i]), 0);
}
END_TEST

/* What a report prints of a failure whose texts are all `text`. */
static char *printed(void (*print)(FILE *out, const struct report_scenario *failed), const char *text)
{
	const struct fm_sim_result result = result_with(text);
	const struct report_scenario failed = failed_with(&result, text);
	char *memory = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&memory, &length);

	print(out, &failed);
	fclose(out);
	return memory;
}

static void print_junit(FILE *out, const struct report_scenario *failed)
{
	const struct report_suite suite = { .program = "prog", .scenarios = failed, .count = 1 };

	report_junit(out, &suite);
}

START_TEST(no_text_breaks_json)
{
	char *line = printed(report_json_scenario, "a\"b\\c\nd\te\x01\x7f\xff\xc3\xa9");

	ck_assert_ptr_nonnull(strstr(line, "\"cause\":\"a\\\"b\\\\c\\nd\\u0009e\\u0001\\u007f\\ufffd\xc3\xa9\""));
	ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	free(line);
}
END_TEST

START_TEST(no_text_breaks_xml)
{
	char *xml = printed(print_junit, "a\"b<c>&\nd\x01\xff]]>");

	ck_assert_ptr_nonnull(strstr(xml, "message=\"a&quot;b&lt;c&gt;&amp;&#10;d&#xFFFD;&#xFFFD;]]&gt;\""));
	ck_assert_ptr_nonnull(strstr(xml, "<testcase classname=\"area\" name=\"name\""));
	ck_assert_ptr_null(strstr(xml, "\x01"));
	free(xml);
}
END_TEST

START_TEST(tags_are_a_list)
{
	char *memory = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&memory, &length);

	report_json_listed(out, &scenario);
	fclose(out);
	ck_assert_str_eq(memory, "{\"v\":1,\"type\":\"scenario\",\"name\":\"area/name\",\"claim\":\"it holds\","
				 "\"tags\":[\"two\",\"tags\"],\"file\":null}\n");
	free(memory);
}
END_TEST

START_TEST(a_median_is_the_middle_of_twenty)
{
	struct report_medians medians = { .measured = true };

	for (unsigned i = 0; i < REPORT_MEDIAN_OF; i++)
		medians.runs[i] = (i * 7) % REPORT_MEDIAN_OF + 1; /* 1 to 20, in disorder */
	ck_assert_uint_eq(report_median_twice(&medians), 21);
	for (unsigned i = 0; i < REPORT_MEDIAN_OF / 2 - 1; i++)
		medians.runs[i] = UINT64_MAX;
	ck_assert_uint_ne(report_median_twice(&medians), UINT64_MAX);
	medians.runs[0] = UINT64_MAX; /* sorted by now: the smallest */
	ck_assert_uint_eq(report_median_twice(&medians), UINT64_MAX);
}
END_TEST

static bool unknown;

/* What a run needs, from its events. */
static const char *needs_of(const struct fm_sim_event *events, size_t count)
{
	static char buffer[1024];
	struct report_needs needs = { .unknown = unknown };
	struct report_text text;

	for (size_t i = 0; i < count; i++)
		report_needs_add(&needs, &events[i]);
	report_text_init(&text, buffer, sizeof(buffer));
	report_needs(&text, &needs);
	return buffer;
}

START_TEST(needs_are_faults_order_and_values)
{
	static const struct fm_await_site site = { .file = "a.c", .line = 7 };
	const struct fm_sim_event small = { .kind = "draw", .what = "small budget of", .a = 2 };
	const struct fm_sim_event draws[] = {
		{ .kind = "draw", .what = "fault mix", .a = 1 }, { .kind = "draw", .what = "strategy own in", .a = 1 },
		{ .kind = "draw", .what = "ghost poll", .a = 1 }, { .kind = "draw", .what = "schedule", .a = 0 },
		{ .kind = "poll", .what = "poll", .a = 3 },	  { .kind = "fault", .what = "healed" },
		{ .kind = "draw", .what = "select", .a = 2 },	  { .kind = "draw", .what = "random", .a = 2 },
		{ .kind = "draw", .what = "select", .a = 1 },	  { .kind = "draw", .what = "budget", .a = 1 },
	};
	struct fm_sim_event faults[7] = {
		{ .kind = "fault", .what = "cancel", .name = "user", .task = 3, .step = 9, .at_ns = FM_MS, .site = &site },
		{ .kind = "fault", .what = "partition", .a = 1, .b = 2 },
		{ .kind = "draw", .what = "cancel of", .a = 1 },
		{ .kind = "fault", .what = "host crashes", .a = 2 },
	};

	ck_assert_str_eq(needs_of(draws, 6), "needs: nothing but first in, first out\n");
	ck_assert_str_eq(needs_of(draws, 9), "needs: other values of select, random\n");
	unknown = true;
	ck_assert_str_eq(needs_of(draws, 6), "");
	unknown = false;
	ck_assert_str_eq(needs_of(draws, 10), "needs: another order of polls, and other values of select, random\n");
	ck_assert_str_eq(needs_of(&small, 1), "needs: another order of polls\n");
	ck_assert_str_eq(needs_of(faults, 4), "needs: cancel of task #3 'user', poll 9, 1.0 ms, at a.c:7\n"
					      "needs: partition of hosts 1 and 2, poll 0, 0 ns\n"
					      "needs: host crashes, host 2, poll 0, 0 ns\n");
	for (size_t i = 0; i < FM_COUNT_OF(faults); i++)
		faults[i] = (struct fm_sim_event){ .kind = "fault", .what = "no memory", .by = 4 };
	ck_assert_ptr_nonnull(strstr(needs_of(faults, 7), "needs: no memory in task #4, poll 0, 0 ns\nneeds: 3 faults more\n"));
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("reports");
	TCase *all = tcase_create("reports");

	tcase_add_test(all, numbers_and_times);
	tcase_add_test(all, a_report_ends_with_the_line_to_paste);
	tcase_add_test(all, a_report_that_does_not_fit_is_cut);
	tcase_add_test(all, words_are_quoted_for_shells);
	tcase_add_test(all, utf8);
	tcase_add_test(all, no_text_breaks_json);
	tcase_add_test(all, no_text_breaks_xml);
	tcase_add_test(all, tags_are_a_list);
	tcase_add_test(all, a_median_is_the_middle_of_twenty);
	tcase_add_test(all, needs_are_faults_order_and_values);
	suite_add_tcase(suite, all);
	return suite;
}
