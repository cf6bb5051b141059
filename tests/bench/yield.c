/* 1,000 tasks yield 10,000 times each: the executor's turn and nothing else. */
#include "bench.h"

FM_ASYNC(bench_yielder)
{
	FM_BEGIN;
	while (self->left > 0) {
		self->left--;
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

void bench_yielder_init(struct bench_yielder *self)
{
	FM_ASYNC_INIT(self, bench_yielder);
	self->left = BENCH_YIELDS;
}

static struct yielders {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *tasks[BENCH_YIELD_TASKS];
	unsigned at;
} program;

FM_ASYNC(yielders)
{
	FM_BEGIN;
	for (unsigned i = 0; i < BENCH_YIELD_TASKS; i++) {
		struct bench_yielder *frame = bench_task(sizeof(*frame));

		bench_yielder_init(frame);
		self->tasks[i] = fm_task_spawn(frame);
	}
	for (self->at = 0; self->at < BENCH_YIELD_TASKS; self->at++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->tasks[self->at]));
		fm_task_detach(self->tasks[self->at]);
	}
	FM_END;
}

double bench_yield(void)
{
	const fm_ns began_ns = bench_clock_ns();

	FM_ASYNC_INIT(&program, yielders);
	bench_run(&program.async.fut);
	return bench_rate((double)BENCH_YIELD_TASKS * BENCH_YIELDS, began_ns);
}
