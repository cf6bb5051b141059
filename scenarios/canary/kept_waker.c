/*
 * Wakers kept in a table by stream number: a wait that is dropped takes its own out again.
 *
 * Corpus L05. Polled once and dropped, the wait leaves its waker in the connection's table, and with it the
 * whole task, for as long as the connection lives.
 */
#include "canary.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define STREAMS 3

struct connection {
	bool broken;
	bool stopped[STREAMS];
	struct fm_waker wakers[STREAMS]; /* of who waits for a stream to be stopped */
};

struct stopped {
	struct fm_future fut;
	struct connection *connection;
	unsigned stream;
	bool waiting;
};

static enum fm_poll stopped_poll(struct fm_future *future, struct fm_context *cx)
{
	struct stopped *self = FM_CONTAINER_OF(future, struct stopped, fut);
	struct fm_waker *slot = &self->connection->wakers[self->stream];

	if (!self->connection->stopped[self->stream]) {
		if (!self->waiting)
			fm_observe_wait("stream stop", slot, future);
		self->waiting = true;
		fm_waker_store(slot, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(slot);
	return fm_ready(future, FM_OK);
}

static void stopped_drop(struct fm_future *future)
{
	struct stopped *self = FM_CONTAINER_OF(future, struct stopped, fut);
	struct fm_waker *slot = &self->connection->wakers[self->stream];

	if (!self->waiting)
		return;
	fm_observe_unwait(slot, future);
	if (!self->connection->broken) /* L05: the table keeps the waker of a wait that is gone */
		fm_waker_drop(slot);
}

static const struct fm_future_ops stopped_ops = { .name = "stopped",
						  .poll = stopped_poll,
						  .drop = stopped_drop };

static struct fm_future *stopped_init(struct stopped *self, struct connection *connection, unsigned stream)
{
	fm_future_init(&self->fut, &stopped_ops);
	self->connection = connection;
	self->stream = stream;
	self->waiting = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct connection connection;
	unsigned written;
	unsigned stopped;
};

struct stream {
	struct fm_async async;
	struct world *world;
	unsigned number;
	struct fm_select select;
	struct fm_branch branch[2];
	struct stopped stopped;
	struct fm_sleep write;
};

FM_ASYNC(stream)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch,
			   stopped_init(&self->stopped, &self->world->connection, self->number),
			   fm_sleep_init(&self->write, 2 * FM_MS)));
	if (self->select.winner == 0)
		self->world->stopped++;
	else
		self->world->written++;
	FM_END;
}

/* The peer stops one of the streams, sooner or later. */
struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	unsigned stream;
};

FM_ASYNC(peer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	self->stream = (unsigned)fm_random(STREAMS);
	self->world->connection.stopped[self->stream] = true;
	fm_waker_wake(&self->world->connection.wakers[self->stream]);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->connection.broken = world->broken;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct stream *stream = TWIN_TASK(host, stream, world);

		stream->number = i;
		fm_sim_start(stream);
	}
	fm_sim_start(TWIN_TASK(host, peer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->written + world->stopped == STREAMS,
		     "%u streams written and %u stopped, of %u", world->written, world->stopped, STREAMS);
}

CANARY(kept_waker, "kept-waker", .claim = "streams end, and the connection keeps nothing of theirs",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
