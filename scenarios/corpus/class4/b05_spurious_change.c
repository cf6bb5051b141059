/*
 * A watch whose receiver believes that a wake means a new version: a wake proves nothing.
 *
 * Corpus B05 (tokio #3168, #3234). Woken for an update that another poll has seen already, or for no reason,
 * it expects what is not there.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define UPDATES 4

struct watch {
	unsigned version;
	struct fm_waitq receivers;
};

struct changed {
	struct fm_future fut;
	bool broken;
	struct watch *watch;
	struct fm_waiter waiter;
	bool waited;
	unsigned *seen; /* the receiver's */
};

static enum fm_poll changed_poll(struct fm_future *future, struct fm_context *cx)
{
	struct changed *self = FM_CONTAINER_OF(future, struct changed, fut);

	if (self->watch->version == *self->seen) {
		if (self->waited && self->broken) /* B05: a wake is taken for a change */
			/* BUG: woken, and nothing has changed */
			fm_panic("failed to observe a change after a notification");
		self->waited = true;
		twin_wait(&self->watch->receivers, &self->waiter, "watch", self->watch, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	*self->seen = self->watch->version;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void changed_drop(struct fm_future *future)
{
	struct changed *self = FM_CONTAINER_OF(future, struct changed, fut);

	twin_leave(&self->waiter, self->watch, future);
}

static const struct fm_future_ops changed_ops = {
	.name = "changed",
	.poll = changed_poll,
	.drop = changed_drop,
};

struct world {
	bool broken;
	struct watch watch;
	unsigned seen; /* of the receiver that both readers share */
};

static struct fm_future *changed_init(struct changed *self, struct world *world)
{
	fm_future_init(&self->fut, &changed_ops);
	fm_waiter_init(&self->waiter);
	self->broken = world->broken;
	self->watch = &world->watch;
	self->waited = false;
	self->seen = &world->seen;
	return &self->fut;
}

struct follower {
	struct fm_async async;
	struct world *world;
	struct changed changed;
};

FM_ASYNC(follower)
{
	FM_BEGIN;
	while (self->world->seen != UPDATES)
		FM_AWAIT(changed_init(&self->changed, self->world));
	FM_END;
}

/* Looks now and then, through the same receiver, but never at the last version. */
struct glancer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned glances;
};

FM_ASYNC(glancer)
{
	FM_BEGIN;
	for (; self->glances < UPDATES; self->glances++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		if (self->world->watch.version < UPDATES)
			self->world->seen = self->world->watch.version;
	}
	FM_END;
}

struct updater {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
};

FM_ASYNC(updater)
{
	FM_BEGIN;
	while (self->world->watch.version < UPDATES) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		self->world->watch.version++;
		fm_waitq_wake_all(&self->world->watch.receivers);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->watch.receivers);
	fm_sim_start(TWIN_TASK(host, follower, world));
	fm_sim_start(TWIN_TASK(host, glancer, world));
	fm_sim_start(TWIN_TASK(host, updater, world));
}

CORPUS(spurious_change, "b05-spurious-change",
       .claim = "a follower sees the last version, however it is woken", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
