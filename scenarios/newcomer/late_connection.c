/*
 * A pool of connections: who finds none idle begins to connect and queues up too, and takes what comes first,
 * his own or one that is given back.
 *
 * His own that comes too late is put with the idle ones: somebody who could not connect, since only so many
 * may be open, waits beside it until another is given back (hyper's pool had its like).
 */
#include "newcomer.h"

#include <fm/sleep.h>

#define USERS 3
#define OPEN_MAX 2

struct take;

struct pool {
	bool broken;
	unsigned idle;
	unsigned open; /* or being opened */
	unsigned queued;
	struct take *queue[USERS]; /* oldest first */
};

struct take {
	struct fm_future fut;
	struct pool *pool;
	struct fm_waker waker;
	bool queued;
	bool given;
};

static void leave(struct pool *pool, unsigned place)
{
	pool->queue[place]->queued = false;
	for (unsigned i = place + 1; i < pool->queued; i++)
		pool->queue[i - 1] = pool->queue[i];
	pool->queued--;
}

static void give(struct pool *pool, unsigned place)
{
	struct take *take = pool->queue[place];

	leave(pool, place);
	take->given = true;
	fm_waker_wake(&take->waker);
}

/* Where in the queue; the end: it is not there. */
static unsigned place_of(const struct pool *pool, const struct take *take)
{
	unsigned place = 0;

	while (place < pool->queued && pool->queue[place] != take)
		place++;
	return place;
}

static void give_back(struct pool *pool)
{
	if (pool->queued > 0)
		give(pool, 0);
	else
		pool->idle++;
}

/* A connection has come up that was begun for `take`. */
static void connected(struct pool *pool, const struct take *take)
{
	const unsigned place = place_of(pool, take);

	if (place < pool->queued)
		give(pool, place);
	else if (pool->broken) /* planted: idle, whoever else waits */
		pool->idle++;
	else
		give_back(pool);
}

static enum fm_poll take_poll(struct fm_future *future, struct fm_context *cx)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);
	struct pool *pool = self->pool;

	if (!self->given && pool->idle > 0) {
		pool->idle--;
		self->given = true;
		if (self->queued)
			leave(pool, place_of(pool, self));
	}
	if (self->given) {
		fm_waker_drop(&self->waker);
		return fm_ready(future, FM_OK);
	}
	if (!self->queued) {
		self->queued = true;
		pool->queue[pool->queued++] = self;
	}
	fm_waker_store(&self->waker, cx);
	return FM_PENDING;
}

static void take_drop(struct fm_future *future)
{
	struct take *self = FM_CONTAINER_OF(future, struct take, fut);

	if (self->queued)
		leave(self->pool, place_of(self->pool, self));
	fm_waker_drop(&self->waker);
	if (self->given)
		give_back(self->pool);
}

static const struct fm_future_ops take_ops = { .name = "take", .poll = take_poll, .drop = take_drop };

struct world {
	bool broken;
	struct pool pool;
};

struct connect {
	struct fm_async async;
	struct world *world;
	struct fm_sleep handshake;
	const struct take *take; /* may be gone by then: it is compared only */
};

FM_ASYNC(connect)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->handshake, (1 + fm_random(5)) * FM_MS));
	connected(&self->world->pool, self->take);
	FM_END;
}

static void connect_for(struct world *world, const struct take *take)
{
	struct connect *connect = fm_task_alloc(sizeof(*connect), "connect");

	FM_ALWAYS(connect, "there is memory");
	FM_ASYNC_INIT(connect, connect);
	connect->world = world;
	connect->take = take;
	world->pool.open++;
	fm_task_detach(fm_task_spawn(connect));
}

static struct fm_future *take_init(struct take *self, struct world *world)
{
	*self = (struct take){ .pool = &world->pool };
	fm_future_init(&self->fut, &take_ops);
	if (world->pool.idle == 0 && world->pool.open < OPEN_MAX)
		connect_for(world, self);
	return &self->fut;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct take take;
	struct fm_sleep work;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	/* BUG: a connection lies idle */
	FM_AWAIT(take_init(&self->take, self->world));
	FM_AWAIT(fm_sleep_init(&self->work, (1 + fm_random(3)) * FM_MS));
	give_back(&self->world->pool);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->pool.broken = world->broken;
	for (unsigned i = 0; i < USERS; i++)
		fm_sim_start(TWIN_TASK(host, user, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->pool.idle == world->pool.open, "%u of %u connections are back",
		     world->pool.idle, world->pool.open);
}

NEWCOMER(late_connection, "late-connection", .claim = "nobody waits beside an idle connection",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN, .end = end);
