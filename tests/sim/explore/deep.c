/*
 * Bugs behind five steps, each of which needs something rare. `draws`: one value of sixteen at each step, so chance passes all of them
 * once in 16^5 = 1,048,576 runs; awaits tell how far it came. `turns`: in each round of a session its peer must have had exactly four
 * turns, of two tasks that are ready, which a fair coin gives once in 32, and all of five once in 2^25 = 33,554,432; all rounds stand at
 * one await, so that probes tell.
 */
#include "programs.h"

#include <fm/probe.h>

struct steps {
	struct fm_async async;
	struct fm_yield yield;
};

FM_ASYNC(steps)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) != 7)
		FM_RETURN(FM_OK);
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) != 11)
		FM_RETURN(FM_OK);
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) != 3)
		FM_RETURN(FM_OK);
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) != 14)
		FM_RETURN(FM_OK);
	FM_AWAIT(fm_yield_init(&self->yield));
	if (fm_random(16) == 5)
		fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "behind the last step");
	FM_END;
}

static void steps_setup(struct fm_sim *sim, void *state)
{
	struct steps *steps = make(fm_sim_host(sim, "host"), sizeof(*steps));

	(void)state;
	FM_ASYNC_INIT(steps, steps);
	fm_sim_start(steps);
}

#define ROUNDS 5
#define TURNS 4

struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	while (!self->world->flag) {
		self->world->value++;
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

struct session {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
	unsigned round;
};

static void passed(unsigned round)
{
	switch (round) {
	case 1:
		FM_REACHABLE("the first round");
		break;
	case 2:
		FM_REACHABLE("the second round");
		break;
	case 3:
		FM_REACHABLE("the third round");
		break;
	case 4:
		FM_REACHABLE("the fourth round");
		break;
	default:
		fm_sim_fail(fm_sim_current(), __FILE__, __LINE__, "behind the last round");
	}
}

FM_ASYNC(session)
{
	FM_BEGIN;
	while (self->round < ROUNDS) {
		self->world->value = 0;
		FM_AWAIT(fm_yield_init(&self->yield));
		if (self->world->value != TURNS)
			break;
		passed(++self->round);
	}
	self->world->flag = true;
	FM_END;
}

static void turns_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct session *session = make(host, sizeof(*session));
	struct peer *peer = make(host, sizeof(*peer));

	FM_ASYNC_INIT(session, session);
	FM_ASYNC_INIT(peer, peer);
	session->world = peer->world = state;
	fm_sim_start(session);
	fm_sim_start(peer);
}

PROGRAM(deep_draws, "deep/draws", steps_setup, .end = NULL);
PROGRAM(deep_turns, "deep/turns", turns_setup, .end = NULL);
