/*
 * A connection that in each poll reads, takes of its body what its buffer holds, and flushes that into a
 * pipe; shared by both entries of W21, which say in conn_again() when a poll must be followed by another.
 */
#ifndef W21_CONN_H
#define W21_CONN_H

#include "../corpus.h"

#include <fm/sleep.h>

#define BUFFER 4
#define PIPE 5
#define CHUNKS 14

struct body {
	unsigned chunks; /* to be sent */
	bool ended;      /* no more will come */
	struct fm_waitq changed;
};

struct world {
	bool broken;
	struct body body;
	unsigned inbound; /* messages of the peer, not read */
	unsigned piped;   /* chunks in the pipe */
	unsigned received;
	bool over;
	struct fm_waitq readable; /* for the connection */
	struct fm_waitq writable;
	struct fm_waitq arrived; /* for the peer */
};

struct conn {
	struct fm_future fut;
	struct world *world;
	unsigned buffered;
	struct fm_waiter body;
	struct fm_waiter read;
	struct fm_waiter write;
};

/*
 * Whether the poll that ends now must be followed by another: `blocked`: the buffer was full; `flushed`: it
 * is empty now.
 */
static bool conn_again(const struct conn *conn, bool blocked, bool flushed);

/* True: the body has more than the buffer can take. */
static bool conn_fill(struct conn *self, struct fm_context *cx)
{
	struct body *body = &self->world->body;

	for (; body->chunks && self->buffered < BUFFER; self->buffered++)
		body->chunks--;
	if (!body->chunks && !body->ended)
		twin_wait(&body->changed, &self->body, "body", body, &self->fut, cx);
	return body->chunks > 0;
}

/* True: nothing is buffered any more. */
static bool conn_flush(struct conn *self, struct fm_context *cx)
{
	struct world *world = self->world;
	bool wrote = false;

	for (; self->buffered && world->piped < PIPE; world->piped++, wrote = true)
		self->buffered--;
	if (self->buffered)
		twin_wait(&world->writable, &self->write, "pipe", &world->piped, &self->fut, cx);
	if (wrote)
		fm_waitq_wake_all(&world->arrived);
	return self->buffered == 0;
}

static enum fm_poll conn_poll(struct fm_future *future, struct fm_context *cx)
{
	struct conn *self = FM_CONTAINER_OF(future, struct conn, fut);
	bool blocked, flushed;

	self->world->inbound = 0;
	twin_wait(&self->world->readable, &self->read, "inbound", &self->world->inbound, future, cx);
	blocked = conn_fill(self, cx);
	flushed = conn_flush(self, cx);
	if (flushed && !blocked && self->world->body.ended && fm_coop(cx)) {
		fm_waiter_leave(&self->read);
		fm_waiter_leave(&self->body);
		return fm_ready(future, FM_OK);
	}
	if (conn_again(self, blocked, flushed))
		fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void conn_drop(struct fm_future *future)
{
	struct conn *self = FM_CONTAINER_OF(future, struct conn, fut);

	twin_leave(&self->body, &self->world->body, future);
	twin_leave(&self->read, &self->world->inbound, future);
	twin_leave(&self->write, &self->world->piped, future);
}

static const struct fm_future_ops conn_ops = { .name = "conn", .poll = conn_poll, .drop = conn_drop };

static struct fm_future *conn_init(struct conn *self, struct world *world)
{
	fm_future_init(&self->fut, &conn_ops);
	fm_waiter_init(&self->body);
	fm_waiter_init(&self->read);
	fm_waiter_init(&self->write);
	self->world = world;
	self->buffered = 0;
	return &self->fut;
}

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	uint64_t left;
};

static void produce(struct world *world, uint64_t *left)
{
	const uint64_t some = 1 + fm_random(2);

	world->body.chunks += (unsigned)(some < *left ? some : *left);
	*left -= some < *left ? some : *left;
	world->body.ended = *left == 0;
	fm_waitq_wake_all(&world->body.changed);
}

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (self->left = CHUNKS; self->left;) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		produce(self->world, &self->left);
	}
	FM_END;
}

static bool has_arrived(const void *world)
{
	return ((const struct world *)world)->piped > 0 || ((const struct world *)world)->over;
}

struct peer {
	struct fm_async async;
	struct world *world;
	struct until arrived;
	struct fm_sleep work;
};

static void receive(struct world *world)
{
	world->received += world->piped;
	world->piped = 0;
	fm_waitq_wake_all(&world->writable);
	if (fm_random(4) == 3) {
		world->inbound++;
		fm_waitq_wake_all(&world->readable);
	}
}

FM_ASYNC(peer)
{
	FM_BEGIN;
	while (self->world->received < CHUNKS) {
		FM_AWAIT(until_init(&self->arrived, &self->world->arrived, "chunks", has_arrived,
				    self->world));
		receive(self->world);
		FM_AWAIT(fm_sleep_init(&self->work, fm_random(3) * FM_MS));
	}
	FM_END;
}

struct connection {
	struct fm_async async;
	struct world *world;
	struct conn conn;
};

FM_ASYNC(connection)
{
	FM_BEGIN;
	/* BUG: stalls, or turns without end */
	FM_AWAIT(conn_init(&self->conn, self->world));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->body.changed);
	fm_waitq_init(&world->readable);
	fm_waitq_init(&world->writable);
	fm_waitq_init(&world->arrived);
	fm_sim_start(TWIN_TASK(host, connection, world));
	fm_sim_start(TWIN_TASK(host, producer, world));
	fm_sim_start(TWIN_TASK(host, peer, world));
}

#endif
