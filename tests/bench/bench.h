/*
 * What the benchmarks share: a clock, a way to run a program, and the table of all in main.c. Each file is one noun; its
 * program is the twin of one in tokio/src/main.rs, step for step, so that a change here is a change there.
 */
#ifndef TESTS_BENCH_BENCH_H
#define TESTS_BENCH_BENCH_H

#include <fm/async.h>
#include <fm/executor.h>
#include <fm/task.h>

/* Each gives its figure: millions a second, bytes, or microseconds, as the table in main.c says. */
double bench_yield(void);
double bench_spawn_join(void);
double bench_parked_bytes(void);
double bench_mpsc_bounded(void);
double bench_mpsc_bounded_8(void);
double bench_mpsc_unbounded(void);
double bench_oneshot_ping_pong(void);
double bench_broadcast_8(void);
double bench_virtual_sleeps(void);
double bench_timer_cancel(void);
double bench_virtual_hour(void);
double bench_virtual_hour_unwatched(void);
double bench_mutex(void);
double bench_mutex_yield(void);
double bench_echo(void);
double bench_echo_epoll(void);
double bench_sim_yield(void);
double bench_sim_yield_unwatched(void);
double bench_sim_chat(void);
double bench_sim_chat_unwatched(void);

/*
 * CPU time of this process, kernel included. Every benchmark is one thread that never waits for anybody, so this is the
 * real time that it would take on a core of its own, and a busy machine disturbs it least.
 */
fm_ns bench_clock_ns(void);

/* Millions a second of `count` things done since began_ns. */
double bench_rate(double count, fm_ns began_ns);

/* One line on stderr, and status 1: a benchmark that went wrong has no figure. */
void bench_die(const char *what) __attribute__((noreturn));

/* Runs a program in a default executor; one that fails has no figure. */
void bench_run(struct fm_future *program);

/* The memory of a task that must be had. */
void *bench_task(size_t frame_bytes);

/* The yield program, which both worlds run. */
enum { BENCH_YIELD_TASKS = 1000, BENCH_YIELDS = 10000 };

struct bench_yielder {
	struct fm_async async;
	struct fm_yield yield;
	unsigned left;
};

void bench_yielder_init(struct bench_yielder *self);

#endif
