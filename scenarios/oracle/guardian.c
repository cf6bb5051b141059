/* Aborts what it guards after its patience, and waits for its end. */
#include "oracle.h"

struct guardian {
	struct fm_async async;
	void *frame; /* of the task, not spawned yet */
	struct fm_task *task;
	fm_ns patience_ns;
	struct fm_sleep sleep;
	struct fm_task_join join;
};

FM_ASYNC(guardian)
{
	FM_BEGIN;
	self->task = fm_task_spawn(self->frame);
	FM_AWAIT(fm_sleep_init(&self->sleep, self->patience_ns));
	fm_task_abort(self->task);
	FM_AWAIT(fm_task_join_init(&self->join, self->task));
	fm_task_detach(self->task);
	FM_END;
}

void guard(struct fm_sim_host *host, void *frame, fm_ns patience_ns)
{
	struct guardian *guardian = fm_sim_alloc(host, sizeof(*guardian), "guardian");

	FM_ASYNC_INIT(guardian, guardian);
	guardian->frame = frame;
	guardian->patience_ns = patience_ns;
	fm_sim_start(guardian);
}
