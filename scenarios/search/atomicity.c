/* Two tasks count, each reading under a lock and writing under it, but not both under the same hold. */
#include "search.h"

struct world {
	struct search_world base;
	struct fm_mutex lock;
	unsigned value;
};

struct counter {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
	unsigned seen;
};

FM_ASYNC(counter)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->seen = self->world->value;
	if (self->world->base.broken)
		fm_mutex_unlock(&self->world->lock);
	FM_AWAIT(hop_init(&self->pad));
	if (self->world->base.broken)
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->value = self->seen + 1;
	fm_mutex_unlock(&self->world->lock);
	FM_END;
}

static void setup(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->lock);
	fm_sim_start(TWIN_TASK(host, counter, world));
	fm_sim_start(TWIN_TASK(host, counter, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->value == 2, "two counted to %u", world->value);
}

SEARCH(atomicity, "atomicity", .claim = "both count", .end = end);
