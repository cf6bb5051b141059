/*
 * Readiness as a snapshot that is awaited, used, and cleared where an operation would block: masked by
 * what was asked for.
 *
 * Corpus I01 (tokio #2886). The snapshot has both directions, so a reader that would block clears the
 * writer's as well, on a device that tells of each edge once.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define BYTES 6
#define ROOM 2

enum { READABLE = 1, WRITABLE = 2 };

struct socket {
	unsigned ready;
	unsigned inbound;
	unsigned outbound;
	struct fm_waitq events;
};

struct world {
	bool broken;
	struct socket socket;
	unsigned received;
	unsigned sent;
};

static void socket_event(struct socket *socket, unsigned edge)
{
	socket->ready |= edge;
	fm_waitq_wake_all(&socket->events);
}

static bool is_readable(const void *socket)
{
	return ((const struct socket *)socket)->ready & READABLE;
}

static bool is_writable(const void *socket)
{
	return ((const struct socket *)socket)->ready & WRITABLE;
}

/* What the readiness future gives, and its user clears where nothing can be done. */
static unsigned snapshot(const struct world *world, unsigned interest)
{
	return world->broken ? world->socket.ready : world->socket.ready & interest; /* I01: all there is */
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct until readable;
	unsigned given;
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	while (self->world->received < BYTES) {
		FM_AWAIT(until_init(&self->readable, &self->world->socket.events, "readable", is_readable,
				    &self->world->socket));
		self->given = snapshot(self->world, READABLE);
		if (self->world->socket.inbound == 0) {
			self->world->socket.ready &= ~self->given;
			continue;
		}
		self->world->socket.inbound--;
		self->world->received++;
	}
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct until writable;
	struct fm_sleep think;
	unsigned given;
};

static struct fm_future *writable(struct sender *self)
{
	return until_init(&self->writable, &self->world->socket.events, "writable", is_writable,
			  &self->world->socket);
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->world->sent < BYTES) {
		FM_AWAIT(writable(self)); /* BUG: there is room, and no edge any more */
		self->given = snapshot(self->world, WRITABLE);
		if (self->world->socket.outbound == ROOM) {
			self->world->socket.ready &= ~self->given;
			continue;
		}
		self->world->socket.outbound++;
		self->world->sent++;
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(2) * FM_MS));
	}
	FM_END;
}

/* The other end of the line. */
struct peer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned beats;
};

static void beat(struct socket *socket, bool brings)
{
	if (socket->outbound == ROOM) {
		socket->outbound = 0;
		socket_event(socket, WRITABLE);
	}
	if (brings) {
		socket->inbound++;
		socket_event(socket, READABLE);
	}
}

FM_ASYNC(peer)
{
	FM_BEGIN;
	for (; self->beats < 3 * BYTES; self->beats++) {
		FM_AWAIT(fm_sleep_init(&self->pause, FM_MS));
		beat(&self->world->socket, self->beats < BYTES);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->socket.ready = READABLE | WRITABLE;
	fm_waitq_init(&world->socket.events);
	fm_sim_start(TWIN_TASK(host, sender, world));
	fm_sim_start(TWIN_TASK(host, receiver, world));
	fm_sim_start(TWIN_TASK(host, peer, world));
}

CORPUS(full_snapshot, "i01-full-snapshot", .claim = "a socket's two directions get on without each other",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
