/* Of branches that are always ready, each wins now and then; of select, race, and a join's first to be polled. */
#include "primitive.h"

#include <fm/race.h>
#include <fm/ready.h>
#include <fm/select.h>

#define LEGS 3
#define ROUNDS 200

struct world {
	unsigned wins[2][LEGS];
	uint64_t drawn; /* 0: the plainest run, where the first is always first */
};

struct chooser {
	struct fm_async async;
	struct world *world;
	struct fm_ready legs[LEGS];
	struct fm_branch branches[LEGS];
	struct fm_future *futures[LEGS];
	struct fm_select select;
	struct fm_race race;
	unsigned round;
};

static void make_legs(struct chooser *self)
{
	for (unsigned i = 0; i < LEGS; i++) {
		self->futures[i] = fm_ready_init(&self->legs[i], (int)i);
		self->branches[i] = (struct fm_branch){ self->futures[i], 0 };
	}
}

FM_ASYNC(chooser)
{
	FM_BEGIN;
	for (; self->round < ROUNDS; self->round++) {
		self->world->drawn += fm_random(100);
		make_legs(self);
		FM_AWAIT(fm_select_init(&self->select, self->branches, LEGS));
		self->world->wins[0][self->select.winner]++;
		make_legs(self);
		FM_AWAIT(fm_race_init(&self->race, self->futures, LEGS));
		self->world->wins[1][self->race.winner]++;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(PRIMITIVE_TASK(fm_sim_host(sim, "host"), chooser, state));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned i = 0; i < 2; i++) {
		const unsigned *wins = world->wins[i];

		for (unsigned leg = 0; world->drawn > 0 && leg < LEGS; leg++)
			FM_SIM_CHECK(sim, wins[leg] > ROUNDS / 8, "branch %u of %u wins %u times of %u", leg, LEGS, wins[leg],
				     ROUNDS);
	}
}

FM_SCENARIO(primitive_select_fair) = {
	.name = "primitive/select-fair",
	.claim = "no branch of a select or race is always first",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
