/*
 * fermata_bench NAME: runs one benchmark and prints `NAME value unit`. fermata_bench echo_client PORT is the client of
 * every echo server, ours or not. Which figure is measured against which is in `run`.
 */
#include "bench.h"
#include "echo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct benchmark {
	const char *name;
	const char *unit;
	double (*run)(void);
} benchmarks[] = {
	{ "yield", "M/s", bench_yield },
	{ "spawn_join", "M/s", bench_spawn_join },
	{ "parked_bytes", "bytes", bench_parked_bytes },
	{ "mpsc_bounded", "M/s", bench_mpsc_bounded },
	{ "mpsc_bounded_8", "M/s", bench_mpsc_bounded_8 },
	{ "mpsc_unbounded", "M/s", bench_mpsc_unbounded },
	{ "oneshot_ping_pong", "M/s", bench_oneshot_ping_pong },
	{ "broadcast_8", "M/s", bench_broadcast_8 },
	{ "virtual_sleeps", "M/s", bench_virtual_sleeps },
	{ "timer_cancel", "M/s", bench_timer_cancel },
	{ "virtual_hour", "M/s", bench_virtual_hour },
	{ "virtual_hour_unwatched", "M/s", bench_virtual_hour_unwatched },
	{ "mutex", "M/s", bench_mutex },
	{ "mutex_yield", "M/s", bench_mutex_yield },
	{ "echo", "us", bench_echo },
	{ "echo_epoll", "us", bench_echo_epoll },
	{ "sim_yield", "M/s", bench_sim_yield },
	{ "sim_yield_unwatched", "M/s", bench_sim_yield_unwatched },
	{ "sim_chat", "M/s", bench_sim_chat },
	{ "sim_chat_unwatched", "M/s", bench_sim_chat_unwatched },
};

fm_ns bench_clock_ns(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (fm_ns)at.tv_sec * FM_SEC + (fm_ns)at.tv_nsec;
}

double bench_rate(double count, fm_ns began_ns)
{
	return count * 1e3 / (double)(bench_clock_ns() - began_ns);
}

void bench_die(const char *what)
{
	fprintf(stderr, "fermata_bench: %s\n", what);
	exit(1);
}

void bench_run(struct fm_future *program)
{
	const int status = fm_run(program);

	if (status != FM_OK)
		bench_die(fm_status_name(status));
}

void *bench_task(size_t frame_bytes)
{
	void *frame = fm_task_alloc(frame_bytes, NULL);

	if (!frame)
		bench_die("no memory for a task");
	return frame;
}

static int usage(void)
{
	fputs("usage: fermata_bench NAME | fermata_bench echo_client PORT\nnames:", stderr);
	for (size_t i = 0; i < FM_COUNT_OF(benchmarks); i++)
		fprintf(stderr, " %s", benchmarks[i].name);
	fputc('\n', stderr);
	return 2;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "echo_client") == 0)
		return echo_client((uint16_t)atoi(argv[2]));
	if (argc != 2)
		return usage();
	for (size_t i = 0; i < FM_COUNT_OF(benchmarks); i++) {
		if (strcmp(benchmarks[i].name, argv[1]) != 0)
			continue;
		printf("%s %.6g %s\n", argv[1], benchmarks[i].run(), benchmarks[i].unit);
		return 0;
	}
	return usage();
}
