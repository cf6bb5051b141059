/* Strategies against calculation: a wrong probability, an unfair end, or a run that is no function of its seed fails here. */
#include "suite.h"

#include "programs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RUNS 20000
#define SIGMAS 5.0

static struct fm_sim_result result;

/* Points and no other fault. */
static uint64_t only_points(void)
{
	unsigned number = 0;

	while (strcmp(fm_sim_fault_name(number), "yield") != 0)
		number++;
	return ~((uint64_t)1 << number);
}

static double frequency(const struct fm_sim_scenario *scenario, struct fm_sim_options options)
{
	unsigned failures = 0;

	options.profile = only_points();
	for (options.seed = 0; options.seed < RUNS; options.seed++) {
		fm_sim_run(scenario, &options, &result);
		failures += result.verdict == FM_SIM_FAILED;
	}
	return (double)failures / RUNS;
}

static double deviation(double p)
{
	return SIGMAS * sqrt(p * (1 - p) / RUNS);
}

START_TEST(random_is_uniform)
{
	memset(order_seen, 0, sizeof(order_seen));
	frequency(&order_program, (struct fm_sim_options){ .strategy = FM_SIM_RANDOM });
	for (unsigned i = 0; i < 6; i++)
		ck_assert_double_le_tol((double)order_seen[i] / RUNS, 1.0 / 6, deviation(1.0 / 6));
	for (unsigned i = 0; i < 6; i++)
		ck_assert_double_ge_tol((double)order_seen[i] / RUNS, 1.0 / 6, deviation(1.0 / 6));
}
END_TEST

START_TEST(fifo_is_one_run)
{
	memset(order_seen, 0, sizeof(order_seen));
	frequency(&order_program, (struct fm_sim_options){ .strategy = FM_SIM_FIFO });
	ck_assert_uint_eq(order_seen[0], RUNS);
}
END_TEST

/* At least 1/(n k^(d-1)): two tasks, six points. */
START_TEST(pct_keeps_its_bound)
{
	static const struct {
		const struct fm_sim_scenario *program;
		unsigned depth;
	} rows[] = { { &depth1_program, 1 }, { &depth2_program, 2 }, { &depth3_program, 3 } };
	double bound = 1.0 / 2;

	for (unsigned i = 0; i < FM_COUNT_OF(rows); i++, bound /= 6) {
		const double measured =
			frequency(rows[i].program, (struct fm_sim_options){
							   .strategy = FM_SIM_PCT, .pct_depth = rows[i].depth, .pct_points = 6 });

		ck_assert_msg(measured >= bound - deviation(bound), "depth %u: %f, and the bound is %f", rows[i].depth,
			      measured, bound);
	}
}
END_TEST

/* A depth too small finds nothing: the depths of the programs are what they are called. */
START_TEST(pct_of_a_lower_depth_is_blind)
{
	ck_assert_double_eq(frequency(&depth2_program, (struct fm_sim_options){ .strategy = FM_SIM_PCT, .pct_depth = 1 }), 0);
	ck_assert_double_eq(frequency(&depth3_program, (struct fm_sim_options){ .strategy = FM_SIM_PCT,
										.pct_depth = 2,
										.pct_points = 6 }),
			    0);
}
END_TEST

/*
 * The bug is there where the task that has its first lock is left before the second, at a rate of s; and the other, if it has
 * not been left before its first operation already, is not left there, at a rate of o: s (1 - o (1 - o)). For s the run draws one of
 * 0, 1, 1, 1, 1, 1/2, 1/2, 1/8, for o one of 0, 0, 1/16, 1/4.
 */
static const double s = (4 + 2 * 0.5 + 0.125) / 8;
static const double o_twice = (1.0 / 16 * 15 / 16 + 1.0 / 4 * 3 / 4) / 4;

START_TEST(shared_is_as_calculated)
{
	const double expected = s * (1 - o_twice);
	const double measured = frequency(&abba_program, (struct fm_sim_options){ .strategy = FM_SIM_SHARED });

	ck_assert_double_le_tol(measured, expected, deviation(expected));
	ck_assert_double_ge_tol(measured, expected, deviation(expected));
}
END_TEST

