/* A job that panics. Contained, it ends its task alone, and whoever joins it is told; else the program would end here. */
#include "oracle.h"

struct world {
	bool broken;
	int status;
};

struct job {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
};

FM_ASYNC(job)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	fm_panic("the job met what it had not thought of"); /* BUG: and nobody contains it */
	FM_END;
}

struct owner {
	struct fm_async async;
	struct world *world;
	struct fm_task *task;
	struct fm_task_join join;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	{
		struct job *job = fm_task_alloc(sizeof(*job), "job");

		if (!job)
			FM_RETURN(FM_ERR_NOMEM);
		FM_ASYNC_INIT(job, job);
		job->world = self->world;
		if (!self->world->broken)
			fm_task_contain(job);
		self->task = fm_task_spawn(job);
	}
	FM_AWAIT(fm_task_join_init(&self->join, self->task));
	self->world->status = fm_task_status(self->task);
	fm_task_detach(self->task);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), owner, state));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->status == FM_ERR_PANICKED, "the job ended with %s", fm_status_name(world->status));
}

ORACLE(uncontained, "uncontained", .claim = "a job that panics harms nobody else", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
