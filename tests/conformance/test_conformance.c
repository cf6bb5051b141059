/*
 * Every program, in both worlds: the plain run of the simulator must say what Linux says, and so must runs
 * of many seeds, where what the program says does not depend on order. The same seed twice gives the same
 * hash.
 */
#include "conformance.h"
#include "suite.h"

#include <fm_sim/scenario.h>

#include <stdio.h>
#include <stdlib.h>

#define SEEDS_DEFAULT 24 /* FERMATA_CONFORMANCE_SEEDS says otherwise */
#define LIMIT_S 120 /* for a machine under load; a program takes 0.1 s, the slowest 1.2 s */

static const struct program *const tables[] = {
	end_programs,	reset_programs,	 connect_programs, listener_programs, flow_programs,
	close_programs, cancel_programs, signal_programs,  timer_programs,
};

static int programs_count(void)
{
	int count = 0;

	for (size_t t = 0; t < FM_COUNT_OF(tables); t++)
		for (const struct program *program = tables[t]; program->name; program++)
			count++;
	return count;
}

static const struct program *program_at(int index)
{
	for (size_t t = 0; t < FM_COUNT_OF(tables); t++)
		for (const struct program *program = tables[t]; program->name; program++)
			if (index-- == 0)
				return program;
	return NULL;
}

static unsigned long seeds(void)
{
	const char *wanted = getenv("FERMATA_CONFORMANCE_SEEDS");

	return wanted ? strtoul(wanted, NULL, 10) : SEEDS_DEFAULT;
}

static struct stage *on_linux;
static struct stage *simulated;

static void fixture_setup(void)
{
	on_linux = calloc(1, sizeof(*on_linux));
	simulated = calloc(1, sizeof(*simulated));
	ck_assert(on_linux && simulated);
}

static void fixture_teardown(void)
{
	free(on_linux);
	free(simulated);
}

static void compare(const struct program *program, const struct sim_way *way)
{
	static const char *const how[] = { "in order", "at random" };
	uint64_t hash;
	uint64_t again;

	run_simulated(simulated, program, way, &hash);
	if (strcmp(on_linux->text, simulated->text) != 0)
		ck_abort_msg("%s, simulated %s, seed %llu, faults %u:\n--- on Linux\n%s--- simulated\n%s",
			     program->name, how[way->random], (unsigned long long)way->seed, way->faults,
			     on_linux->text, simulated->text);
	run_simulated(simulated, program, way, &again);
	ck_assert_msg(hash == again, "%s: two hashes for seed %llu", program->name,
		      (unsigned long long)way->seed);
}

START_TEST(same_in_both_worlds)
{
	const struct program *program = program_at(_i);
	struct sim_way way = { .random = false };
	int runs = 1;

	run_on_linux(on_linux, program);
	ck_assert_msg(strstr(on_linux->text, "ended: FM_OK\nrun: FM_OK\n") != NULL, "%s does not end:\n%s",
		      program->name, on_linux->text);
	compare(program, &way);
	for (way.seed = 1; way.seed <= seeds() && (program->flags & ANY_ORDER); way.seed++) {
		way.random = true;
		way.faults = 0;
		compare(program, &way);
		way.faults = FM_SIM_FAULTS_STREAM | FM_SIM_FAULT_WAKE;
		compare(program, &way);
		runs += 2;
	}
	printf("conformance: %-45s same on Linux and in %2d simulated runs\n", program->name, runs);
	fflush(stdout);
}
END_TEST

Suite *suite(void)
{
	Suite *all = suite_create("conformance");
	TCase *programs = tcase_create("programs");

	tcase_set_timeout(programs, LIMIT_S);
	tcase_add_checked_fixture(programs, fixture_setup, fixture_teardown);
	tcase_add_loop_test(programs, same_in_both_worlds, 0, programs_count());
	suite_add_tcase(all, programs);
	return all;
}