/* Half of the runs do not look at pads at all. */
START_TEST(pads_cost_shared_nothing)
{
	const double bound = s / 2;

	ck_assert_double_ge_tol(frequency(&padded_program, (struct fm_sim_options){ .strategy = FM_SIM_SHARED }), bound,
				deviation(bound));
}
END_TEST

/* Two tasks of four steps, of 70 interleavings those in which the writer's second and third step and the reader's stand so. */
static double share_of(bool (*is_one)(unsigned w2, unsigned w3, unsigned r2, unsigned r3))
{
	unsigned all = 0, hits = 0;

	for (unsigned order = 0; order < 256; order++) {
		unsigned at[2][4], count[2] = { 0, 0 };

		if (__builtin_popcount(order) != 4)
			continue;
		for (unsigned i = 0; i < 8; i++) {
			const unsigned who = order >> i & 1;

			at[who][count[who]++] = i;
		}
		all++;
		hits += is_one(at[0][1], at[0][2], at[1][1], at[1][2]);
	}
	ck_assert_uint_eq(all, 70);
	return (double)hits / all;
}

static bool sees_0_0(unsigned w2, unsigned w3, unsigned r2, unsigned r3)
{
	return r2 < w2 && r3 < w2 && w2 < w3;
}

static bool sees_1_1(unsigned w2, unsigned w3, unsigned r2, unsigned r3)
{
	return w2 < r2 && r2 < r3 && r3 < w3;
}

static bool sees_1_2(unsigned w2, unsigned w3, unsigned r2, unsigned r3)
{
	return w2 < r2 && r2 < w3 && w3 < r3;
}

START_TEST(surw_is_uniform_over_interleavings)
{
	static const struct {
		const struct fm_sim_scenario *program;
		bool (*is_one)(unsigned w2, unsigned w3, unsigned r2, unsigned r3);
	} rows[] = { { &depth1_program, sees_0_0 }, { &depth2_program, sees_1_1 }, { &depth3_program, sees_1_2 } };

	for (unsigned i = 0; i < FM_COUNT_OF(rows); i++) {
		const double expected = share_of(rows[i].is_one);
		const double measured = frequency(rows[i].program, (struct fm_sim_options){ .strategy = FM_SIM_SURW,
											     .surw_every_point = true });

		ck_assert_msg(fabs(measured - expected) <= deviation(expected), "depth %u: %f and not %f", i + 1, measured,
			      expected);
	}
}
END_TEST

/* Its members' shares: 14 of 16. */
/*
 * The m-th event of one task comes before the n-th of another where the least priority of the first n of the other is below the least of
 * the first m of the one. The accesses of the programs are the second and third events of four: both reads before the writer where the
 * least of w0 w1 r0 r1 r2 is a w, 2/5; both between the writes where w2 is the least of six and the least of w0 w1 r0 r1 an r, 1/12; one
 * after each where r2 is the least, w2 the next, and the least of those four an r, 1/60.
 */
START_TEST(pos_is_as_calculated)
{
	const struct {
		const struct fm_sim_scenario *program;
		double expected;
	} rows[] = { { &depth1_program, 2.0 / 5 }, { &depth2_program, 1.0 / 12 }, { &depth3_program, 1.0 / 60 } };

	for (unsigned i = 0; i < FM_COUNT_OF(rows); i++) {
		const double measured = frequency(rows[i].program, (struct fm_sim_options){ .strategy = FM_SIM_POS,
											     .surw_every_point = true });

		ck_assert_msg(fabs(measured - rows[i].expected) <= deviation(rows[i].expected), "program %u: %f, not %f", i,
			      measured, rows[i].expected);
	}
}
END_TEST

START_TEST(portfolio_has_what_its_members_have)
{
	const double bound = 14.0 / 16 * s / 2;

	ck_assert_double_ge_tol(frequency(&padded_program, (struct fm_sim_options){ .strategy = FM_SIM_PORTFOLIO }), bound,
				deviation(bound));
}
END_TEST

