/*
 * A function that reads under a fair lock, called by one that already does: the callee must not ask
 * again.
 *
 * Corpus F05 (tokio #2849). A writer that queues between the two reads waits for the first, and the
 * second waits behind it.
 */
#include "../corpus.h"

#include <fm/rwlock.h>
#include <fm/sleep.h>

#define ROUNDS 3

struct world {
	bool broken;
	struct fm_rwlock rooms;
	unsigned members;
	unsigned looked_up;
};

struct look_up {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock lock;
	unsigned found;
};

FM_ASYNC(look_up)
{
	FM_BEGIN;
	if (self->world->broken) { /* F05: the caller holds it already */
		FM_AWAIT(fm_rwlock_read_init(&self->lock, &self->world->rooms)); /* BUG: behind a writer */
		self->found = self->world->members;
		fm_rwlock_read_unlock(&self->world->rooms);
	} else {
		self->found = self->world->members;
	}
	FM_END;
}

static struct fm_future *look_up_init(struct look_up *self, struct world *world)
{
	FM_ASYNC_INIT(self, look_up);
	self->world = world;
	return &self->async.fut;
}

struct sync {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock lock;
	struct fm_sleep fetch;
	struct look_up look_up;
	unsigned rounds;
	unsigned members;
};

FM_ASYNC(sync)
{
	FM_BEGIN;
	for (; self->rounds < ROUNDS; self->rounds++) {
		FM_AWAIT(fm_rwlock_read_init(&self->lock, &self->world->rooms));
		self->members = self->world->members;
		FM_AWAIT(fm_sleep_init(&self->fetch, fm_random(2) * FM_MS));
		FM_AWAIT(look_up_init(&self->look_up, self->world));
		FM_ALWAYS(self->look_up.found == self->members, "nobody joins while the rooms are read");
		self->world->looked_up++;
		fm_rwlock_read_unlock(&self->world->rooms);
	}
	FM_END;
}

struct join {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock lock;
	struct fm_sleep later;
};

FM_ASYNC(join)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	FM_AWAIT(fm_rwlock_write_init(&self->lock, &self->world->rooms));
	self->world->members++;
	fm_rwlock_write_unlock(&self->world->rooms);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_rwlock_init(&world->rooms);
	fm_sim_start(TWIN_TASK(host, sync, world));
	fm_sim_start(TWIN_TASK(host, join, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_rwlock_drop(&world->rooms);
	FM_SIM_CHECK(sim, world->looked_up == ROUNDS && world->members == 1, "%u look-ups and %u members",
		     world->looked_up, world->members);
}

CORPUS(recursive_read, "f05-recursive-read", .claim = "readers and writers of the rooms all end",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
