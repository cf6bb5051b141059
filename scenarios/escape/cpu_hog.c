/*
 * A long computation in one poll: whoever else is ready waits for it. No draw and no clock of the simulator sees
 * anything; only the real CPU time does. The twin computes as long, and yields in between. In one run of 32, since
 * it takes real time.
 */
#include "../twins.h"

#include <fm/env.h>
#include <fm/task.h>

#define PIECES 60
#define PIECE_TURNS 600000 /* some 1 ms, far below the bound, also where all is slower */

struct world {
	bool broken;
	unsigned pieces;
};

struct miner {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

static void compute(void)
{
	for (volatile unsigned turn = 0; turn < PIECE_TURNS; turn++)
		;
}

FM_ASYNC(miner)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(32) == 7)
		while (self->world->pieces < PIECES) {
			compute();
			self->world->pieces++;
			if (!self->world->broken) /* BUG: it computes for all the time it takes */
				FM_AWAIT(fm_yield_init(&self->yield));
		}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(TWIN_TASK(fm_sim_host(sim, "host"), miner, state));
}

TWINS(cpu_hog, "escape/cpu-hog", .claim = "a long computation lets others run", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .poll_cpu_ns = 20 * FM_MS);
