/* Ten tries of 10 ms end just when they must; the eleventh is one too many, though the answer would come. */
#include "oracle.h"

struct world {
	bool broken;
	unsigned tries;
};

struct asker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
};

FM_ASYNC(asker)
{
	FM_BEGIN;
	for (; self->world->tries < (self->world->broken ? 11 : 10); self->world->tries++)
		FM_AWAIT(fm_sleep_init(&self->pause, 10 * FM_MS)); /* BUG: the eleventh */
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), asker, state));
}

ORACLE(late_answer, "late-answer", .claim = "an answer within 100 ms", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = 100 * FM_MS);
