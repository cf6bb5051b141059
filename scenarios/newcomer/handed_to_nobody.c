/*
 * A pool of one connection: who gives it back hands it to the oldest waiter, by a oneshot; waiters give up
 * after 10 ms.
 */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/oneshot.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

struct pool {
	int free;
	struct fm_oneshot_tx queue[64];
	unsigned head, tail;
};

struct world {
	bool broken;
	struct pool pool;
	int served;
};

static struct pool *the_pool(void)
{
	return &((struct world *)fm_sim_state(fm_sim_current()))->pool;
}

/* A place at the end of the queue. */
static struct fm_oneshot_tx *pool_queue(void)
{
	return &the_pool()->queue[the_pool()->tail++ % 64];
}

static void pool_put(struct pool *pool, int conn)
{
	while (pool->head != pool->tail) {
		struct fm_oneshot_tx tx = pool->queue[pool->head++ % 64];

		if (fm_oneshot_send(&tx, &conn) == FM_OK)
			return;
	}
	pool->free = conn;
}

static void conn_back(void *item)
{
	pool_put(the_pool(), *(int *)item);
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_timeout timeout;
	struct fm_oneshot_rx rx;
	struct fm_oneshot_recv recv;
	int conn, i;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 3;) {
		self->conn = the_pool()->free;
		the_pool()->free = 0;
		if (!self->conn) {
			/* planted: a connection that nobody takes is nobody's */
			fm_oneshot_new_owning(sizeof(int), self->world->broken ? NULL : conn_back,
					      pool_queue(), &self->rx);
			/* BUG: the connection was sent to one whose time was over */
			FM_AWAIT(fm_timeout_init(&self->timeout, fm_oneshot_recv_init(&self->recv, &self->rx),
						 10 * FM_MS));
			if (self->timeout.fut.status != FM_OK) {
				/* BUG: as above, told from here */
				FM_AWAIT(fm_sleep_init(&self->sleep, 5 * FM_MS));
				continue;
			}
			fm_oneshot_take(&self->recv, &self->conn);
		}
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(8) * 2 * FM_MS));
		self->i++;
		self->world->served++;
		pool_put(the_pool(), self->conn);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	world->pool.free = 7;
	for (int i = 0; i < 3; i++)
		fm_sim_start(TWIN_TASK(host, user, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct pool *pool = &((struct world *)state)->pool;

	(void)sim;
	while (pool->head != pool->tail)
		fm_oneshot_tx_drop(&pool->queue[pool->head++ % 64]);
}

NEWCOMER(handed_to_nobody, "handed-to-nobody", .claim = "all users are served",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
