/*
 * Three parties meet round after round at a barrier of three, and one of two: nobody goes on before all are there, each round
 * has one leader, and one that gives up waiting is not counted.
 */
#include "primitive.h"

#include <fm/barrier.h>
#include <fm/select.h>
#include <fm/timeout.h>

#define PARTIES 3
#define ROUNDS 4

struct world {
	struct fm_barrier barrier;
	unsigned arrived[ROUNDS];
	unsigned leaders[ROUNDS];
	unsigned left[ROUNDS];
};

struct party {
	struct fm_async async;
	struct world *world;
	struct strict strict;
	struct fm_barrier_wait wait;
	struct fm_timeout timeout;
	struct fm_select select;
	struct fm_branch branch;
	struct fm_yield yield;
	struct fm_sleep sleep;
	unsigned round;
	bool hasty; /* gives up once, before it comes for good */
};

static void meet(struct party *self)
{
	struct world *world = self->world;

	HOLDS(self->wait.fut.status == FM_OK, "%s", fm_status_name(self->wait.fut.status));
	HOLDS(world->arrived[self->round] == PARTIES, "%u of %u were there in round %u", world->arrived[self->round], PARTIES,
	      self->round);
	world->leaders[self->round] += self->wait.leader;
	world->left[self->round]++;
}

FM_ASYNC(party)
{
	FM_BEGIN;
	for (; self->round < ROUNDS; self->round++) {
		if (self->hasty && self->world->arrived[self->round] == 0) {
			self->branch = (struct fm_branch){ fm_barrier_wait_init(&self->wait, &self->world->barrier), 0 };
			FM_AWAIT(fm_select_default_init(&self->select, &self->branch, 1));
			HOLDS(self->select.winner == FM_SELECT_DEFAULT, "nobody else is there, and it did not wait");
		}
		self->world->arrived[self->round]++;
		if (SOMETIMES_IN(3))
			FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		FM_AWAIT(fm_timeout_init(
			&self->timeout,
			strict(&self->strict, fm_barrier_wait_init(&self->wait, &self->world->barrier)), FM_SEC));
		if (self->timeout.fut.status == FM_ERR_TIMEOUT)
			FM_RETURN(FM_ERR_TIMEOUT); /* a party was cancelled */
		meet(self);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	DIRTY(&world->barrier);
	FM_SIM_CHECK(sim, fm_barrier_init(&world->barrier, 0) == FM_ERR_INVALID, "a barrier of nobody");
	FM_SIM_CHECK(sim, fm_barrier_init(&world->barrier, PARTIES) == FM_OK, "a barrier");
	for (unsigned i = 0; i < PARTIES; i++) {
		struct party *party = PRIMITIVE_TASK(host, party, world);

		party->hasty = i == 0;
		fm_sim_start(party);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned round = 0; round < ROUNDS; round++) {
		FM_SIM_CHECK(sim, world->left[round] == PARTIES, "%u of %u went on from round %u", world->left[round], PARTIES,
			     round);
		FM_SIM_CHECK(sim, world->leaders[round] == 1, "round %u had %u leaders", round, world->leaders[round]);
	}
	fm_barrier_drop(&world->barrier);
}

FM_SCENARIO(primitive_barrier) = {
	.name = "primitive/barrier",
	.claim = "nobody goes on before all are there, and each round has one leader",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
