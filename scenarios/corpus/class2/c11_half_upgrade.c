/*
 * A lock for readers whose one upgradable reader may become the writer: an upgrade that is dropped gives back
 * all that it has.
 *
 * Corpus C11 (async-lock 90b1a30). The upgrade consumed the guard of the upgradable reader; its drop clears
 * the writer's claim, and keeps the right to upgrade for ever.
 */
#include "../corpus.h"

#include <fm/sleep.h>
#include <fm/timeout.h>

static const char kind[] = "rwlock";

struct rwlock {
	bool broken;
	unsigned readers; /* the upgradable one not among them */
	bool upgradable;  /* somebody may upgrade */
	bool writer;      /* writes, or waits for the last reader to go */
	struct fm_waitq waiters;
};

enum wanted { READ, UPGRADABLE, UPGRADE };

struct lock {
	struct fm_future fut;
	struct rwlock *rwlock;
	struct fm_waiter waiter;
	enum wanted wanted;
};

static bool can_have(const struct rwlock *rwlock, enum wanted wanted)
{
	switch (wanted) {
	case READ:
		return !rwlock->writer;
	case UPGRADABLE:
		return !rwlock->upgradable;
	default:
		return rwlock->readers == 0;
	}
}

static enum fm_poll lock_poll(struct fm_future *future, struct fm_context *cx)
{
	struct lock *self = FM_CONTAINER_OF(future, struct lock, fut);

	if (!can_have(self->rwlock, self->wanted)) {
		twin_wait(&self->rwlock->waiters, &self->waiter, kind, self->rwlock, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	self->rwlock->readers += self->wanted == READ;
	self->rwlock->upgradable |= self->wanted == UPGRADABLE;
	fm_observe_grant(kind, self->rwlock, NULL);
	return fm_ready(future, FM_OK);
}

static void changed(struct rwlock *rwlock)
{
	fm_observe_release(rwlock);
	fm_waitq_wake_all(&rwlock->waiters);
}

static void read_unlock(struct rwlock *rwlock)
{
	rwlock->readers--;
	changed(rwlock);
}

static void write_unlock(struct rwlock *rwlock)
{
	rwlock->writer = false;
	rwlock->upgradable = false;
	changed(rwlock);
}

static void lock_drop(struct fm_future *future)
{
	struct lock *self = FM_CONTAINER_OF(future, struct lock, fut);

	twin_leave(&self->waiter, self->rwlock, future);
	if (self->wanted != UPGRADE)
		return;
	if (self->rwlock->broken) { /* C11: only what the upgrade itself had set */
		self->rwlock->writer = false;
		fm_waitq_wake_all(&self->rwlock->waiters);
	} else {
		write_unlock(self->rwlock);
	}
}

static const struct fm_future_ops lock_ops = { .name = "lock", .poll = lock_poll, .drop = lock_drop };

/* UPGRADE takes over what the caller had as UPGRADABLE. */
static struct fm_future *lock_init(struct lock *self, struct rwlock *rwlock, enum wanted wanted)
{
	fm_future_init(&self->fut, &lock_ops);
	fm_waiter_init(&self->waiter);
	self->rwlock = rwlock;
	self->wanted = wanted;
	rwlock->writer |= wanted == UPGRADE;
	return &self->fut;
}

struct world {
	bool broken;
	struct rwlock rwlock;
};

struct reader {
	struct fm_async async;
	struct world *world;
	struct lock lock;
	struct fm_sleep sleep;
};

FM_ASYNC(reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	FM_AWAIT(lock_init(&self->lock, &self->world->rwlock, READ));
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(4) * FM_MS));
	read_unlock(&self->world->rwlock);
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct lock lock;
	struct fm_sleep sleep;
	struct fm_timeout timeout;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(4) * FM_MS));
	/* BUG: the right to upgrade was never given back */
	FM_AWAIT(lock_init(&self->lock, &self->world->rwlock, UPGRADABLE));
	FM_AWAIT(fm_timeout_init(&self->timeout, lock_init(&self->lock, &self->world->rwlock, UPGRADE),
				 FM_MS));
	if (self->timeout.fut.status == FM_OK)
		write_unlock(&self->world->rwlock);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->rwlock.broken = world->broken;
	fm_waitq_init(&world->rwlock.waiters);
	for (unsigned i = 0; i < 2; i++) {
		fm_sim_start(TWIN_TASK(host, reader, world));
		fm_sim_start(TWIN_TASK(host, writer, world));
	}
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	/* BUG: the last upgrade was given up, and nobody came after it */
	FM_SIM_CHECK(sim, !world->rwlock.upgradable, "nobody has the lock, and it cannot be had");
}

CORPUS(half_upgrade, "c11-half-upgrade", .claim = "an upgrade that is given up leaves the lock free",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
