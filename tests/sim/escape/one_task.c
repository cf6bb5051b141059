/* The task that acts: it waits for a moment of virtual time first, so that it stands in an await that can be blamed. */
#include "one_task.h"

FM_ASYNC(one_task)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	self->act(fm_sim_current());
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	FM_END;
}

struct one_task *one_task_new(struct fm_sim_host *host, void (*act)(struct fm_sim *sim))
{
	struct one_task *task = fm_sim_alloc(host, sizeof(*task), "one task");

	FM_ASYNC_INIT(task, one_task);
	task->act = act;
	return task;
}
