/*
 * Each kind of thing that can happen at an await is counted there, and only there: one program a kind, polled in the
 * plainest order without faults, so that the counts are known exactly.
 */
#include "records.h"
#include "shared.h"
#include "suite.h"

#include <fm/embed.h>
#include <fm/poll_fn.h>
#include <fm/sleep.h>
#include <fm/task.h>
#include <fm/timeout.h>
#include <fm_sim/coverage.h>
#include <fm_sim/sim.h>

#include <stdlib.h>
#include <string.h>

struct setting {
	bool yields;
	bool aborts;
	const struct fm_sim_point *cancel;
	void (*also)(struct fm_sim *sim);
};

static struct setting setting;
static struct fm_sim_coverage *coverage;
static struct fm_sim_result result;
static struct fm_waker kept;

/* What each of the frames has, so that one function starts them all. */
#define FRAME                                                                                      \
	struct fm_async async;                                                                     \
	struct fm_ready ready;                                                                     \
	struct fm_sleep sleep;                                                                     \
	struct fm_poll_fn poll_fn;                                                                 \
	struct fm_timeout timeout;                                                                 \
	struct naps *inner;                                                                        \
	unsigned turns

struct at_once { FRAME; };
struct naps { FRAME; };
struct napper { FRAME; };
struct impatient { FRAME; };
struct waits { FRAME; };
struct wakes { FRAME; };
struct retries { FRAME; };
struct by_hand { FRAME; };
struct two_on_a_line { FRAME; };

FM_ASYNC(at_once)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->ready, FM_OK));
	FM_AWAIT(fm_ready_init(&self->ready, FM_ERR_LAGGED));
	FM_AWAIT(fm_ready_init(&self->ready, FM_ERR_CLOSED));
	FM_AWAIT(fm_ready_init(&self->ready, 5));
	if (self->turns == 1000)
		FM_AWAIT(fm_sleep_init(&self->sleep, 1));
	FM_END;
}

/* Three sleeps below one await: the outer await waits once, and none of its polls is for nothing. */
FM_ASYNC(naps)
{
	FM_BEGIN;
	for (self->turns = 0; self->turns < 3; self->turns++)
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_SEC));
	FM_END;
}

FM_ASYNC(napper)
{
	FM_BEGIN;
	FM_ASYNC_INIT(self->inner, naps);
	FM_AWAIT(&self->inner->async.fut);
	FM_END;
}

FM_ASYNC(impatient)
{
	FM_BEGIN;
	FM_ASYNC_INIT(self->inner, naps);
	FM_AWAIT(fm_timeout_init(&self->timeout, &self->inner->async.fut, 1500 * FM_MS));
	FM_END;
}

/* Ready at its third poll, and nobody's wake but a stranger's until then. */
static enum fm_poll third_time(void *arg, struct fm_context *cx, int *status)
{
	unsigned *polls = arg;

	(void)status;
	fm_waker_drop(&kept);
	if (++*polls == 3)
		return FM_READY;
	kept = fm_waker_clone(cx->waker);
	return FM_PENDING;
}

FM_ASYNC(waits)
{
	FM_BEGIN;
	FM_AWAIT(fm_poll_fn_init(&self->poll_fn, third_time, &self->turns));
	FM_END;
}

FM_ASYNC(wakes)
{
	FM_BEGIN;
	for (self->turns = 0; self->turns < 2; self->turns++) {
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		fm_waker_wake_by_ref(kept);
	}
	FM_END;
}

FM_ASYNC(retries)
{
	FM_BEGIN;
	FM_AWAIT_RETRIED(fm_sleep_init(&self->sleep, 2 * FM_SEC));
	FM_END;
}

/* What a body polls by hand is awaited nowhere. */
FM_ASYNC(by_hand)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, 3 * FM_SEC));
	if (fm_poll(fm_ready_init(&self->ready, FM_ERR_LAGGED), cx) == FM_PENDING)
		fm_drop(&self->ready.fut);
	FM_END;
}

/* clang-format off */
FM_ASYNC(two_on_a_line)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->ready, 21)); FM_AWAIT(fm_ready_init(&self->ready, 22));
	FM_END;
}
/* clang-format on */

static struct fm_sim_host *host;

static void *frame_with(const struct fm_future_ops *ops, const char *name)
{
	static struct naps inner;
	struct naps *frame = fm_sim_alloc(host, sizeof(*frame), name);

	fm_async_init(&frame->async, ops);
	frame->inner = &inner;
	return frame;
}

static void abort_it(struct fm_sim *sim, void *task)
{
	(void)sim;
	fm_executor_enter(fm_task_executor(task));
	fm_task_abort(task);
	fm_executor_enter(NULL);
}

