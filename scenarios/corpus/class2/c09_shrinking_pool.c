/*
 * A pool that sends a connection to whoever has waited longest: one that arrives too late must be counted
 * out.
 *
 * Corpus C09 (bb8 #59, 91dbde3). The waiter's time is over between the sending and the receiving; the
 * connection is closed with its channel, and the pool believes for ever that it exists.
 */
#include "../corpus.h"

#include <fm/oneshot.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

#define CONNECTIONS 1
#define USERS 4

struct world {
	bool broken;
	unsigned exist; /* connections, as the pool counts them */
	unsigned idle;
	unsigned waiting;
	struct fm_oneshot_tx waiters[USERS]; /* oldest first; the receiver may be gone */
};

struct connection {
	struct world *pool;
};

static bool next_waiter(struct world *pool, struct fm_oneshot_tx *waiter)
{
	if (!pool->waiting)
		return false;
	*waiter = pool->waiters[0];
	pool->waiting--;
	for (unsigned i = 0; i < pool->waiting; i++)
		pool->waiters[i] = pool->waiters[i + 1];
	return true;
}

static void put(struct world *pool)
{
	const struct connection connection = { pool };
	struct fm_oneshot_tx waiter;

	while (next_waiter(pool, &waiter))
		if (fm_oneshot_send(&waiter, &connection) == FM_OK)
			return;
	pool->idle++;
}

/* A connection that was sent and never received. */
static void connection_drop(void *connection)
{
	struct world *pool = ((struct connection *)connection)->pool;

	if (!pool->broken) /* C09: closed, and still counted */
		put(pool);
}

/* READY with FM_OK: the caller has a connection, and puts it back. */
struct get {
	struct fm_async async;
	struct world *pool;
	struct fm_oneshot_rx rx;
	struct fm_oneshot_recv recv;
};

static bool get_now(struct world *pool)
{
	if (pool->idle) {
		pool->idle--;
		return true;
	}
	if (pool->exist == CONNECTIONS)
		return false;
	pool->exist++;
	return true;
}

static void wait_in_line(struct get *self)
{
	struct fm_oneshot_tx *place = &self->pool->waiters[self->pool->waiting++];

	FM_ALWAYS(fm_oneshot_new_owning(sizeof(struct connection), connection_drop, place, &self->rx) ==
			  FM_OK,
		  "there is memory");
}

FM_ASYNC(get)
{
	FM_BEGIN;
	if (!get_now(self->pool)) {
		wait_in_line(self);
		/* BUG: all connections are in use, says the pool, and there is none */
		FM_AWAIT(fm_oneshot_recv_init(&self->recv, &self->rx));
		FM_RETURN(fm_oneshot_take(&self->recv, &(struct connection){ NULL }));
	}
	FM_END;
}

static struct fm_future *get_init(struct get *self, struct world *pool)
{
	self->pool = pool;
	return FM_ASYNC_INIT(self, get);
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct get get;
	struct fm_timeout timeout;
	bool patient;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	FM_AWAIT(fm_timeout_init(&self->timeout, get_init(&self->get, self->world),
				 self->patient ? FM_NS_MAX : FM_MS));
	if (self->timeout.fut.status == FM_OK) {
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		put(self->world);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	for (unsigned i = 0; i < USERS; i++) {
		struct user *user = TWIN_TASK(host, user, world);

		user->patient = i % 2;
		fm_sim_start(user);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_oneshot_tx waiter;

	while (next_waiter(world, &waiter))
		fm_oneshot_tx_drop(&waiter);
	/* BUG: counted for ever */
	FM_SIM_CHECK(sim, world->idle == world->exist, "%u of %u are there", world->idle, world->exist);
}

CORPUS(shrinking_pool, "c09-shrinking-pool", .claim = "a connection that nobody takes comes back to the pool",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
