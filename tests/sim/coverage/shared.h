/* An async function in a header that two sources of the test include: its await is linked twice and is one site. */
#ifndef TESTS_SIM_COVERAGE_SHARED_H
#define TESTS_SIM_COVERAGE_SHARED_H

#include <fm/async.h>
#include <fm/ready.h>
#include <fm_sim/scenario.h>

struct shared {
	struct fm_async async;
	struct fm_ready ready;
};

FM_ASYNC(shared)
{
	FM_BEGIN;
	FM_AWAIT(fm_ready_init(&self->ready, 0));
	FM_END;
}

static inline void start_shared(struct fm_sim *sim)
{
	struct shared *frame = fm_sim_alloc(fm_sim_host(sim, "shared"), sizeof(*frame), "shared");

	FM_ASYNC_INIT(frame, shared);
	fm_sim_start(frame);
}

/* The other source's. */
void start_shared_elsewhere(struct fm_sim *sim);

#endif
