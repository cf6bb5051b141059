/*
 * A mutex: one task that locks and unlocks 10,000,000 times, and eight that do it 250,000 times each and yield while they
 * hold it, so that every lock is handed over.
 */
#include "bench.h"

#include <fm/mutex.h>

enum { LOCKS_1 = 10000000, LOCKS_8 = 250000, LOCKERS = 8 };

static struct fm_mutex mutex;
static uint64_t counter;

struct locker {
	struct fm_async async;
	struct fm_mutex_lock lock;
	struct fm_yield yield;
	unsigned left;
};

FM_ASYNC(locker)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &mutex));
		counter++;
		FM_AWAIT(fm_yield_init(&self->yield));
		fm_mutex_unlock(&mutex);
	}
	FM_END;
}

static struct alone {
	struct fm_async async;
	struct fm_mutex_lock lock;
	unsigned left;
} alone;

FM_ASYNC(alone)
{
	FM_BEGIN;
	for (self->left = LOCKS_1; self->left > 0; self->left--) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &mutex));
		counter++;
		fm_mutex_unlock(&mutex);
	}
	FM_END;
}

static struct lockers {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *tasks[LOCKERS];
	unsigned at;
} lockers;

FM_ASYNC(lockers)
{
	FM_BEGIN;
	for (unsigned i = 0; i < LOCKERS; i++) {
		struct locker *frame = bench_task(sizeof(*frame));

		FM_ASYNC_INIT(frame, locker);
		frame->left = LOCKS_8;
		self->tasks[i] = fm_task_spawn(frame);
	}
	for (self->at = 0; self->at < LOCKERS; self->at++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->tasks[self->at]));
		fm_task_detach(self->tasks[self->at]);
	}
	FM_END;
}

double bench_mutex(void)
{
	const fm_ns began_ns = bench_clock_ns();

	fm_mutex_init(&mutex);
	FM_ASYNC_INIT(&alone, alone);
	bench_run(&alone.async.fut);
	fm_mutex_drop(&mutex);
	return bench_rate((double)counter, began_ns);
}

double bench_mutex_yield(void)
{
	const fm_ns began_ns = bench_clock_ns();

	fm_mutex_init(&mutex);
	FM_ASYNC_INIT(&lockers, lockers);
	bench_run(&lockers.async.fut);
	fm_mutex_drop(&mutex);
	return bench_rate((double)counter, began_ns);
}
