/* A task that does nothing, spawned and joined, 1,000,000 times one after the other. */
#include "bench.h"

enum { SPAWNS = 1000000 };

struct nothing {
	struct fm_async async;
};

FM_ASYNC(nothing)
{
	FM_BEGIN;
	FM_END;
}

static struct spawner {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *task;
	unsigned left;
} program;

static struct fm_task *spawn_nothing(void)
{
	struct nothing *frame = bench_task(sizeof(*frame));

	FM_ASYNC_INIT(frame, nothing);
	return fm_task_spawn(frame);
}

FM_ASYNC(spawner)
{
	FM_BEGIN;
	for (self->left = SPAWNS; self->left > 0; self->left--) {
		self->task = spawn_nothing();
		FM_AWAIT(fm_task_join_init(&self->join, self->task));
		fm_task_detach(self->task);
	}
	FM_END;
}

double bench_spawn_join(void)
{
	const fm_ns began_ns = bench_clock_ns();

	FM_ASYNC_INIT(&program, spawner);
	bench_run(&program.async.fut);
	return bench_rate(SPAWNS, began_ns);
}
