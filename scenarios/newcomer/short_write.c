/*
 * A write that takes fewer bytes than it was given, and nobody looks how many.
 */
#include "newcomer.h"

#include <fm/embed.h>
#include <fm/tcp.h>

#define MESSAGE_BYTES 40

struct world {
	bool broken;
	struct fm_addr addr;
};

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	size_t got;
	char bytes[64];
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
	do {
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
		self->got += self->read.done;
	} while (self->read.done);
	/* BUG: the rest was never written */
	FM_ALWAYS(self->got == MESSAGE_BYTES, "the message is whole");
	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_write write;
	size_t sent;
	char message[MESSAGE_BYTES];
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->world->addr));
	do {
		FM_AWAIT(fm_write_init(&self->write, &self->tcp.stream, self->message + self->sent,
				       MESSAGE_BYTES - self->sent));
		self->sent += self->write.done;
	} while (self->sent < MESSAGE_BYTES && !self->world->broken); /* planted: one write will do */
	fm_tcp_close(&self->tcp);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *left = fm_sim_host(sim, "left");
	struct fm_sim_host *right = fm_sim_host(sim, "right");
	struct world *world = state;
	struct server *server = TWIN_TASK(left, server, world);
	struct client *client = TWIN_TASK(right, client, world);

	fm_tcp_listener_init(&server->listener);
	fm_tcp_init(&server->tcp);
	fm_tcp_init(&client->tcp);
	world->addr = fm_sim_host_addr(left, 80);
	fm_executor_enter(fm_sim_host_executor(left));
	FM_SIM_CHECK(sim, fm_tcp_listen(&server->listener, &world->addr, 4) == FM_OK, "cannot listen");
	fm_executor_enter(NULL);
	fm_sim_start(server);
	fm_sim_start(client);
}

NEWCOMER(short_write, "short-write", .claim = "a message arrives whole",
	 .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_STREAM, .deadline_ns = FM_MIN);
