/* Shards merge: runs and probes add up, the worst verdict stays, the first failure is told, a shard cut short is noticed. */
#include "shards.h"

#include "reports/merged.h"

#include <stdlib.h>
#include <string.h>

static struct report_merged merged;

static void open_shards(void)
{
	merged = (struct report_merged){ 0 };
}

static void close_shards(void)
{
	report_merged_free(&merged);
}

static const char *take(const char *text)
{
	char *line = strdup(text);
	const char *fault = report_merged_line(&merged, line);

	free(line);
	return fault;
}

#define TAKE(text) ck_assert_ptr_null(take(text))
#define START "{\"v\":1,\"type\":\"start\",\"program\":\"./it\"}"
#define END "{\"v\":1,\"type\":\"end\",\"status\":0}"
#define RESULT(name, verdict, runs, more)                                                                  \
	"{\"v\":1,\"type\":\"result\",\"name\":\"" name "\",\"claim\":\"it holds\",\"verdict\":\"" verdict \
	"\",\"runs\":" runs                                                                                \
	",\"rechecked\":1,\"distinct\":1,\"polls\":10,\"virtual_ns\":5,\"busy_ns\":7" more "}"
#define PROBE(kind, claim, hits, part)                                         \
	"{\"v\":1,\"type\":\"probe\",\"kind\":\"" kind "\",\"claim\":\"" claim \
	"\",\"file\":\"a.c\",\"line\":3,\"hits\":" hits ",\"misses\":1,\"took_part\":" part "}"

static void shard(const char *one, const char *other)
{
	TAKE(START);
	TAKE(one);
	TAKE(other);
	TAKE(END);
	report_merged_end(&merged);
}

static char *printed(void (*print)(FILE *out, const struct report_merged *merged))
{
	static char *text;
	size_t length;
	FILE *out;

	free(text);
	text = NULL;
	out = open_memstream(&text, &length);
	print(out, &merged);
	fclose(out);
	return text;
}

START_TEST(runs_add_up)
{
	shard(RESULT("b", "passed", "100", ""), RESULT("a", "passed", "10", ""));
	shard(RESULT("a", "passed", "30", ""), RESULT("c", "not run", "0", ""));
	report_merged_sort(&merged);
	ck_assert_uint_eq(merged.count, 3);
	ck_assert_str_eq(merged.scenarios[0].name, "a");
	ck_assert_uint_eq(merged.scenarios[0].runs, 40);
	ck_assert_uint_eq(merged.scenarios[0].polls, 20);
	ck_assert_uint_eq(merged.scenarios[0].virtual_ns, 10);
	ck_assert_uint_eq(report_merged_count(&merged, REPORT_PASSED), 2);
	ck_assert_int_eq(report_merged_verdict(&merged.scenarios[2]), REPORT_NOT_RUN);
	ck_assert_uint_eq(merged.shards, 2);
	ck_assert_uint_eq(merged.unended, 0);
}
END_TEST

START_TEST(the_worst_verdict_stays)
{
	static const char undetermined[] =
		RESULT("a", "not deterministic", "1", ",\"token\":\"t0\",\"kind\":\"two hashes\"");
	static const char failed[] = RESULT("a", "failed", "1",
					    ",\"token\":\"t1\",\"oracle\":\"claim\",\"cause\":\"<x>\","
					    "\"file\":\"f.c\",\"line\":9");

	shard(RESULT("a", "passed", "10", ""), RESULT("b", "passed", "1", ""));
	shard(undetermined, RESULT("b", "not run", "0", ""));
	ck_assert_int_eq(report_merged_verdict(&merged.scenarios[0]), REPORT_UNDETERMINED);
	ck_assert_int_eq(report_merged_verdict(&merged.scenarios[1]), REPORT_INCOMPLETE);
	ck_assert_ptr_nonnull(strstr(printed(report_merged_text),
				     "NOT DETERMINISTIC a\ncause: two hashes\nreplay: ./it replay t0\n"));
	shard(failed, RESULT("b", "passed", "1", ""));
	shard(RESULT("a", "failed", "1", ",\"token\":\"t2\""), undetermined);
	ck_assert_int_eq(report_merged_verdict(&merged.scenarios[0]), REPORT_FAILED);
	ck_assert_ptr_nonnull(
		strstr(printed(report_merged_text),
		       "FAILED a\noracle: claim\nat: f.c:9\ncause: <x>\nreplay: ./it replay t1\n"));
	ck_assert_ptr_nonnull(strstr(printed(report_merged_html), "&lt;x&gt;"));
	ck_assert_ptr_nonnull(strstr(printed(report_merged_html), "./it replay t1"));
}
END_TEST

START_TEST(probes_are_judged_over_all)
{
	shard(PROBE("sometimes", "s", "0", "true"), PROBE("reachable", "r", "0", "false"));
	ck_assert_uint_eq(report_probes_missed(merged.probes, merged.probes_count), 1);
	shard(PROBE("sometimes", "s", "2", "true"), PROBE("reachable", "r", "0", "true"));
	report_merged_sort(&merged);
	ck_assert_uint_eq(merged.probes_count, 2);
	ck_assert_uint_eq(report_probes_missed(merged.probes, merged.probes_count), 1);
	ck_assert(report_probe_missed(&merged.probes[1]));
	ck_assert_ptr_nonnull(strstr(
		printed(report_merged_text),
		"probe never hit: reachable \"r\" at a.c:3 (looked at 2 times)\nprobes: 1 hit, 1 never hit\n"));
	shard(PROBE("reachable", "r", "1", "true"), PROBE("always", "a", "0", "true"));
	ck_assert_uint_eq(report_probes_missed(merged.probes, merged.probes_count), 0);
	ck_assert_ptr_nonnull(strstr(printed(report_merged_text),
				     "probes: 2 hit, 0 never hit, 1 always never looked at\n"));
}
END_TEST

START_TEST(a_shard_cut_short_is_noticed)
{
	TAKE(START);
	TAKE(RESULT("a", "passed", "1", ""));
	report_merged_end(&merged);
	ck_assert_uint_eq(merged.unended, 1);
	TAKE(START);
	TAKE(START); /* two results in one file */
	TAKE(END);
	report_merged_end(&merged);
	ck_assert_uint_eq(merged.unended, 2);
	ck_assert_uint_eq(merged.shards, 3);
}
END_TEST

START_TEST(what_is_no_result_is_refused)
{
	ck_assert_ptr_nonnull(take(END));
	TAKE(START);
	ck_assert_ptr_nonnull(take(RESULT("a", "splendid", "1", "")));
	ck_assert_ptr_nonnull(take(RESULT("a", "passed", "-1", "")));
	ck_assert_ptr_nonnull(take("{\"v\":1,\"type\":\"result\",\"name\":\"a\"}"));
	ck_assert_ptr_nonnull(take(PROBE("never", "a", "1", "true")));
	ck_assert_ptr_nonnull(take(PROBE("always", "a", "null", "true")));
	TAKE("{\"v\":1,\"type\":\"of a later version\"}");
	ck_assert_uint_eq(merged.count, 0);
	ck_assert_uint_eq(merged.probes_count, 0);
}
END_TEST

TCase *shards_case(void)
{
	TCase *tests = tcase_create("shards");

	tcase_add_checked_fixture(tests, open_shards, close_shards);
	tcase_add_test(tests, runs_add_up);
	tcase_add_test(tests, the_worst_verdict_stays);
	tcase_add_test(tests, probes_are_judged_over_all);
	tcase_add_test(tests, a_shard_cut_short_is_noticed);
	tcase_add_test(tests, what_is_no_result_is_refused);
	return tests;
}
