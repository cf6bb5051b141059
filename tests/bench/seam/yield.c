/* Some tasks yield so many times each, and nothing else: the program of which `measure` counts the instructions. */
#include <fm/async.h>
#include <fm/executor.h>
#include <fm/task.h>

#include <stdlib.h>

enum { TASKS = 50 };

struct yielder {
	struct fm_async async;
	struct fm_yield yield;
	unsigned left;
};

FM_ASYNC(yielder)
{
	FM_BEGIN;
	while (self->left > 0) {
		self->left--;
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static struct yielders {
	struct fm_async async;
	struct fm_task_join join;
	struct fm_task *tasks[TASKS];
	unsigned at;
	unsigned yields;
} program;

FM_ASYNC(yielders)
{
	FM_BEGIN;
	for (unsigned i = 0; i < TASKS; i++) {
		struct yielder *frame = fm_task_alloc(sizeof(*frame), NULL);

		FM_ASYNC_INIT(frame, yielder);
		frame->left = self->yields;
		self->tasks[i] = fm_task_spawn(frame);
	}
	for (self->at = 0; self->at < TASKS; self->at++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->tasks[self->at]));
		fm_task_detach(self->tasks[self->at]);
	}
	FM_END;
}

int main(int argc, char **argv)
{
	FM_ASYNC_INIT(&program, yielders);
	program.yields = argc > 1 ? (unsigned)atoi(argv[1]) : 1;
	return fm_run(&program.async.fut) != FM_OK;
}
