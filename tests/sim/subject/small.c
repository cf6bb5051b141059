/*
 * All small programs of a subject: how many there are by calculation, each once whatever its tasks are called, each under all
 * schedules; what they draw replays; the planted turnstile is found out, and its sound twin is seen whole and not accused.
 */
#include <suite.h>

#include "gate.h"

#include <fm_sim/explore.h>
#include <fm_sim/subject.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS_MAX 100000
#define KEY_BYTES 256

/* A gate as a subject: a future without arguments, and a call that has two. */
static int make(void *gate)
{
	gate_init(gate);
	return FM_OK;
}

static int make_drawn(void *gate)
{
	gate_init(gate);
	return fm_random(3) == 4 ? FM_ERR_IO : FM_OK;
}

static struct fm_future *pass(struct fm_subject_at *at)
{
	return gate_pass_init(at->future, at->thing);
}

static void open_it(struct fm_subject_at *at)
{
	gate_open(at->thing);
}

#define PASS FM_SUBJECT_FUTURE(pass, struct gate_pass)

FM_SUBJECT(plain, "small/plain", "an open gate lets everybody pass") = {
	.thing_bytes = sizeof(struct gate),
	.make = make,
	.operations = { PASS, FM_SUBJECT_CALL(open_it, FM_SUBJECT_ARGUMENTS(1, 2)) },
};

FM_SUBJECT(drawn, "small/drawn", "an open gate lets everybody pass, whatever was drawn as it was made") = {
	.thing_bytes = sizeof(struct gate),
	.make = make_drawn,
	.operations = { PASS, FM_SUBJECT_CALL(open_it, FM_SUBJECT_ARGUMENTS(1, 2)) },
};

FM_SUBJECT(roles, "small/roles", "an open gate lets everybody pass, from either side") = {
	.thing_bytes = sizeof(struct gate),
	.roles = 2,
	.make = make,
	.operations = { PASS, FM_SUBJECT_CALL(open_it, FM_SUBJECT_ARGUMENTS(1, 2)) },
};

FM_SUBJECT(wakers, "small/wakers", "an open gate lets everybody pass, who is woken may open it") = {
	.thing_bytes = sizeof(struct gate),
	.make = make,
	.operations = { PASS, FM_SUBJECT_CALL(open_it, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 2)) },
};

FM_SUBJECT(calls, "small/calls", "a gate may be opened more than once") = {
	.thing_bytes = sizeof(struct gate),
	.make = make,
	.operations = { FM_SUBJECT_CALL(open_it) },
};

static struct fm_sim_result result, again;
static uint64_t hashes[RUNS_MAX];
static char keys[RUNS_MAX][KEY_BYTES];

static const struct fm_sim_scenario *find(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	ck_abort_msg("no scenario %s", name);
}

static int of_hashes(const void *a, const void *b)
{
	const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int of_strings(const void *a, const void *b)
{
	return strcmp(a, b);
}

/*
 * The program on a tape, its tasks sorted with their roles, and what its thing drew: what two that differ in the names of tasks alone have
 * in common.
 */
static void key_of(const struct fm_subject *subject, const struct fm_sim_tape *tape, char *key)
{
	static const char *const fields[] = { "operation ", "argument ", "fate ", "waker ", "waker's call " };
	char tasks[4][64] = { "" };
	unsigned count = 0, used, thing = 0;

	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, tape->records[i].site);
		char *task;

		if (strcmp(site->name, "random") == 0)
			thing = tape->records[i].value;
		if (strcmp(site->name, "operation 1") == 0) {
			ck_assert_uint_lt(count, 4);
			snprintf(tasks[count], sizeof(tasks[0]), "%u", subject->roles ? count % subject->roles : 0);
			count++;
		}
		for (unsigned f = 0; f < FM_COUNT_OF(fields); f++) {
			if (strncmp(site->name, fields[f], strlen(fields[f])) != 0 || (f == 0 && tape->records[i].value == 0))
				continue;
			task = tasks[count - 1];
			used = (unsigned)strlen(task);
			snprintf(task + used, sizeof(tasks[0]) - used, "%c%u", "oafwc"[f], tape->records[i].value);
		}
	}
	qsort(tasks, count, sizeof(tasks[0]), of_strings);
	snprintf(key, KEY_BYTES, "%u", thing);
	for (unsigned t = 0; t < count; t++) {
		used = (unsigned)strlen(key);
		if (strlen(tasks[t]) > 1)
			snprintf(key + used, KEY_BYTES - used, "|%s", tasks[t]);
	}
}

