/*
 * A tape after an edit of the scenario. Strictly it says where the program left it: the step, the site expected, the site
 * met. Leniently the same is said, and each actor still draws what the tape holds for it.
 */
#include "suite.h"

#include <fm/async.h>
#include <fm/sleep.h>
#include <fm_sim/sim.h>

#include <stdlib.h>
#include <string.h>

#define WORKERS 4
#define TURNS 3

enum edit { AS_RECORDED, ONE_DRAW_MORE, FEWER_VALUES, ONE_WORKER_LESS, ENDS_EARLIER };

static const struct fm_draw_site colour_site = { "colour", FM_DRAW_USER };
static const struct fm_draw_site extra_site = { "extra", FM_DRAW_USER };

/* The scenario's source, as it were, and what a run of it drew. */
static enum edit edit;
static uint64_t colours[WORKERS][TURNS];

struct worker {
	struct fm_async async;
	struct fm_sleep sleep;
	unsigned number;
	unsigned turn;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (self->turn = 0; self->turn < (edit == ENDS_EARLIER ? 1 : TURNS); self->turn++) {
		if (edit == ONE_DRAW_MORE && self->number == 1)
			fm_sim_draw(fm_sim_current(), &extra_site, 3);
		colours[self->number][self->turn] =
			fm_sim_draw(fm_sim_current(), &colour_site, edit == FEWER_VALUES ? 2 : 1000);
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	for (unsigned i = 0; i < WORKERS - (edit == ONE_WORKER_LESS); i++) {
		struct worker *worker = fm_sim_alloc(host, sizeof(*worker), "worker");

		FM_ASYNC_INIT(worker, worker);
		worker->number = i;
		fm_sim_start(worker);
	}
}

static const struct fm_sim_scenario scenario = {
	.name = "test/edited",
	.claim = "workers end",
	.setup = setup,
	.deadline_ns = FM_SEC,
};

static struct fm_sim_result result;

static void run(const struct fm_sim_tape *tape, struct fm_sim_tape *record, bool lenient)
{
	const struct fm_sim_options options = {
		.seed = 5,
		.profile = FM_SIM_PROFILE_NONE,
		.replay = tape,
		.record = record,
		.lenient = lenient,
	};

	memset(colours, 0, sizeof(colours));
	fm_sim_run(&scenario, &options, &result);
}

/* The tape of the scenario before its edit. */
static struct fm_sim_tape recorded(uint64_t drawn[WORKERS][TURNS])
{
	struct fm_sim_tape tape = { 0 };

	edit = AS_RECORDED;
	run(NULL, &tape, false);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	memcpy(drawn, colours, sizeof(colours));
	return tape;
}

#define ck_assert_has(text, part) ck_assert_msg(strstr((text), (part)), "'%s' lacks '%s'", (text), (part))

/* What a strict replay of the edited scenario says. */
static void strictly(const struct fm_sim_tape *tape, const char *met, const char *how)
{
	run(tape, NULL, false);
	ck_assert_int_eq(result.verdict, FM_SIM_DIVERGED);
	ck_assert_str_eq(result.failure.oracle, "replay");
	ck_assert_str_eq(result.failure.cause, result.divergence.text);
	ck_assert_has(result.failure.cause, "at step ");
	ck_assert_has(result.failure.cause, met);
	ck_assert_has(result.failure.cause, how);
}

START_TEST(as_recorded_it_follows)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn);
	const uint64_t hash = result.hash;

	for (int lenient = 0; lenient < 2; lenient++) {
		run(&tape, NULL, lenient);
		ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
		ck_assert_str_eq(result.divergence.text, "");
		ck_assert_uint_eq(result.hash, hash);
	}
	ck_assert_str_eq(fm_sim_tape_site(&tape, tape.records[0].site)->name, "schedule");
	free(tape.records);
}
END_TEST

START_TEST(a_draw_more)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn);

	edit = ONE_DRAW_MORE;
	strictly(&tape, "expected site 'colour', met site 'extra'", "another site draws");
	run(&tape, NULL, true);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_has(result.divergence.text, "expected site 'colour', met site 'extra'");
	ck_assert_mem_eq(colours, drawn, sizeof(drawn));
	free(tape.records);
}
END_TEST

START_TEST(fewer_values)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn);

	edit = FEWER_VALUES;
	strictly(&tape, "expected site 'colour', met site 'colour'", "fewer values");
	run(&tape, NULL, true);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	for (unsigned i = 0; i < WORKERS; i++)
		for (unsigned turn = 0; turn < TURNS; turn++)
			ck_assert_uint_eq(colours[i][turn], drawn[i][turn] < 2 ? drawn[i][turn] : 0);
	free(tape.records);
}
END_TEST

START_TEST(a_task_less)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn);

	edit = ONE_WORKER_LESS;
	strictly(&tape, "expected site '", "met site '");
	run(&tape, NULL, true);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_mem_eq(colours, drawn, sizeof(drawn[0]) * (WORKERS - 1));
	free(tape.records);
}
END_TEST

START_TEST(it_ends_earlier)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn);

	edit = ENDS_EARLIER;
	tape.count = tape.count / 2; /* cut where the edited program has not ended yet */
	edit = AS_RECORDED;
	strictly(&tape, "expected the end of the tape", "the tape has ended");
	run(&tape, NULL, true);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_has(result.divergence.text, "expected the end of the tape");
	free(tape.records);
	tape = recorded(drawn);
	edit = ENDS_EARLIER;
	run(&tape, NULL, true);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_uint_eq(colours[1][0], drawn[1][0]);
	ck_assert_has(result.divergence.text, "at step ");
	edit = AS_RECORDED;
	tape.records = realloc(tape.records, (tape.count + 1) * sizeof(*tape.records));
	tape.records[tape.count] = tape.records[0];
	tape.count++;
	run(&tape, NULL, false);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_has(result.divergence.text, "it ended, after ");
	free(tape.records);
}
END_TEST

/* What a lenient run records is a tape that it follows strictly. */
START_TEST(what_it_recorded_is_followed)
{
	uint64_t drawn[WORKERS][TURNS];
	struct fm_sim_tape tape = recorded(drawn), again = { 0 };
	uint64_t hash;

	edit = ONE_WORKER_LESS;
	run(&tape, &again, true);
	hash = result.hash;
	run(&again, NULL, false);
	ck_assert_int_eq(result.verdict, FM_SIM_PASSED);
	ck_assert_uint_eq(result.hash, hash);
	free(tape.records);
	free(again.records);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sim/shrink/lenient");
	TCase *edits = tcase_create("edits");

	tcase_add_test(edits, as_recorded_it_follows);
	tcase_add_test(edits, a_draw_more);
	tcase_add_test(edits, fewer_values);
	tcase_add_test(edits, a_task_less);
	tcase_add_test(edits, it_ends_earlier);
	tcase_add_test(edits, what_it_recorded_is_followed);
	suite_add_tcase(suite, edits);
	return suite;
}
