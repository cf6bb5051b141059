/*
 * A connection that keeps the wakers of who waits for a stream to be stopped, in a table by stream;
 * shared by both entries of L05, which say in forget() what a wait that is dropped takes out of it.
 */
#ifndef L05_WAKERS_H
#define L05_WAKERS_H

#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define STREAMS 2
#define WAITS 4
#define ROUNDS 3

struct registration {
	struct fm_waker waker; /* none: the place is free */
	unsigned stream;
	const void *owner;
};

struct world {
	bool broken;
	struct registration table[WAITS + WAITS * ROUNDS];
	bool stopped[STREAMS + 1]; /* the last one never is */
	unsigned told;
	unsigned gave_up;
};

struct stopped {
	struct fm_future fut;
	struct world *world;
	unsigned stream;
	struct registration *mine;
};

/* The wait is over, or dropped: out of the table. */
static void forget(struct stopped *self);

static struct registration *first_free(struct world *world)
{
	struct registration *place = world->table;

	while (!fm_waker_is_none(place->waker))
		place++;
	return place;
}

static enum fm_poll stopped_poll(struct fm_future *future, struct fm_context *cx)
{
	struct stopped *self = FM_CONTAINER_OF(future, struct stopped, fut);

	if (self->world->stopped[self->stream]) {
		if (!fm_coop(cx))
			return FM_PENDING;
		self->mine = NULL;
		return fm_ready(future, FM_OK);
	}
	if (!self->mine) {
		fm_observe_wait("stream stop", &self->world->stopped[self->stream], future);
		self->mine = first_free(self->world);
		self->mine->stream = self->stream;
		self->mine->owner = self;
	}
	fm_waker_store(&self->mine->waker, cx);
	return FM_PENDING;
}

static void stopped_drop(struct fm_future *future)
{
	struct stopped *self = FM_CONTAINER_OF(future, struct stopped, fut);

	if (!self->mine || self->world->stopped[self->stream])
		return;
	fm_observe_unwait(&self->world->stopped[self->stream], future);
	forget(self);
}

static const struct fm_future_ops stopped_ops = { .name = "stopped",
						  .poll = stopped_poll,
						  .drop = stopped_drop };

static struct fm_future *stopped_init(struct stopped *self, struct world *world, unsigned stream)
{
	fm_future_init(&self->fut, &stopped_ops);
	self->world = world;
	self->stream = stream;
	self->mine = NULL;
	return &self->fut;
}

/* The connection hears that a stream was stopped. */
static void stop(struct world *world, unsigned stream)
{
	world->stopped[stream] = true;
	for (unsigned i = 0; i < FM_COUNT_OF(world->table); i++)
		if (!fm_waker_is_none(world->table[i].waker) && world->table[i].stream == stream)
			fm_waker_wake(&world->table[i].waker);
}

/* Asks now and then, for a short while each time; in the end waits. */
struct asker {
	struct fm_async async;
	struct world *world;
	struct stopped stopped;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep limit;
	unsigned stream;
	unsigned rounds;
};

static struct fm_future *ask(struct asker *self)
{
	const unsigned stream = (self->stream + self->rounds) % (STREAMS + 1);

	return FM_SELECT(&self->select, self->branch, stopped_init(&self->stopped, self->world, stream),
			 fm_sleep_init(&self->limit, FM_MS));
}

FM_ASYNC(asker)
{
	FM_BEGIN;
	for (self->rounds = (unsigned)fm_random(ROUNDS); self->rounds; self->rounds--) {
		FM_AWAIT(ask(self)); /* BUG: L05: leaves its waker */
		self->world->gave_up += self->select.winner == 1;
	}
	/* BUG: L05b: another took its waker out */
	FM_AWAIT(stopped_init(&self->stopped, self->world, self->stream));
	self->world->told++;
	FM_END;
}

struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	unsigned stream;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	for (; self->stream < STREAMS; self->stream++) {
		FM_AWAIT(fm_sleep_init(&self->later, (1 + fm_random(3)) * FM_MS));
		stop(self->world, self->stream);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	for (unsigned i = 0; i < WAITS; i++) {
		struct asker *asker = TWIN_TASK(host, asker, world);

		asker->stream = i % STREAMS;
		fm_sim_start(asker);
	}
	fm_sim_start(TWIN_TASK(host, peer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->told == WAITS, "%u of %u were told", world->told, WAITS);
}

#endif
