/*
 * What the simulator does in a second, with all oracles and the hash of all events. The yield program runs under the
 * options that `fermata run` has by default, and is recorded on a tape besides. Virtual time against paused time is the plain
 * run without faults, first in, first out, since that is what paused time is. The unwatched run is the same without the
 * oracles: the same schedule, tape and hash.
 */
#include "bench.h"

#include <fm/sleep.h>
#include <fm_sim/sim.h>

#include <stdlib.h>

enum { SLEEPERS = 1000000, HOUR_TASKS = 100, HOUR_SLEEPS = 360000 };

#define STEPS_MAX ((uint64_t)100 * 1000 * 1000)

static struct fm_sim_result result;

static double run(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options, double count)
{
	const fm_ns began_ns = bench_clock_ns();

	fm_sim_run(scenario, options, &result);
	if (result.verdict != FM_SIM_PASSED)
		bench_die(result.failure.cause);
	return bench_rate(count, began_ns);
}

static const struct fm_sim_options fifo = { .seed = 1, .strategy = FM_SIM_FIFO };

static void setup_yield(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	for (unsigned i = 0; i < BENCH_YIELD_TASKS; i++) {
		struct bench_yielder *frame = fm_sim_alloc(host, sizeof(*frame), NULL);

		bench_yielder_init(frame);
		fm_sim_start(frame);
	}
}

static double sim_yield(bool unwatched)
{
	static const struct fm_sim_scenario scenario = {
		.name = "bench/yield",
		.claim = "tasks that yield end",
		.setup = setup_yield,
		.deadline_ns = FM_HOUR,
		.steps_max = STEPS_MAX,
	};
	struct fm_sim_tape tape = { .records = NULL };
	const struct fm_sim_options options = { .seed = 1, .record = &tape, .unwatched = unwatched };
	double rate;

	/* As in a worker, which runs seed after seed: the second has the memory that the first asked the kernel for. */
	run(&scenario, &options, 1);
	tape.count = 0;
	rate = run(&scenario, &options, (double)BENCH_YIELD_TASKS * BENCH_YIELDS);
	if (tape.count < (size_t)BENCH_YIELD_TASKS * (BENCH_YIELDS - 1))
		bench_die("the tape is too short");
	free(tape.records);
	return rate;
}

double bench_sim_yield(void)
{
	return sim_yield(false);
}

double bench_sim_yield_unwatched(void)
{
	return sim_yield(true);
}

struct sleeper {
	struct fm_async async;
	struct fm_sleep sleep;
	fm_ns length_ns;
	unsigned left;
};

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--)
		FM_AWAIT(fm_sleep_init(&self->sleep, self->length_ns));
	FM_END;
}

static void start_sleeper(struct fm_sim_host *host, fm_ns length_ns, unsigned sleeps)
{
	struct sleeper *frame = fm_sim_alloc(host, sizeof(*frame), NULL);

	FM_ASYNC_INIT(frame, sleeper);
	frame->length_ns = length_ns;
	frame->left = sleeps;
	fm_sim_start(frame);
}

static void setup_sleeps(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	uint32_t length = 1;

	(void)state;
	for (unsigned i = 0; i < SLEEPERS; i++) {
		length = length * 1664525u + 1013904223u;
		start_sleeper(host, (1 + (length >> 8) % 60000) * FM_MS, 1);
	}
}

double bench_virtual_sleeps(void)
{
	static const struct fm_sim_scenario scenario = {
		.name = "bench/sleeps",
		.claim = "a million sleeps end",
		.setup = setup_sleeps,
		.deadline_ns = FM_HOUR,
		.steps_max = STEPS_MAX,
	};

	return run(&scenario, &fifo, SLEEPERS);
}

static void setup_hour(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	(void)state;
	for (unsigned i = 0; i < HOUR_TASKS; i++)
		start_sleeper(host, 10 * FM_MS, HOUR_SLEEPS);
}

static double virtual_hour(bool unwatched)
{
	static const struct fm_sim_scenario scenario = {
		.name = "bench/hour",
		.claim = "an hour passes",
		.setup = setup_hour,
		.deadline_ns = 2 * FM_HOUR,
		.steps_max = STEPS_MAX,
	};
	const struct fm_sim_options options = { .seed = 1, .strategy = FM_SIM_FIFO, .unwatched = unwatched };

	return run(&scenario, &options, (double)HOUR_TASKS * HOUR_SLEEPS);
}

double bench_virtual_hour(void)
{
	return virtual_hour(false);
}

double bench_virtual_hour_unwatched(void)
{
	return virtual_hour(true);
}
