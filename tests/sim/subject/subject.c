/*
 * Subjects: the one of ten lines finds what is planted in its gate, each by the oracle that is due, and accuses a sound gate never;
 * a run prints its program; a model that disagrees is heard at rest and at once. Bytes are draws: the same bytes are
 * the same run whatever ran before, none is the plain run, and what they drew replays from its tape.
 */
#include <suite.h>

#include "gate.h"

#include <fm_sim/fuzz.h>
#include <fm_sim/sim.h>
#include <fm_sim/subject.h>

#include <stdlib.h>
#include <string.h>

#define SEEDS 3000

static struct fm_sim_result result;

static const struct fm_sim_scenario *find(const char *name)
{
	const struct fm_sim_scenario *const *list;
	const size_t count = fm_sim_scenarios(&list);

	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i]->name, name) == 0)
			return list[i];
	ck_abort_msg("no scenario %s", name);
}

/* True: some seed failed, and `result` has it. */
static bool fails(const char *name)
{
	const struct fm_sim_scenario *scenario = find(name);

	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		fm_sim_run(scenario, &(struct fm_sim_options){ .seed = seed, .strategy = FM_SIM_PORTFOLIO }, &result);
		if (result.verdict != FM_SIM_PASSED)
			return true;
	}
	return false;
}

static void found(bool *plant, const char *oracle)
{
	bool failed;

	*plant = true;
	failed = fails("subject/gate");
	*plant = false;
	ck_assert(failed);
	ck_assert_str_eq(result.failure.oracle, oracle);
	ck_assert_ptr_nonnull(strstr(result.failure.program, "pass();"));
}

START_TEST(a_sound_gate_is_not_accused)
{
	ck_assert_msg(!fails("subject/gate"), "%s: %s", result.failure.oracle, result.failure.cause);
}
END_TEST

START_TEST(a_missed_wake_is_found)
{
	found(&gate_wakes_one, "missed wake");
	ck_assert_ptr_nonnull(strstr(result.failure.file, "ten_lines.c"));
	ck_assert_ptr_nonnull(strstr(result.failure.program, "open_gate();"));
	ck_assert_ptr_nonnull(strstr(result.failure.program, "task "));
}
END_TEST

START_TEST(an_older_waker_is_found)
{
	found(&gate_keeps_first, "stale waker");
}
END_TEST

START_TEST(a_kept_waker_is_found)
{
	found(&gate_keeps_waker, "leak");
}
END_TEST

/* With a model. */
struct modelled {
	struct gate gate;
	bool open;
};

static int make(void *arg)
{
	gate_init(&((struct modelled *)arg)->gate);
	return FM_OK;
}

static struct fm_future *pass(struct fm_subject_at *at)
{
	return gate_pass_init(at->future, &((struct modelled *)at->thing)->gate);
}

static bool possible(struct fm_subject_at *at)
{
	return ((struct modelled *)at->thing)->open;
}

static void polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || possible(at), "it is shut");
}

static void open_it(struct fm_subject_at *at)
{
	struct modelled *thing = at->thing;

	thing->open = true;
	gate_open(&thing->gate);
}

FM_SUBJECT(modelled, "subject/modelled", "an open gate lets everybody pass, and a shut one nobody") = {
	.thing_bytes = sizeof(struct modelled),
	.make = make,
	.operations = {
		FM_SUBJECT_FUTURE(pass, struct gate_pass, .polled = polled, .possible = possible),
		FM_SUBJECT_CALL(open_it, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, UINT64_MAX)),
	},
};

START_TEST(a_model_that_disagrees_is_heard)
{
	ck_assert_msg(!fails("subject/modelled"), "%s: %s", result.failure.oracle, result.failure.cause);
	gate_lets_in = true;
	ck_assert(fails("subject/modelled"));
	ck_assert_str_eq(result.failure.cause, "it is shut");
	gate_lets_in = false;
	/* Polled after its wake it says PENDING, so that no poll at rest shows it: only the model knows. */
	gate_forgets = true;
	ck_assert(fails("subject/modelled"));
	ck_assert_ptr_nonnull(strstr(result.failure.cause, "as the model has it"));
	gate_forgets = false;
}
END_TEST

static uint64_t hash_of(const uint8_t *bytes, size_t count, struct fm_sim_tape *record)
{
	record->count = 0;
	fm_sim_run(find("subject/gate"),
		   &(struct fm_sim_options){ .strategy = FM_SIM_FIFO, .bytes = bytes, .bytes_count = count, .record = record },
		   &result);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	return result.hash;
}

/* Numbers as good as random, and the same each time. */
static void fill(uint8_t *bytes, size_t count, uint32_t from)
{
	for (size_t i = 0; i < count; i++) {
		from = from * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(from >> 24);
	}
}

START_TEST(bytes_are_draws)
{
	static struct fm_sim_tape tape;
	const uint8_t zero = 0;
	uint8_t bytes[200];
	uint64_t hashes[50];
	uint64_t plain;
	unsigned differ = 0;

	fm_sim_run(find("subject/gate"), &(struct fm_sim_options){ .strategy = FM_SIM_FIFO }, &result);
	plain = result.hash;
	ck_assert_uint_eq(plain, hash_of(&zero, 0, &tape));
	ck_assert_uint_eq(plain, hash_of(&zero, 1, &tape));
	for (unsigned i = 0; i < 50; i++) {
		fill(bytes, sizeof(bytes), i);
		hashes[i] = hash_of(bytes, sizeof(bytes), &tape);
		differ += i > 0 && hashes[i] != hashes[i - 1];
		fm_sim_run(find("subject/gate"), &(struct fm_sim_options){ .strategy = FM_SIM_FIFO, .replay = &tape }, &result);
		ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
		ck_assert_uint_eq(result.hash, hashes[i]);
	}
	ck_assert_uint_eq(differ, 49);
	for (unsigned i = 50; i-- > 0;) { /* behind others than the first time */
		fill(bytes, sizeof(bytes), i);
		ck_assert_uint_eq(hashes[i], hash_of(bytes, sizeof(bytes), &tape));
	}
	free(tape.records);
}
END_TEST

START_TEST(a_target_runs_its_bytes)
{
	const uint8_t bytes[] = { 0, 0, 7, 0, 1, 1, 2 };
	uint64_t hash;

	ck_assert(!fm_sim_fuzz_open("subject/nothing"));
	ck_assert(fm_sim_fuzz_open("subject/gate"));
	fm_sim_fuzz_one(bytes, sizeof(bytes));
	hash = fm_sim_fuzz_hash();
	fm_sim_fuzz_one(bytes, 0);
	fm_sim_fuzz_one(bytes, sizeof(bytes));
	ck_assert_uint_eq(hash, fm_sim_fuzz_hash());
}
END_TEST

Suite *suite(void)
{
	Suite *s = suite_create("subjects");
	TCase *t = tcase_create("gate");

	tcase_add_test(t, a_sound_gate_is_not_accused);
	tcase_add_test(t, a_missed_wake_is_found);
	tcase_add_test(t, an_older_waker_is_found);
	tcase_add_test(t, a_kept_waker_is_found);
	tcase_add_test(t, a_model_that_disagrees_is_heard);
	tcase_add_test(t, bytes_are_draws);
	tcase_add_test(t, a_target_runs_its_bytes);
	suite_add_tcase(s, t);
	return s;
}