/* Before, pct lets one pair play alone. */
START_TEST(every_end_is_fair)
{
	const double polls = (FAIR_TO - FAIR_FROM) * 10;
	const double tolerance = SIGMAS * sqrt(polls / 4);

	for (unsigned strategy = 0; strategy < FM_SIM_STRATEGIES; strategy++) {
		struct fm_sim_options options = { .strategy = (enum fm_sim_strategy)strategy, .profile = only_points() };

		if (strategy == FM_SIM_FIFO || strategy == FM_SIM_EXPLORE)
			continue;
		fm_sim_run(&rally_program, &options, &result); /* surw makes a trial first, which is the plain run */
		memset(fair_polls, 0, sizeof(fair_polls));
		for (options.seed = 0; options.seed < 10; options.seed++)
			fm_sim_run(&rally_program, &options, &result);
		ck_assert_double_ge(fair_polls[0] + fair_polls[1], polls - 40); /* a player's first poll plays nothing */
		ck_assert_msg(fabs(fair_polls[0] - polls / 2) <= tolerance, "%s: %u of %.0f polls for one of two pairs",
			      fm_sim_strategy_name(strategy), fair_polls[0], polls);
	}
}
END_TEST

static uint64_t hash_of(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options)
{
	fm_sim_run(scenario, options, &result);
	ck_assert_int_ne(result.verdict, FM_SIM_DIVERGED);
	return result.hash;
}

/* The same from the seed again, with other addresses, and from its tape. */
START_TEST(a_run_is_a_function_of_its_seed)
{
	static const struct fm_sim_scenario *const programs[] = { &order_program, &depth3_program, &abba_program,
								  &padded_program };

	for (unsigned strategy = 0; strategy < FM_SIM_STRATEGIES; strategy++) {
		for (unsigned i = 0; i < FM_COUNT_OF(programs) * 100; i++) {
			const struct fm_sim_scenario *program = programs[i % FM_COUNT_OF(programs)];
			struct fm_sim_options options = { .seed = i, .strategy = (enum fm_sim_strategy)strategy };
			struct fm_sim_tape tape = { 0 };
			uint64_t hash;

			options.record = &tape;
			hash = hash_of(program, &options);
			options.record = NULL;
			options.salt = 0x5a17 + i;
			ck_assert_uint_eq(hash_of(program, &options), hash);
			options.replay = &tape;
			ck_assert_uint_eq(hash_of(program, &options), hash);
			free(tape.records);
		}
	}
}
END_TEST

/* Without yields there are no points, whatever the strategy: the bug, which needs one, is not found. */
START_TEST(a_profile_can_do_without_points)
{
	for (unsigned strategy = 0; strategy < FM_SIM_STRATEGIES; strategy++) {
		for (uint64_t seed = 0; seed < 1000; seed++) {
			fm_sim_run(&abba_program,
				   &(struct fm_sim_options){ .seed = seed,
							     .strategy = (enum fm_sim_strategy)strategy,
							     .profile = FM_SIM_PROFILE_NONE },
				   &result);
			ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
		}
	}
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("strategies");
	TCase *tests = tcase_create("strategies");

	tcase_set_timeout(tests, 120);
	tcase_add_test(tests, random_is_uniform);
	tcase_add_test(tests, fifo_is_one_run);
	tcase_add_test(tests, pct_keeps_its_bound);
	tcase_add_test(tests, pct_of_a_lower_depth_is_blind);
	tcase_add_test(tests, shared_is_as_calculated);
	tcase_add_test(tests, pads_cost_shared_nothing);
	tcase_add_test(tests, surw_is_uniform_over_interleavings);
	tcase_add_test(tests, pos_is_as_calculated);
	tcase_add_test(tests, portfolio_has_what_its_members_have);
	tcase_add_test(tests, every_end_is_fair);
	tcase_add_test(tests, a_run_is_a_function_of_its_seed);
	tcase_add_test(tests, a_profile_can_do_without_points);
	suite_add_tcase(made, tests);
	return made;
}
