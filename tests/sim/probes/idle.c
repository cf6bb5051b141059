/* It has an await, so that it is seen to take part, and a probe that is never hit. */
#include "idle.h"

#include <fm/task.h>

struct idle {
	struct fm_async async;
	struct fm_yield yield;
	int never;
};

FM_ASYNC(idle)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (self->never)
		FM_REACHABLE("idleness ends");
	FM_END;
}

void start_idle(struct fm_sim *sim)
{
	struct idle *idle = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*idle), "idle");

	FM_ASYNC_INIT(idle, idle);
	fm_sim_start(idle);
}
