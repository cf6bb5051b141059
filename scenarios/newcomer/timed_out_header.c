/* Length-prefixed messages over TCP; the server notes when a client has been idle for 100 ms. */
#include "newcomer.h"

#include <fm/addr.h>
#include <fm/env.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/tcp.h>
#include <fm/timeout.h>
#include <string.h>

struct world {
	bool broken;
	struct fm_addr addr;
	unsigned messages, sum, idle;
};

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
	struct fm_timeout timeout;
	struct fm_read_exact read;
	uint8_t head[4];
	size_t got;
	uint8_t body[64];
	size_t length;
};

static void server_close(struct fm_defer *d)
{
	struct server *self = FM_CONTAINER_OF(d, struct server, close);

	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	fm_tcp_init(&self->tcp);
	fm_tcp_listener_init(&self->listener);
	fm_defer(&self->async, &self->close, server_close);
	if (fm_tcp_listen(&self->listener, &self->world->addr, 8) != FM_OK)
		FM_RETURN(FM_ERR_IO);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
	if (self->accept.fut.status != FM_OK)
		FM_RETURN(self->accept.fut.status);
	for (;;) {
		self->got = 0;
		for (;;) {
			FM_AWAIT(fm_timeout_init(&self->timeout,
						 fm_read_exact_init(&self->read, &self->tcp.stream,
								    self->head + self->got, 4 - self->got),
						 100 * FM_MS));
			if (self->timeout.fut.status != FM_ERR_TIMEOUT)
				break;
			if (!self->world->broken) /* planted: what was read of a header is read over */
				self->got += self->read.done;
			self->world->idle++;
		}
		if (self->timeout.fut.status != FM_OK)
			FM_RETURN(FM_OK); /* the client is gone */
		self->length = ((size_t)self->head[0] << 24) + ((size_t)self->head[1] << 16) +
			       ((size_t)self->head[2] << 8) + self->head[3];
		if (self->length > sizeof(self->body))
			FM_RETURN(FM_ERR_INVALID);
		FM_AWAIT(fm_read_exact_init(&self->read, &self->tcp.stream, self->body, self->length));
		if (self->read.fut.status != FM_OK)
			FM_RETURN(FM_OK);
		self->world->messages++;
		for (size_t i = 0; i < self->length; i++)
			self->world->sum += self->body[i];
	}
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_sleep sleep;
	struct fm_write_all write;
	uint8_t bytes[14];
	int i;
};

static void client_close(struct fm_defer *d)
{
	fm_tcp_close(&FM_CONTAINER_OF(d, struct client, close)->tcp);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	fm_tcp_init(&self->tcp);
	fm_defer(&self->async, &self->close, client_close);
	for (;;) {
		FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->world->addr));
		if (self->connect.fut.status == FM_OK)
			break;
		FM_AWAIT(fm_sleep_init(&self->sleep, 10 * FM_MS));
	}
	for (self->i = 0; self->i < 5; self->i++) {
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(200) * FM_MS));
		memset(self->bytes, 0, sizeof(self->bytes));
		self->bytes[3] = 10;
		memset(self->bytes + 4, self->i + 1, 10);
		FM_AWAIT(
			fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *a = fm_sim_host(sim, "server"), *b = fm_sim_host(sim, "client");

	world->addr = fm_sim_host_addr(a, 4000);
	fm_sim_start(TWIN_TASK(a, server, world));
	fm_sim_start(TWIN_TASK(b, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: what a timeout has dropped halfway is lost */
	FM_SIM_CHECK(sim, world->messages == 5 && world->sum == 150, "%u messages, sum %u", world->messages,
		     world->sum);
}

NEWCOMER(timed_out_header, "timed-out-header", .claim = "all five messages arrive",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_STREAM, .deadline_ns = 10 * FM_MIN, .end = end);
