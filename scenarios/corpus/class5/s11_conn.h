/*
 * A connection that ends when nobody holds a stream of it any more and its goodbye has gone out; shared
 * by both entries of S11, which say in conn_again() when a poll must be followed by another.
 *
 * Delivering a response runs the code of who asked for it, which may drop the last handle there and then,
 * while the connection is being polled and its waker is in nobody's hands.
 */
#ifndef S11_CONN_H
#define S11_CONN_H

#include "../corpus.h"

#include <fm/sleep.h>

#define STREAMS 2

struct connection {
	unsigned streams;        /* handles that are still held */
	unsigned responses;      /* that have arrived, not delivered */
	unsigned room;           /* for bytes on the wire */
	bool leaving;            /* the goodbye is to be sent */
	struct fm_waiter waiter; /* in `changed`, while the connection is parked */
	struct fm_waitq changed;
};

struct world {
	bool broken;
	struct connection connection;
};

/* Whether the poll that ends now must be followed by another. */
static bool conn_again(const struct world *world);

static void stream_drop(struct connection *connection)
{
	if (--connection->streams == 0)
		fm_waitq_wake_all(&connection->changed);
}

struct conn {
	struct fm_future fut;
	struct world *world;
};

static enum fm_poll conn_poll(struct fm_future *future, struct fm_context *cx)
{
	struct world *world = FM_CONTAINER_OF(future, struct conn, fut)->world;
	struct connection *connection = &world->connection;

	fm_waiter_leave(&connection->waiter);
	connection->leaving |= connection->streams == 0;
	if (connection->leaving && connection->room)
		return fm_ready(future, FM_OK);
	for (; connection->responses; connection->responses--)
		stream_drop(connection); /* who asked takes the response, and is done with the stream */
	if (conn_again(world))
		fm_waker_wake_by_ref(cx->waker);
	twin_wait(&connection->changed, &connection->waiter, "connection", connection, future, cx);
	return FM_PENDING;
}

static void conn_drop(struct fm_future *future)
{
	struct connection *connection = &FM_CONTAINER_OF(future, struct conn, fut)->world->connection;

	twin_leave(&connection->waiter, connection, future);
}

static const struct fm_future_ops conn_ops = { .name = "conn", .poll = conn_poll, .drop = conn_drop };

static struct fm_future *conn_init(struct conn *self, struct world *world)
{
	fm_future_init(&self->fut, &conn_ops);
	self->world = world;
	return &self->fut;
}

struct driver {
	struct fm_async async;
	struct world *world;
	struct conn conn;
};

FM_ASYNC(driver)
{
	FM_BEGIN;
	FM_AWAIT(conn_init(&self->conn, self->world)); /* BUG: never ends, or turns without end */
	FM_END;
}

/* Answers one stream after the other, and empties the wire. */
struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned answered;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	for (; self->answered < STREAMS; self->answered++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		self->world->connection.responses++;
		fm_waitq_wake_all(&self->world->connection.changed);
	}
	FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
	self->world->connection.room++;
	fm_waitq_wake_all(&self->world->connection.changed);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->connection.streams = STREAMS;
	fm_waitq_init(&world->connection.changed);
	fm_waiter_init(&world->connection.waiter);
	fm_sim_start(TWIN_TASK(host, driver, world));
	fm_sim_start(TWIN_TASK(host, peer, world));
}

#endif
