/*
 * A door behind a door: each is passed by one draw in sixteen, and what is behind it is another await. By chance alone the last of
 * three is passed in one run of 4096.
 */
#include "programs.h"

struct chain {
	struct fm_async async;
	struct fm_yield yield;
};

FM_ASYNC(chain)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) == 7) {
		FM_AWAIT(fm_yield_init(&self->yield));
		if (fm_random(16) == 11) {
			FM_AWAIT(fm_yield_init(&self->yield));
			if (fm_random(16) == 3)
				fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "behind the last door");
		}
	}
	FM_END;
}

static void chain_setup(struct fm_sim *sim, void *state)
{
	struct chain *chain = make(fm_sim_host(sim, "host"), sizeof(*chain));

	(void)state;
	FM_ASYNC_INIT(chain, chain);
	fm_sim_start(chain);
}

PROGRAM(doors, "doors/broken", chain_setup, .end = NULL);
