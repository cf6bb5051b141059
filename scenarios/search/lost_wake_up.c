/*
 * One waits for a flag that another sets. It looks at the flag under a lock, and then waits to be notified: whoever sets it in
 * between notifies nobody.
 */
#include "search.h"

#include <fm/notify.h>

struct world {
	struct search_world base;
	struct fm_mutex lock;
	struct fm_notify changed;
	bool flag;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
	struct fm_notified notified;
	bool unset;
};

FM_ASYNC(waiter)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	fm_notified_init(&self->notified, &self->world->changed);
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->unset = !self->world->flag;
	fm_mutex_unlock(&self->world->lock);
	if (self->unset) {
		FM_AWAIT(hop_init(&self->pad));
		if (self->world->base.broken) /* the fixed one began to listen before it looked */
			fm_notified_init(&self->notified, &self->world->changed);
		FM_AWAIT(&self->notified.fut);
	}
	FM_END;
}

struct setter {
	struct fm_async async;
	struct world *world;
	struct pad pad;
	struct fm_mutex_lock lock;
};

FM_ASYNC(setter)
{
	FM_BEGIN;
	FM_AWAIT(pad_init(&self->pad, self->world->base.pads));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->flag = true;
	fm_mutex_unlock(&self->world->lock);
	fm_notify_all(&self->world->changed);
	FM_END;
}

static void setup(struct fm_sim *sim, struct world *world)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->lock);
	fm_notify_init(&world->changed);
	fm_sim_start(TWIN_TASK(host, waiter, world));
	fm_sim_start(TWIN_TASK(host, setter, world));
}

SEARCH(lost_wake_up, "lost-wake-up", .claim = "whoever waits for the flag is told");
