/* Probes count, are gathered without doubles, and what is taken is taken once. FM_ALWAYS is the same through either header. */
#include "shards.h"
#include "shared.h"
#include "suite.h"

#include <fm/panic.h>
#include <fm_sim/probes.h>

#include <stdlib.h>
#include <string.h>

static struct fm_sim_probe_count *counts;

static void open_counts(void)
{
	const struct fm_sim_probe *probes;

	counts = calloc(fm_sim_probes(&probes), sizeof(*counts));
	fm_sim_probes_take(NULL);
}

static void close_counts(void)
{
	free(counts);
}

static size_t number_of(const char *claim)
{
	const struct fm_sim_probe *probes;
	const size_t count = fm_sim_probes(&probes);

	for (size_t i = 0; i < count; i++)
		if (strcmp(probes[i].claim, claim) == 0)
			return i;
	ck_abort_msg("no probe '%s'", claim);
}

static void is(const char *claim, enum fm_probe_kind kind, uint64_t hits, uint64_t misses)
{
	const struct fm_sim_probe *probes;
	const size_t number = number_of(claim);

	fm_sim_probes(&probes);
	ck_assert_int_eq(probes[number].kind, kind);
	ck_assert_ptr_nonnull(strstr(probes[number].file, "probes"));
	ck_assert_uint_gt(probes[number].line, 0);
	ck_assert_uint_eq(counts[number].hits, hits);
	ck_assert_uint_eq(counts[number].misses, misses);
}

static void come_by(int n)
{
	FM_ALWAYS(n < 100, "n is below a hundred");
	FM_SOMETIMES(n > 5, "n is above five");
	if (n == 1000)
		FM_REACHABLE("n is a thousand");
	if (n == 7)
		FM_REACHABLE("n is seven");
}

START_TEST(each_kind_counts)
{
	for (int n = 0; n < 10; n++)
		come_by(n);
	fm_sim_probes_take(counts);
	is("n is below a hundred", FM_PROBE_ALWAYS, 10, 0);
	is("n is above five", FM_PROBE_SOMETIMES, 4, 6);
	is("n is a thousand", FM_PROBE_REACHABLE, 0, 0);
	is("n is seven", FM_PROBE_REACHABLE, 1, 0);
}
END_TEST

START_TEST(what_was_taken_is_gone)
{
	come_by(7);
	fm_sim_probes_take(counts);
	fm_sim_probes_take(counts);
	is("n is seven", FM_PROBE_REACHABLE, 1, 0);
	come_by(7);
	fm_sim_probes_take(NULL);
	fm_sim_probes_take(counts);
	is("n is seven", FM_PROBE_REACHABLE, 1, 0);
}
END_TEST

START_TEST(a_probe_of_a_header_is_one)
{
	const struct fm_sim_probe *probes;
	const size_t count = fm_sim_probes(&probes);
	unsigned shared = 0;

	come_by_header();
	come_by_elsewhere();
	fm_sim_probes_take(counts);
	is("the header's probe is reached", FM_PROBE_REACHABLE, 2, 0);
	for (size_t i = 0; i < count; i++)
		shared += strcmp(probes[i].claim, "the header's probe is reached") == 0;
	ck_assert_uint_eq(shared, 1);
}
END_TEST

START_TEST(probes_are_sorted_by_place)
{
	const struct fm_sim_probe *probes;
	const size_t count = fm_sim_probes(&probes);

	for (size_t i = 1; i < count; i++) {
		const int file = strcmp(probes[i - 1].file, probes[i].file);

		ck_assert(file < 0 || (file == 0 && probes[i - 1].line <= probes[i].line));
	}
}
END_TEST

START_TEST(kinds_have_names)
{
	ck_assert_str_eq(fm_sim_probe_kind_name(FM_PROBE_ALWAYS), "always");
	ck_assert_str_eq(fm_sim_probe_kind_name(FM_PROBE_SOMETIMES), "sometimes");
	ck_assert_str_eq(fm_sim_probe_kind_name(FM_PROBE_REACHABLE), "reachable");
	ck_assert_ptr_null(fm_sim_probe_kind_name(3));
}
END_TEST

Suite *suite(void)
{
	Suite *all = suite_create("sim/probes");
	TCase *tests = tcase_create("probes");

	tcase_add_checked_fixture(tests, open_counts, close_counts);
	tcase_add_test(tests, each_kind_counts);
	tcase_add_test(tests, what_was_taken_is_gone);
	tcase_add_test(tests, a_probe_of_a_header_is_one);
	tcase_add_test(tests, probes_are_sorted_by_place);
	tcase_add_test(tests, kinds_have_names);
	suite_add_tcase(all, tests);
	suite_add_tcase(all, shards_case());
	return all;
}
