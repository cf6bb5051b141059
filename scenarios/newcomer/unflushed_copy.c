/*
 * A proxy that gathers what it reads and sends it on in large pieces.
 *
 * tokio's copy once did so: with bytes in hand it waited for more, the client waited for an answer to what it
 * had sent, and the server for the question. What is in hand must go on before the proxy waits.
 */
#include "newcomer.h"

#include <fm/duplex.h>
#include <fm/notify.h>

#define PINGS 3
#define PING_BYTES 4
#define LARGE_BYTES 8

struct world {
	bool broken;
	struct fm_duplex *near[2]; /* client to proxy */
	struct fm_duplex *far[2];  /* proxy to server */
	struct fm_notify answered;
};

struct proxy {
	struct fm_async async;
	struct world *world;
	struct fm_read read;
	struct fm_write_all write;
	size_t have;
	char buffer[2 * LARGE_BYTES];
};

FM_ASYNC(proxy)
{
	FM_BEGIN;
	do {
		/* BUG: waits for more with a ping in hand */
		FM_AWAIT(fm_read_init(&self->read, fm_duplex_stream(self->world->near[1]),
				      self->buffer + self->have, sizeof(self->buffer) - self->have));
		self->have += self->read.done;
		if (self->world->broken && self->have < LARGE_BYTES &&
		    self->read.done) /* planted: too little to send */
			continue;
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->far[0]), self->buffer,
					   self->have));
		self->have = 0;
	} while (self->read.done);
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_write_all write;
	struct fm_notified answered;
	unsigned pings;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	for (; self->pings < PINGS; self->pings++) {
		FM_AWAIT(fm_write_all_init(&self->write, fm_duplex_stream(self->world->near[0]), "ping",
					   PING_BYTES));
		/* BUG: the ping is still with the proxy */
		FM_AWAIT(fm_notified_init(&self->answered, &self->world->answered));
	}
	fm_stream_close(fm_duplex_stream(self->world->near[0]));
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_read_exact read;
	unsigned pings;
	char ping[PING_BYTES];
};

FM_ASYNC(server)
{
	FM_BEGIN;
	for (; self->pings < PINGS; self->pings++) {
		/* BUG: the ping is still with the proxy */
		FM_AWAIT(fm_read_exact_init(&self->read, fm_duplex_stream(self->world->far[1]), self->ping,
					    PING_BYTES));
		fm_notify_one(&self->world->answered);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->near[0], &world->near[1]) == FM_OK, "no near pipe");
	FM_SIM_CHECK(sim, fm_duplex_new(8, &world->far[0], &world->far[1]) == FM_OK, "no far pipe");
	fm_notify_init(&world->answered);
	fm_sim_start(TWIN_TASK(host, proxy, world));
	fm_sim_start(TWIN_TASK(host, client, world));
	fm_sim_start(TWIN_TASK(host, server, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	for (unsigned i = 0; i < 2; i++) {
		fm_duplex_free(world->near[i]);
		fm_duplex_free(world->far[i]);
	}
}

NEWCOMER(unflushed_copy, "unflushed-copy", .claim = "every ping is answered", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN, .end = end);
