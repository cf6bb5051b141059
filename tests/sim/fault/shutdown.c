/* A shutdown at a drawn step: judged by the drain and leak oracles, and what is left says where it came from. */
#include "fault.h"

#include <fm/signal.h>
#include <signal.h>

#define SEEDS 200
#define DRAIN_NS (20 * FM_MS)

static struct {
	fm_ns child_ns; /* that the child goes on for */
	bool asked;
	unsigned calls; /* of the scenario's own shutdown */
	bool leaks;
	bool keeps_handle;
	bool watches_on;
} notes;

struct child {
	struct fm_async async;
	struct fm_sleep pause;
};

FM_ASYNC(child)
{
	FM_BEGIN;
	while (!notes.asked)
		FM_AWAIT(fm_sleep_init(&self->pause, FM_MS));
	FM_AWAIT(fm_sleep_init(&self->pause, notes.child_ns));
	FM_END;
}

struct parent {
	struct fm_async async;
	struct fm_defer close;
	struct fm_yield yield;
	struct fm_signal_watch watch;
	struct fm_signal_recv recv;
};

static void parent_close(struct fm_defer *defer)
{
	if (!notes.watches_on)
		fm_signal_close(&FM_CONTAINER_OF(defer, struct parent, close)->watch);
}

FM_ASYNC(parent)
{
	FM_BEGIN;
	ck_assert_int_eq(fm_signal_open(&self->watch, SIGINT), FM_OK);
	FM_AWAIT(fm_yield_init(&self->yield));
	{
		struct child *child = fm_task_alloc(sizeof(*child), "child");

		FM_ASYNC_INIT(child, child);
		if (notes.keeps_handle)
			fm_task_spawn(child);
		else
			fm_task_detach(fm_task_spawn(child));
		if (notes.leaks)
			ck_assert_ptr_nonnull(fm_alloc(77));
	}
	FM_AWAIT(fm_signal_recv_init(&self->recv, &self->watch));
	notes.asked = true;
	FM_END;
}

static void ask(struct fm_sim *sim, void *host)
{
	(void)sim;
	fm_sim_shutdown(host);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct parent *parent = fm_sim_alloc(host, sizeof(*parent), "parent");

	(void)state;
	notes.asked = false;
	FM_ASYNC_INIT(parent, parent);
	fm_signal_init(&parent->watch);
	fm_defer(&parent->async, &parent->close, parent_close);
	fm_sim_start(parent);
	fm_sim_at(sim, FM_SEC, ask, host); /* at the latest */
}

static void own_shutdown(struct fm_sim *sim, void *state)
{
	(void)sim, (void)state;
	notes.calls++;
}

static const struct fm_sim_scenario scenario = {
	.name = "test/shutdown",
	.claim = "ends",
	.faults = FM_SIM_FAULT_SHUTDOWN,
	.deadline_ns = FM_MIN,
	.drain_ns = DRAIN_NS,
	.setup = setup,
};

static struct fm_sim_result result;

START_TEST(it_comes_at_many_steps)
{
	uint64_t least = UINT64_MAX, most = 0;
	unsigned struck = 0;

	memset(&notes, 0, sizeof(notes));
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(&scenario, seed, only("shutdown"), &result);
		if (!result.struck[fault_number("shutdown")])
			continue;
		struck++;
		least = result.steps < least ? result.steps : least;
		most = result.steps > most ? result.steps : most;
	}
	ck_assert_uint_gt(struck, SEEDS / 4);
	ck_assert_uint_lt(struck, SEEDS * 3 / 4);
	ck_assert_uint_gt(most, least + 20);
}
END_TEST

START_TEST(a_scenario_may_have_its_own)
{
	struct fm_sim_scenario own = scenario;
	unsigned struck = 0;

	memset(&notes, 0, sizeof(notes));
	own.shutdown = own_shutdown;
	for (uint64_t seed = 0; seed < SEEDS; seed++) {
		play_well(&own, seed, only("shutdown"), &result);
		struck += result.struck[fault_number("shutdown")];
	}
	ck_assert_uint_gt(struck, 0);
	ck_assert_uint_eq(notes.calls, struck);
}
END_TEST

static void fails(const char *oracle, const char *origin)
{
	const struct fm_sim_options options = { .profile = FM_SIM_PROFILE_NONE };

	fm_sim_run(&scenario, &options, &result);
	ck_assert_int_eq(result.verdict, FM_SIM_FAILED);
	ck_assert_str_eq(result.failure.oracle, oracle);
	ck_assert_msg(strstr(result.failure.text, origin) != NULL, "%s", result.failure.text);
}

START_TEST(what_is_left_says_where_it_came_from)
{
	memset(&notes, 0, sizeof(notes));
	notes.child_ns = DRAIN_NS / 2;
	play_well(&scenario, 0, FM_SIM_PROFILE_NONE, &result);
	notes.child_ns = 2 * DRAIN_NS;
	fails("drain", "task #2 'child' on host, parked, spawned by task #1, behind tests/sim/fault/shutdown.c:");
	notes.child_ns = 0;
	notes.leaks = true;
	fails("leak", "77 bytes, allocation ");
	fails("leak", "by task #1, behind tests/sim/fault/shutdown.c:");
	notes.leaks = false;
	notes.keeps_handle = true;
	fails("leak", "a handle of task 'child', spawned by task #1, behind tests/sim/fault/shutdown.c:");
	notes.keeps_handle = false;
	notes.watches_on = true;
	fails("leak", "a watch for signal 2 on host host, opened by task #1, before its first await");
}
END_TEST

TCase *shutdown_case(void)
{
	TCase *shutdowns = tcase_create("shutdown");

	tcase_add_test(shutdowns, it_comes_at_many_steps);
	tcase_add_test(shutdowns, a_scenario_may_have_its_own);
	tcase_add_test(shutdowns, what_is_left_says_where_it_came_from);
	return shutdowns;
}
