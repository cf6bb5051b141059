/*
 * A shutdown that comes while a connection shakes hands: the handshake ends, and then the goodbye is
 * said.
 *
 * Corpus S09 (hyper #3729). Handshaking is turned into closed on the spot, although the client's first
 * request is already on its way behind its hello. It sees the connection end without an answer or a
 * goodbye.
 */
#include "../corpus.h"

#include <fm/duplex.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>

#define REQUESTS 3

struct world {
	bool broken;
	struct event shutdown;
	struct fm_duplex *server;
	struct fm_duplex *client;
	unsigned answered;
	unsigned refused;
};

/* Bytes on the wire: H hello, W welcome, R request, A answer, G goodbye: a request behind it is refused. */
struct server {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct until shutdown;
	struct fm_read_exact read;
	struct fm_write_all write;
	char byte;
	bool stopping;
};

static struct fm_future *server_read(struct server *self)
{
	return fm_read_exact_init(&self->read, fm_duplex_stream(self->world->server), &self->byte, 1);
}

static struct fm_future *server_write(struct server *self, char byte)
{
	self->byte = byte;
	return fm_write_all_init(&self->write, fm_duplex_stream(self->world->server), &self->byte, 1);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(server_read(self)),
			   event_wait(&self->shutdown, &self->world->shutdown, "shutdown")));
	if (self->select.winner == 1) {
		if (self->world->broken) { /* S09: not served yet, so closed */
			fm_drop(&self->read.fut);
			goto closed;
		}
		self->stopping = true;
		FM_AWAIT(&self->read.fut);
	}
	FM_AWAIT(server_write(self, 'W'));
	while (!self->stopping) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, server_read(self),
				   event_wait(&self->shutdown, &self->world->shutdown, "shutdown")));
		self->stopping = self->select.winner == 1;
		if (!self->stopping && self->read.fut.status != FM_OK)
			goto closed;
		if (!self->stopping)
			FM_AWAIT(server_write(self, 'A'));
	}
	FM_AWAIT(server_write(self, 'G'));
closed:
	fm_duplex_free(self->world->server);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	struct fm_read_exact read;
	struct fm_write_all write;
	char byte;
	bool over;
	unsigned asked;
};

static struct fm_future *client_read(struct client *self)
{
	return fm_read_exact_init(&self->read, fm_duplex_stream(self->world->client), &self->byte, 1);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
	FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->client), "H", 1));
	while (!self->over && self->asked < REQUESTS) {
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->client), "R", 1));
		self->asked += self->write.fut.status == FM_OK;
		do
			FM_AWAIT(client_read(self));
		while (self->read.fut.status == FM_OK && self->byte == 'W');
		/* BUG: closed without a word */
		FM_ALWAYS(self->read.fut.status == FM_OK, "a request is answered or refused");
		self->world->answered += self->byte == 'A';
		self->over = self->byte == 'G';
	}
	fm_duplex_free(self->world->client);
	FM_END;
}

struct owner {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	event_happen(&self->world->shutdown);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	event_init(&world->shutdown);
	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->server, &world->client) == FM_OK, "no pipe");
	fm_sim_start(TWIN_TASK(host, server, world));
	fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, owner, world));
}

CORPUS(shutdown_in_handshake, "s09-shutdown-in-handshake",
       .claim = "a shutdown leaves no request without an answer or a goodbye", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
