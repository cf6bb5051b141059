/* Two tasks take two locks, one in this order, one in that. */
#include "search.h"

struct world {
	struct search_world base;
	struct fm_mutex locks[2];
};

struct taker {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
	unsigned first;
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[self->first]));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->locks[1 - self->first]));
	fm_mutex_unlock(&self->world->locks[1 - self->first]);
	fm_mutex_unlock(&self->world->locks[self->first]);
	FM_END;
}

static void setup(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	for (unsigned i = 0; i < 2; i++)
		fm_mutex_init(&world->locks[i]);
	for (unsigned i = 0; i < 2; i++) {
		struct taker *taker = TWIN_TASK(host, taker, world);

		taker->first = world->base.broken ? i : 0;
		fm_sim_start(taker);
	}
}

SEARCH(abba, "abba", .claim = "both have had both locks");
