/*
 * Requests in a slab: a key is a place and its generation, so that a key from before is known for what it is.
 *
 * A place that is wiped when it is freed begins its generations anew, and then a key from before fits the
 * next request: a late deadline cancels what has none.
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define CLIENTS 2

enum entry_state { ENTRY_FREE, ENTRY_WAITS, ENTRY_ANSWERED, ENTRY_CANCELLED };

struct key {
	unsigned place;
	unsigned generation; /* 0: none yet */
};

struct entry {
	enum entry_state state;
	unsigned generation;
	struct fm_waker waker;
};

struct slab {
	bool broken;
	struct entry entry[CLIENTS];
};

static struct key slab_add(struct slab *slab)
{
	unsigned place = 0;

	while (slab->entry[place].state != ENTRY_FREE)
		place++;
	slab->entry[place].state = ENTRY_WAITS;
	return (struct key){ place, ++slab->entry[place].generation };
}

/* The entry of a key; NULL: it is not there any more. */
static struct entry *slab_get(struct slab *slab, struct key key)
{
	struct entry *entry = &slab->entry[key.place];

	return entry->state != ENTRY_FREE && entry->generation == key.generation ? entry : NULL;
}

static void slab_remove(struct slab *slab, struct key key)
{
	struct entry *entry = slab_get(slab, key);

	fm_waker_drop(&entry->waker);
	entry->state = ENTRY_FREE;
	if (slab->broken) /* planted: all of it is wiped */
		*entry = (struct entry){ .state = ENTRY_FREE };
}

static void entry_end(struct entry *entry, enum entry_state state)
{
	if (!entry || entry->state != ENTRY_WAITS)
		return;
	entry->state = state;
	fm_waker_wake(&entry->waker);
}

struct answer {
	struct fm_future fut;
	struct slab *slab;
	struct key key;
};

static enum fm_poll answer_poll(struct fm_future *future, struct fm_context *cx)
{
	struct answer *self = FM_CONTAINER_OF(future, struct answer, fut);
	struct entry *entry = slab_get(self->slab, self->key);
	const bool cancelled = entry->state == ENTRY_CANCELLED;

	if (entry->state == ENTRY_WAITS) {
		fm_waker_store(&entry->waker, cx);
		return FM_PENDING;
	}
	slab_remove(self->slab, self->key);
	return fm_ready(future, cancelled ? FM_ERR_CANCELLED : FM_OK);
}

static void answer_drop(struct fm_future *future)
{
	struct answer *self = FM_CONTAINER_OF(future, struct answer, fut);

	slab_remove(self->slab, self->key);
}

static const struct fm_future_ops answer_ops = { .name = "answer", .poll = answer_poll, .drop = answer_drop };

static struct fm_future *answer_init(struct answer *self, struct slab *slab, struct key key)
{
	fm_future_init(&self->fut, &answer_ops);
	self->slab = slab;
	self->key = key;
	return &self->fut;
}

struct world {
	bool broken;
	struct slab slab;
	struct key hurried; /* the request that has a deadline */
};

struct client {
	struct fm_async async;
	struct world *world;
	struct answer answer;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	self->world->hurried = slab_add(&self->world->slab);
	FM_AWAIT(answer_init(&self->answer, &self->world->slab, self->world->hurried));
	FM_AWAIT(answer_init(&self->answer, &self->world->slab, slab_add(&self->world->slab)));
	/* BUG: it was another one's deadline */
	FM_ALWAYS(self->answer.fut.status == FM_OK, "what has no deadline is answered");
	FM_END;
}

struct deadline {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
};

FM_ASYNC(deadline)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, (1 + fm_random(8)) * FM_MS));
	entry_end(slab_get(&self->world->slab, self->world->hurried), ENTRY_CANCELLED);
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	unsigned place;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_sleep_init(&self->work, (1 + fm_random(5)) * FM_MS));
		self->place = (self->place + 1) % CLIENTS;
		entry_end(&self->world->slab.entry[self->place], ENTRY_ANSWERED);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->slab.broken = world->broken;
	fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, deadline, world));
	fm_sim_start_daemon(TWIN_TASK(host, server, world));
}

NEWCOMER(reused_key, "reused-key", .claim = "a deadline cancels its own request", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
