/*
 * What a task costs that waits on a oneshot: growth of the resident memory over 1,000,000 of them, their channels
 * included. The senders lie in an array that was touched before.
 */
#include "bench.h"

#include <fm/oneshot.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 1000000, TURNS = 4 };

static struct fm_oneshot_tx senders[TASKS];

static struct parker {
	struct fm_async async;
	struct fm_yield yield;
	unsigned turns;
	double before_bytes;
	double bytes;
} program;

static double resident_bytes(void)
{
	unsigned long pages, resident;
	FILE *statm = fopen("/proc/self/statm", "re");

	if (!statm || fscanf(statm, "%lu %lu", &pages, &resident) != 2)
		bench_die("cannot read /proc/self/statm");
	fclose(statm);
	return (double)resident * (double)sysconf(_SC_PAGESIZE);
}

/* The receive is the task's own future: nothing stands around it. */
static void park_one(struct fm_oneshot_tx *tx)
{
	struct fm_oneshot_recv *frame = bench_task(sizeof(*frame));
	struct fm_oneshot_rx rx;

	if (fm_oneshot_new(sizeof(uint64_t), tx, &rx) != FM_OK)
		bench_die("no memory for a channel");
	fm_oneshot_recv_init(frame, &rx);
	fm_task_detach(fm_task_spawn(frame));
}

FM_ASYNC(parker)
{
	FM_BEGIN;
	self->before_bytes = resident_bytes();
	for (size_t i = 0; i < TASKS; i++)
		park_one(&senders[i]);
	for (self->turns = 0; self->turns < TURNS; self->turns++)
		FM_AWAIT(fm_yield_init(&self->yield));
	self->bytes = resident_bytes() - self->before_bytes;
	for (size_t i = 0; i < TASKS; i++)
		fm_oneshot_tx_drop(&senders[i]);
	FM_END;
}

double bench_parked_bytes(void)
{
	memset(senders, 0xff, sizeof(senders));
	FM_ASYNC_INIT(&program, parker);
	bench_run(&program.async.fut);
	return program.bytes / TASKS;
}
