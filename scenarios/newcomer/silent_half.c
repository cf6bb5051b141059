/*
 * A connection in two halves, each with an owner; the last one to go closes it.
 *
 * The half that writes must say so when it goes: the peer answers when it has read to the end, and the half
 * that reads waits for the answer, so nobody comes to the end.
 */
#include "newcomer.h"

#include <fm/embed.h>
#include <fm/tcp.h>

#define REQUEST_BYTES 4

struct world {
	bool broken;
	struct fm_addr addr;
	struct fm_tcp tcp; /* of both halves */
	unsigned halves;
};

static void half_drop(struct world *world)
{
	if (--world->halves == 0)
		fm_tcp_close(&world->tcp);
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_read read;
	struct fm_write_all write;
	char bytes[64];
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
	do {
		/* BUG: the end of the request does not come */
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
	} while (self->read.done);
	FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, "done", REQUEST_BYTES));
	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
	struct fm_shutdown shutdown;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	FM_AWAIT(fm_write_all_init(&self->write, &self->world->tcp.stream, "work", REQUEST_BYTES));
	if (!self->world->broken) /* planted: the half goes without a word */
		FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->world->tcp.stream));
	half_drop(self->world);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_tcp_connect connect;
	struct fm_read_exact read;
	struct writer *writer;
	char answer[REQUEST_BYTES];
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->world->tcp, &self->world->addr));
	self->world->halves = 2;
	self->writer = fm_task_alloc(sizeof(*self->writer), "writer");
	FM_ALWAYS(self->writer, "there is memory");
	FM_ASYNC_INIT(self->writer, writer);
	self->writer->world = self->world;
	fm_task_detach(fm_task_spawn(self->writer));
	/* BUG: the server waits for the end of the request */
	FM_AWAIT(fm_read_exact_init(&self->read, &self->world->tcp.stream, self->answer, REQUEST_BYTES));
	half_drop(self->world);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *left = fm_sim_host(sim, "left");
	struct fm_sim_host *right = fm_sim_host(sim, "right");
	struct world *world = state;
	struct server *server = TWIN_TASK(left, server, world);

	fm_tcp_listener_init(&server->listener);
	fm_tcp_init(&server->tcp);
	fm_tcp_init(&world->tcp);
	world->addr = fm_sim_host_addr(left, 80);
	fm_executor_enter(fm_sim_host_executor(left));
	FM_SIM_CHECK(sim, fm_tcp_listen(&server->listener, &world->addr, 4) == FM_OK, "cannot listen");
	fm_executor_enter(NULL);
	fm_sim_start(server);
	fm_sim_start(TWIN_TASK(right, client, world));
}

NEWCOMER(silent_half, "silent-half", .claim = "a request is answered",
	 .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_STREAM, .deadline_ns = FM_MIN);