static void replays(const struct fm_sim_scenario *scenario, const struct fm_sim_tape *tape)
{
	fm_sim_run(scenario,
		   &(struct fm_sim_options){ .strategy = FM_SIM_EXPLORE, .profile = fm_sim_explore_profile(), .replay = tape, .salt = 7 },
		   &again);
	ck_assert_str_eq(again.divergence.text, "");
	ck_assert_int_eq(again.verdict, result.verdict);
	ck_assert_uint_eq(again.hash, result.hash);
}

struct seen {
	struct fm_sim_explore_counts counts;
	uint64_t failed;
	uint64_t programs; /* whose tasks are not those of another */
	uint64_t schedules;
	unsigned failed_size; /* of the first that failed */
};

static struct seen explore(const char *name, unsigned size, unsigned operations)
{
	const struct fm_sim_scenario *scenario = find(name);
	struct fm_sim_explore *explore = fm_sim_explore_new(&(struct fm_sim_explore_options){
		.domains = FM_SIM_EXPLORE_DOMAINS_DEFAULT | FM_SIM_EXPLORE_USER,
		.operations_max = operations,
		.size_max = size,
	});
	struct fm_sim_tape tape = { 0 };
	struct seen seen = { .failed = 0 };
	uint64_t runs = 0;

	ck_assert_ptr_nonnull(explore);
	while (fm_sim_explore_next(explore) != FM_SIM_EXPLORE_OVER) {
		ck_assert_uint_lt(runs, RUNS_MAX);
		const uint64_t smaller = fm_sim_explore_counts(explore)->smaller;

		tape.count = 0;
		fm_sim_run(scenario,
			   &(struct fm_sim_options){ .strategy = FM_SIM_EXPLORE, .profile = fm_sim_explore_profile(),
						     .explore = explore, .record = &tape },
			   &result);
		if (fm_sim_explore_counts(explore)->smaller > smaller)
			continue;
		hashes[runs] = result.hash;
		key_of(scenario->subject, &tape, keys[runs++]);
		replays(scenario, &tape);
		if (result.verdict == FM_SIM_PASSED || seen.failed++ > 0)
			continue;
		seen.failed_size = fm_sim_explore_counts(explore)->size;
	}
	seen.counts = *fm_sim_explore_counts(explore);
	ck_assert_uint_eq(seen.counts.runs - seen.counts.smaller, runs);
	seen.schedules = runs;
	ck_assert(!seen.counts.differed && !seen.counts.too_long && !seen.counts.too_wide);
	qsort(hashes, runs, sizeof(*hashes), of_hashes);
	qsort(keys, runs, sizeof(*keys), of_strings);
	for (uint64_t i = 0; i < runs; i++) {
		ck_assert(i == 0 || hashes[i] != hashes[i - 1]);
		seen.programs += i == 0 || strcmp(keys[i], keys[i - 1]) != 0;
	}
	fm_sim_explore_free(explore);
	free(tape.records);
	return seen;
}

static struct seen sound(const char *name, unsigned size, unsigned operations, uint64_t programs)
{
	const struct seen seen = explore(name, size, operations);

	ck_assert_uint_eq(seen.failed, 0);
	ck_assert_uint_eq(seen.counts.programs, seen.programs);
	ck_assert_msg(seen.counts.programs == programs, "%s, size %u: %llu programs and not %llu", name, size,
		      (unsigned long long)seen.counts.programs, (unsigned long long)programs);
	return seen;
}

