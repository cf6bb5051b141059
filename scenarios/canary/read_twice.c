/*
 * A reader that asks for the same fair lock again: fine, until a writer queues in between.
 *
 * Corpus F05. The writer waits for the first read to end, the second read waits behind the writer.
 */
#include "canary.h"

#include <fm/rwlock.h>

struct world {
	bool broken;
	struct fm_rwlock table;
	unsigned value;
	unsigned reads;
};

struct audit {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock outer;
	struct fm_rwlock_lock inner;
	struct fm_yield yield;
	unsigned before;
};

FM_ASYNC(audit)
{
	FM_BEGIN;
	FM_AWAIT(fm_rwlock_read_init(&self->outer, &self->world->table));
	self->before = self->world->value;
	FM_AWAIT(fm_yield_init(&self->yield));
	if (self->world->broken) /* F05: reads again under its own lock */
		FM_AWAIT(fm_rwlock_read_init(&self->inner, &self->world->table));
	FM_ALWAYS(self->world->value == self->before, "nobody writes while somebody reads");
	self->world->reads++;
	if (self->world->broken)
		fm_rwlock_read_unlock(&self->world->table);
	fm_rwlock_read_unlock(&self->world->table);
	FM_END;
}

struct update {
	struct fm_async async;
	struct world *world;
	struct fm_rwlock_lock lock;
};

FM_ASYNC(update)
{
	FM_BEGIN;
	FM_AWAIT(fm_rwlock_write_init(&self->lock, &self->world->table));
	self->world->value++;
	fm_rwlock_write_unlock(&self->world->table);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_rwlock_init(&world->table);
	fm_sim_start(TWIN_TASK(host, audit, world));
	fm_sim_start(TWIN_TASK(host, update, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_rwlock_drop(&world->table);
	FM_SIM_CHECK(sim, world->reads == 1 && world->value == 1, "%u reads and %u writes", world->reads,
		     world->value);
}

CANARY(read_twice, "read-twice", .claim = "a reader and a writer of one table both end",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
