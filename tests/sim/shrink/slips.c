/*
 * Shrinking keeps to its bug: where a plainer run fails too, but elsewhere, that is not what was to be shrunk. Crashes are
 * shrunk as well, what draws the world shrinks it, and a run that does not repeat is not shrunk.
 */
#include "sim/cli/batch.h"
#include "sim/cli/shrink_run.h"

#include "suite.h"

#include <fm/async.h>
#include <fm/sleep.h>

#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static const struct fm_draw_site noise_site = { "noise", FM_DRAW_USER };
static const struct fm_draw_site which_site = { "which", FM_DRAW_USER };
static const struct fm_draw_site count_site = { "workers", FM_DRAW_USER };

/* The one draw that matters, and what brings about the worker that makes it, where that is not the first. */
#define LITTLE 3

enum kind { TWO_BUGS, CRASHES, CROWDED, BY_THE_CLOCK };

struct worker {
	struct fm_async async;
	struct fm_sleep sleep;
	enum kind kind;
	unsigned turn;
};

static void go_wrong(enum kind kind, uint64_t which)
{
	struct fm_sim *sim = fm_sim_current();
	struct timespec now;

	switch (kind) {
	case TWO_BUGS: /* it fails always: on one line with less than 4, on the other with 4 and above */
		fm_sim_fail(sim, "slips.c", which < 4 ? 1 : 2, "drew %u", (unsigned)which);
	case CRASHES:
		if (which >= 4)
			abort();
		return;
	case CROWDED:
		if (*(uint64_t *)fm_sim_state(sim) >= 3)
			fm_sim_fail(sim, "slips.c", 3, "a crowd");
		return;
	case BY_THE_CLOCK:
		syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now); /* past all that could answer it */
		fm_sim_fail(sim, "slips.c", 4 + (unsigned)(now.tv_nsec & 0xffff), "the time");
	}
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (self->turn = 0; self->turn < 5; self->turn++) {
		fm_sim_draw(fm_sim_current(), &noise_site, 100);
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	}
	go_wrong(self->kind, fm_sim_draw(fm_sim_current(), &which_site, 8));
	FM_END;
}

static void begin(struct fm_sim *sim, void *state, enum kind kind)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	const uint64_t count = 1 + fm_sim_draw(sim, &count_site, 8);

	*(uint64_t *)state = count;
	for (uint64_t i = 0; i < count; i++) {
		struct worker *worker = fm_sim_alloc(host, sizeof(*worker), "worker");

		FM_ASYNC_INIT(worker, worker);
		worker->kind = kind;
		fm_sim_start(worker);
	}
}

#define SCENARIO(identifier, kind)                                                                                     \
	static void identifier##_setup(struct fm_sim *sim, void *state)                                                \
	{                                                                                                              \
		begin(sim, state, kind);                                                                               \
	}                                                                                                              \
	static const struct fm_sim_scenario identifier = { .name = "slips/" #identifier,                               \
							   .claim = "nothing goes wrong",                              \
							   .setup = identifier##_setup,                                \
							   .state_bytes = sizeof(uint64_t),                            \
							   .deadline_ns = FM_MIN }

SCENARIO(two_bugs, TWO_BUGS);
SCENARIO(crashes, CRASHES);
SCENARIO(crowded, CROWDED);
SCENARIO(by_the_clock, BY_THE_CLOCK);

/* The value that this site has on the least tape. */
static uint32_t drawn(const struct shrunk *shrunk, const char *name)
{
	const struct fm_sim_tape *tape = &shrunk->shrink.tape;
	uint32_t greatest = 0;

	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, tape->records[i].site);

		if (strcmp(site->name, name) == 0 && tape->records[i].value > greatest)
			greatest = tape->records[i].value;
	}
	return greatest;
}

/* Shrink the first seed whose failure says so. */
static void shrink_first(struct shrunk *shrunk, const struct fm_sim_scenario *scenario, const char *oracle, unsigned line)
{
	struct token token = { .scenario = scenario };

	for (token.seed = 0; token.seed < 1000; token.seed++) {
		ck_assert(shrink_token(shrunk, &token, NULL, 10 * FM_SEC));
		if (shrunk->original.verdict == FM_SIM_FAILED && strcmp(shrunk->original.failure.oracle, oracle) == 0 &&
		    (line == 0 || shrunk->original.failure.line == line))
			return;
		shrink_close(&shrunk->shrink);
	}
	ck_abort_msg("%s is not found", scenario->name);
}

START_TEST(it_keeps_to_its_bug)
{
	struct shrunk shrunk;

	shrink_first(&shrunk, &two_bugs, "claim", 2);
	ck_assert_uint_eq(shrunk.shrink.result.failure.line, 2);
	ck_assert_uint_le(shrunk.to.nonzero, LITTLE);
	ck_assert_uint_eq(drawn(&shrunk, "which"), 4);
	shrink_close(&shrunk.shrink);
	shrink_first(&shrunk, &two_bugs, "claim", 1);
	ck_assert_uint_eq(shrunk.shrink.result.failure.line, 1);
	ck_assert_uint_eq(shrunk.to.nonzero, 0);
	ck_assert_uint_gt(shrunk.from.nonzero, 5);
	shrink_close(&shrunk.shrink);
}
END_TEST

START_TEST(crashes_are_shrunk)
{
	struct shrunk shrunk;

	shrink_first(&shrunk, &crashes, "crash", 0);
	ck_assert_str_eq(shrunk.shrink.result.failure.oracle, "crash");
	ck_assert_uint_le(shrunk.to.nonzero, LITTLE);
	ck_assert_uint_eq(drawn(&shrunk, "which"), 4);
	shrink_close(&shrunk.shrink);
}
END_TEST

START_TEST(the_world_becomes_small)
{
	struct shrunk shrunk;

	shrink_first(&shrunk, &crowded, "claim", 3);
	ck_assert_uint_eq(shrunk.to.nonzero, 1);
	ck_assert_uint_eq(drawn(&shrunk, "workers"), 2);
	shrink_close(&shrunk.shrink);
}
END_TEST

START_TEST(what_does_not_repeat_is_left_alone)
{
	struct token token = { .scenario = &by_the_clock, .seed = 3 };
	struct shrunk shrunk;

	ck_assert(shrink_token(&shrunk, &token, NULL, 10 * FM_SEC));
	ck_assert_int_eq(shrunk.original.verdict, FM_SIM_FAILED);
	ck_assert(!shrunk.repeats);
	ck_assert_uint_eq(shrunk.shrink.runs, 0);
	shrink_close(&shrunk.shrink);
}
END_TEST

START_TEST(time_ends_it)
{
	struct token token = { .scenario = &two_bugs, .seed = 3 };
	struct shrunk shrunk;

	ck_assert(!shrink_token(&shrunk, &token, NULL, 0));
	shrink_close(&shrunk.shrink);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("sim/shrink/slips");
	TCase *slips = tcase_create("slips");

	tcase_set_timeout(slips, 60);
	tcase_add_test(slips, it_keeps_to_its_bug);
	tcase_add_test(slips, crashes_are_shrunk);
	tcase_add_test(slips, the_world_becomes_small);
	tcase_add_test(slips, what_does_not_repeat_is_left_alone);
	tcase_add_test(slips, time_ends_it);
	suite_add_tcase(suite, slips);
	return suite;
}