/*
 * A call is plain, or its argument is not: 1 + 1. A future is plain, or has one of 7 other fates or 2 other wakers: 1 + 9; or
 * both, where its fate lets it be polled: 5 * 2 = 10.
 *
 * Size 1: a future, or a call: 2.
 * Size 2: one operation, one thing odd at most: (1 + 1) + (1 + 9) = 12. Two plain ones in a task each: ff fc cc = 3; in one, where
 * a call is the last: ff fc = 2. Together 17.
 * Size 3: one operation: 12 + 10 = 22. Two in a task each: 3, and one of the 1 + 9 that are odd beside one of the 2 that are not,
 * 20; in one task: 2, and odd are the first of ff or fc (9 + 9), the second of ff (9), the second of fc (1). So 23 + 30 = 53. Three plain
 * ones: in a task each 4 (no to three calls); ff or fc beside f or c 4; fff ffc 2. So 10. Together 85.
 */
START_TEST(programs_are_counted)
{
	sound("small/plain", 1, 4, 2);
	sound("small/plain", 2, 4, 17);
	sound("small/plain", 3, 4, 85);
	sound("small/plain", 3, 2, 75);
	sound("small/plain", 3, 1, 22);
}
END_TEST

/*
 * Of size 2: a task alone has one schedule: 12, and of two in one task 2. Two futures: either is polled first, and either is
 * dropped first when both wait: 4. A future and a call: either is first: 2. Two calls: 2.
 */
START_TEST(schedules_are_counted)
{
	ck_assert_uint_eq(sound("small/plain", 1, 4, 2).schedules, 2);
	ck_assert_uint_eq(sound("small/plain", 2, 4, 17).schedules, 12 + 2 + 4 + 2 + 2);
	ck_assert_uint_eq(sound("small/calls", 4, 4, 1 + 1 + 1 + 1).schedules, 1 + 2 + 6 + 24);
}
END_TEST

/* One of three is drawn as the thing is made, which is odd, too: of size 2 are the 2 of size 1 with the 2 other things. */
START_TEST(what_the_thing_draws_is_odd)
{
	ck_assert_uint_eq(sound("small/drawn", 1, 4, 2).schedules, 2);
	ck_assert_uint_eq(sound("small/drawn", 2, 4, 17 + 2 * 2).schedules, 3 * 2 + 10 + 2 + 4 + 2 + 2);
}
END_TEST

/*
 * Size 2, where the first and the third task are not as the second and the fourth: 12 of one operation for each role. Two plain
 * ones: both in tasks of one role 3 + 3; one in each 2 * 2; in one task 2 + 2.
 */
START_TEST(roles_are_told_apart)
{
	sound("small/roles", 2, 4, 2 * 12 + 6 + 4 + 4);
}
END_TEST

/* A third waker: it calls, and what it is given is odd, too. Of one operation: 2 + (1 + 10), then 5 * 3 and the call's argument. */
START_TEST(wakers_call)
{
	sound("small/wakers", 2, 1, 13);
	sound("small/wakers", 3, 1, 13 + 15 + 1);
}
END_TEST

START_TEST(a_missed_wake_is_found)
{
	struct seen seen;

	gate_wakes_one = true;
	seen = explore("small/plain", 3, 4);
	gate_wakes_one = false;
	ck_assert_uint_gt(seen.failed, 0);
	ck_assert_uint_eq(seen.failed_size, 3); /* two wait, and one opens */
}
END_TEST

/* One waits, one is woken by a coin and dropped before its poll: three operations, and a fate. */
START_TEST(the_turnstile_is_found_out)
{
	const struct seen seen = explore("planted/turnstile/broken", 4, 4);

	ck_assert_uint_gt(seen.failed, 0);
	ck_assert_uint_eq(seen.failed_size, 4);
	ck_assert_uint_eq(explore("planted/turnstile/broken", 3, 4).failed, 0);
	ck_assert_uint_eq(explore("planted/turnstile/fixed", 4, 4).failed, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *made = suite_create("small programs");
	TCase *tests = tcase_create("small programs");

	tcase_add_test(tests, programs_are_counted);
	tcase_add_test(tests, schedules_are_counted);
	tcase_add_test(tests, what_the_thing_draws_is_odd);
	tcase_add_test(tests, roles_are_told_apart);
	tcase_add_test(tests, wakers_call);
	tcase_add_test(tests, a_missed_wake_is_found);
	tcase_add_test(tests, the_turnstile_is_found_out);
	suite_add_tcase(made, tests);
	return made;
}
