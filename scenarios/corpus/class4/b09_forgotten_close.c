/*
 * A limit on connections that is closed at shutdown and then made smaller: closed is for good.
 *
 * Corpus B09 (tokio #8021). The count and the closed flag share a word, and the smaller count is stored
 * without the flag: who asks later waits for a permit that nobody will release.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define PERMITS 2
#define CLIENTS 3

enum { CLOSED_BIT = 1, ONE = 2 };

struct limit {
	bool broken;
	unsigned word; /* permits times ONE, and CLOSED_BIT */
	struct fm_waitq waiters;
};

static void limit_close(struct limit *limit)
{
	limit->word |= CLOSED_BIT;
	fm_waitq_wake_all(&limit->waiters);
}

static void limit_forget_all(struct limit *limit)
{
	limit->word = limit->broken ? 0 : limit->word & CLOSED_BIT; /* B09: the flag goes with the permits */
}

static void limit_release(struct limit *limit)
{
	limit->word += ONE;
	fm_waitq_wake_first(&limit->waiters);
}

struct acquire {
	struct fm_future fut;
	struct limit *limit;
	struct fm_waiter waiter;
};

static enum fm_poll acquire_poll(struct fm_future *future, struct fm_context *cx)
{
	struct acquire *self = FM_CONTAINER_OF(future, struct acquire, fut);
	struct limit *limit = self->limit;

	if (!limit->word) {
		twin_wait(&limit->waiters, &self->waiter, "limit", limit, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (limit->word & CLOSED_BIT)
		return fm_ready(future, FM_ERR_CLOSED);
	limit->word -= ONE;
	return fm_ready(future, FM_OK);
}

static void acquire_drop(struct fm_future *future)
{
	struct acquire *self = FM_CONTAINER_OF(future, struct acquire, fut);

	twin_leave(&self->waiter, self->limit, future);
	if (self->limit->word)
		fm_waitq_wake_first(&self->limit->waiters);
}

static const struct fm_future_ops acquire_ops = {
	.name = "acquire",
	.poll = acquire_poll,
	.drop = acquire_drop,
};

static struct fm_future *acquire_init(struct acquire *self, struct limit *limit)
{
	fm_future_init(&self->fut, &acquire_ops);
	fm_waiter_init(&self->waiter);
	self->limit = limit;
	return &self->fut;
}

struct world {
	bool broken;
	struct limit limit;
	bool down;
};

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct acquire acquire;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_sleep_init(&self->sleep, (1 + fm_random(3)) * FM_MS));
		/* BUG: closed, and waits */
		FM_AWAIT(acquire_init(&self->acquire, &self->world->limit));
		if (self->acquire.fut.status == FM_ERR_CLOSED)
			break;
		/* BUG: closed, and open again */
		FM_ALWAYS(!self->world->down, "nobody connects after the shutdown");
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
		limit_release(&self->world->limit);
	}
	FM_END;
}

struct shutdown {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(shutdown)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(8) * FM_MS));
	self->world->down = true;
	limit_close(&self->world->limit);
	limit_forget_all(&self->world->limit);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->limit.broken = world->broken;
	world->limit.word = PERMITS * ONE;
	fm_waitq_init(&world->limit.waiters);
	for (unsigned i = 0; i < CLIENTS; i++)
		fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, shutdown, world));
}

CORPUS(forgotten_close, "b09-forgotten-close", .claim = "a limit that was closed stays closed",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
