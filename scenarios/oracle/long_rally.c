/*
 * Two tasks that wake each other, over and over: each turn is a real one, so nobody turns on the spot, and the clock stands still all
 * the while. The scenario allows 2,000 polls; the twin needs some 400 to 800 of them.
 */
#include "oracle.h"

#include <fm/notify.h>

struct world {
	bool broken;
	struct fm_notify sides[2];
	unsigned hits;
};

struct player {
	struct fm_async async;
	struct world *world;
	unsigned side;
	unsigned left;
	struct fm_notified ball;
};

FM_ASYNC(player)
{
	FM_BEGIN;
	for (self->left = self->world->broken ? 2000 : 200; self->left > 0; self->left--) {
		FM_AWAIT(fm_notified_init(&self->ball, &self->world->sides[self->side])); /* BUG: 2,000 times */
		self->world->hits++;
		fm_notify_one(&self->world->sides[1 - self->side]);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	for (unsigned i = 0; i < 2; i++) {
		struct player *player = TWIN_TASK(host, player, world);

		fm_notify_init(&world->sides[i]);
		player->side = i;
		fm_sim_start(player);
	}
	fm_notify_one(&world->sides[0]);
}

ORACLE(long_rally, "long-rally", .claim = "a rally comes to its end", .steps_max = 2000, .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