static const struct fm_future_ops *first, *second;

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_task *task;

	(void)state;
	host = fm_sim_host(sim, "host");
	task = fm_sim_start(frame_with(first, "first"));
	if (second)
		fm_sim_start(frame_with(second, "second"));
	if (setting.aborts)
		fm_sim_at(sim, 1500 * FM_MS, abort_it, task);
	if (setting.also)
		setting.also(sim);
}

static void play(const struct fm_future_ops *one, const struct fm_future_ops *other)
{
	const struct fm_sim_scenario scenario = {
		.name = "test/coverage", .claim = "counts are right", .deadline_ns = FM_HOUR, .setup = setup,
	};
	const struct fm_sim_options options = {
		.strategy = FM_SIM_FIFO,
		.profile = FM_SIM_PROFILE_NONE,
		.yield_always = setting.yields,
		.cancel = setting.cancel,
		.coverage = coverage,
	};

	first = one;
	second = other;
	fm_sim_run(&scenario, &options, &result);
	ck_assert_msg(result.verdict == FM_SIM_PASSED, "%s: %s", result.failure.oracle, result.failure.cause);
}

static void open_counts(void)
{
	const struct fm_sim_site *sites;

	coverage = calloc(fm_sim_sites(&sites), sizeof(*coverage));
	setting = (struct setting){ 0 };
	kept = (struct fm_waker){ 0 };
}

static void close_counts(void)
{
	free(coverage);
	coverage = NULL;
}

/* The counts at the await of this text, in this file, in the order of the kinds, as a string. */
static const char *at(const char *what)
{
	static char text[256];
	const struct fm_sim_site *sites;
	const size_t count = fm_sim_sites(&sites);
	const struct fm_sim_coverage *found = NULL;

	for (size_t i = 0; i < count; i++)
		if (strstr(sites[i].file, "coverage/") && strcmp(sites[i].what, what) == 0)
			found = &coverage[i];
	ck_assert_msg(found != NULL, "no site '%s'", what);
	text[0] = '\0';
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		if (found->counts[kind])
			snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s %llu", text[0] ? ", " : "",
				 fm_sim_cover_name(kind), (unsigned long long)found->counts[kind]);
	return text;
}

#define AT(what, text) ck_assert_str_eq(at(what), text)

START_TEST(ready_lagged_error_and_never)
{
	play(&at_once_ops, NULL);
	AT("fm_ready_init(&self->ready, FM_OK)", "ready 1");
	AT("fm_ready_init(&self->ready, FM_ERR_LAGGED)", "ready 1, lagged 1");
	AT("fm_ready_init(&self->ready, FM_ERR_CLOSED)", "ready 1, error 1");
	AT("fm_ready_init(&self->ready, 5)", "ready 1");
	AT("fm_sleep_init(&self->sleep, 1)", "");
	play(&at_once_ops, NULL);
	AT("fm_ready_init(&self->ready, FM_OK)", "ready 2");
}
END_TEST

START_TEST(giving_way_is_waiting_and_no_wake_for_nothing)
{
	setting.yields = true;
	play(&at_once_ops, NULL);
	AT("fm_ready_init(&self->ready, FM_OK)", "waited 1");
	play(&napper_ops, NULL); /* each sleep is over and gives way before it says so */
	AT("fm_sleep_init(&self->sleep, FM_SEC)", "waited 3");
}
END_TEST

START_TEST(what_moves_below_is_no_wake_for_nothing)
{
	play(&napper_ops, NULL);
	AT("fm_sleep_init(&self->sleep, FM_SEC)", "waited 3");
	AT("&self->inner->async.fut", "waited 1");
}
END_TEST

START_TEST(a_timeout_and_what_it_cancels)
{
	play(&impatient_ops, NULL);
	AT("fm_timeout_init(&self->timeout, &self->inner->async.fut, 1500 * FM_MS)", "waited 1, timeout 1");
	/* What is inside is polled once more before the timeout looks at its own time. */
	AT("fm_sleep_init(&self->sleep, FM_SEC)", "waited 1, cancelled 1, spurious 1");
}
END_TEST

START_TEST(an_abort_cancels_every_await_of_the_stack)
{
	setting.aborts = true;
	play(&napper_ops, NULL);
	AT("fm_sleep_init(&self->sleep, FM_SEC)", "waited 1, cancelled 1");
	AT("&self->inner->async.fut", "cancelled 1");
}
END_TEST

START_TEST(woken_for_nothing)
{
	play(&waits_ops, &wakes_ops);
	AT("fm_poll_fn_init(&self->poll_fn, third_time, &self->turns)", "waited 1, spurious 1");
	AT("fm_sleep_init(&self->sleep, FM_MS)", "waited 2");
}
END_TEST

START_TEST(what_is_polled_by_hand_belongs_to_no_await)
{
	play(&by_hand_ops, NULL);
	AT("fm_sleep_init(&self->sleep, 3 * FM_SEC)", "waited 1");
}
END_TEST

static struct fm_sim_point interruption;

static void keep_interruption(void *arg, const struct fm_sim_visit *visit)
{
	(void)arg;
	if (visit->point.how == FM_SIM_CANCEL_AWAIT && visit->point.times == 1)
		interruption = visit->point;
}

START_TEST(an_interrupted_await_is_cancelled_and_goes_on)
{
	const struct fm_sim_scenario scenario = {
		.name = "test/coverage", .claim = "counts are right", .deadline_ns = FM_HOUR, .setup = setup,
	};
	const struct fm_sim_options options = {
		.strategy = FM_SIM_FIFO, .profile = FM_SIM_PROFILE_NONE, .visit = keep_interruption,
	};

	first = &retries_ops;
	second = NULL;
	fm_sim_run(&scenario, &options, &result);
	ck_assert_int_eq(interruption.how, FM_SIM_CANCEL_AWAIT);
	setting.cancel = &interruption;
	play(&retries_ops, NULL);
	ck_assert(result.cancelled);
	AT("fm_sleep_init(&self->sleep, 2 * FM_SEC)", "waited 1, cancelled 1");
}
END_TEST

START_TEST(a_site_of_a_header_is_one)
{
	const struct fm_sim_site *sites;
	const size_t count = fm_sim_sites(&sites);
	unsigned shared = 0;

	setting.also = start_shared_elsewhere;
	play(&at_once_ops, NULL);
	setting.also = start_shared;
	play(&at_once_ops, NULL);
	AT("fm_ready_init(&self->ready, 0)", "ready 2");
	for (size_t i = 0; i < count; i++)
		shared += strstr(sites[i].file, "coverage/shared.h") != NULL;
	ck_assert_uint_eq(shared, 1);
}
END_TEST

START_TEST(sites_are_sorted_and_told_apart_on_a_line)
{
	const struct fm_sim_site *sites;
	const size_t count = fm_sim_sites(&sites);
	unsigned second_on_line = 0;

	play(&two_on_a_line_ops, NULL);
	AT("fm_ready_init(&self->ready, 21)", "ready 1");
	AT("fm_ready_init(&self->ready, 22)", "ready 1");
	for (size_t i = 1; i < count; i++) {
		const int file = strcmp(sites[i - 1].file, sites[i].file);
		const bool same_line = file == 0 && sites[i - 1].line == sites[i].line;

		ck_assert(file < 0 || (file == 0 && sites[i - 1].line <= sites[i].line));
		ck_assert_uint_eq(sites[i].ordinal, same_line ? sites[i - 1].ordinal + 1 : 0);
		if (strstr(sites[i].what, "ready, 22)"))
			second_on_line = sites[i].ordinal;
	}
	ck_assert_uint_eq(second_on_line, 1);
}
END_TEST

START_TEST(counting_changes_no_hash)
{
	struct fm_sim_coverage *const counted = coverage;
	uint64_t hash;

	play(&impatient_ops, &wakes_ops);
	hash = result.hash;
	coverage = NULL;
	play(&impatient_ops, &wakes_ops);
	coverage = counted;
	ck_assert_uint_eq(result.hash, hash);
}
END_TEST

START_TEST(files_that_took_part)
{
	const struct fm_sim_site *sites;

	fm_sim_sites(&sites);
	ck_assert(!fm_sim_file_reached(coverage, sites[0].file));
	play(&at_once_ops, NULL);
	for (size_t i = 0; i < fm_sim_sites(&sites); i++)
		ck_assert_int_eq(fm_sim_file_reached(coverage, sites[i].file), strstr(sites[i].file, "sites.c") != NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *all = suite_create("sim/coverage");
	TCase *tests = tcase_create("sites");

	tcase_add_checked_fixture(tests, open_counts, close_counts);
	tcase_add_test(tests, ready_lagged_error_and_never);
	tcase_add_test(tests, giving_way_is_waiting_and_no_wake_for_nothing);
	tcase_add_test(tests, what_moves_below_is_no_wake_for_nothing);
	tcase_add_test(tests, a_timeout_and_what_it_cancels);
	tcase_add_test(tests, an_abort_cancels_every_await_of_the_stack);
	tcase_add_test(tests, woken_for_nothing);
	tcase_add_test(tests, what_is_polled_by_hand_belongs_to_no_await);
	tcase_add_test(tests, an_interrupted_await_is_cancelled_and_goes_on);
	tcase_add_test(tests, a_site_of_a_header_is_one);
	tcase_add_test(tests, sites_are_sorted_and_told_apart_on_a_line);
	tcase_add_test(tests, counting_changes_no_hash);
	tcase_add_test(tests, files_that_took_part);
	suite_add_tcase(all, tests);
	suite_add_tcase(all, records_case());
	return all;
}
