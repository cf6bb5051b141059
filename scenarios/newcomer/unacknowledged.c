/*
 * Numbered events are pipelined to a collector, which acknowledges the highest; after a break the client
 * connects again.
 */
#include "newcomer.h"

#include <fm/addr.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

enum { EVENTS = 6 };

struct world {
	bool broken;
	struct fm_addr addr;
	uint8_t last;
	int received;
};

struct conn {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_read read;
	struct fm_write_all write;
	uint8_t byte;
};

static void conn_close(struct fm_defer *d)
{
	fm_tcp_close(&FM_CONTAINER_OF(d, struct conn, close)->tcp);
}

FM_ASYNC(conn)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, &self->byte, 1));
		if (self->read.fut.status != FM_OK || self->read.done == 0)
			FM_RETURN(FM_OK);
		if (self->byte > self->world->last) {
			self->world->last = self->byte;
			self->world->received++;
		}
		self->byte = self->world->last;
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, &self->byte, 1));
	}
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp_listener listener;
	struct fm_tcp_accept accept;
	struct conn *next;
};

static void server_close(struct fm_defer *d)
{
	struct server *self = FM_CONTAINER_OF(d, struct server, close);

	if (self->next)
		fm_task_unalloc(self->next);
	fm_tcp_listener_close(&self->listener);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	fm_tcp_listener_init(&self->listener);
	fm_defer(&self->async, &self->close, server_close);
	fm_tcp_listen(&self->listener, &self->world->addr, 8);
	for (;;) {
		self->next = fm_task_alloc(sizeof(*self->next), "conn");
		fm_tcp_init(&self->next->tcp);
		FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->next->tcp));
		if (self->accept.fut.status == FM_OK) {
			self->next->world = self->world;
			FM_ASYNC_INIT(self->next, conn);
			fm_defer(&self->next->async, &self->next->close, conn_close);
			fm_task_detach(fm_task_spawn(self->next));
		} else {
			fm_task_unalloc(self->next);
		}
		self->next = NULL;
	}
	FM_END;
}

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_tcp_connect connect;
	struct fm_timeout timeout;
	struct fm_sleep sleep;
	struct fm_write_all write;
	struct fm_read read;
	uint8_t sent, acked, byte;
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
	while (self->acked < EVENTS) {
		if (!fm_tcp_is_open(&self->tcp)) {
			/* BUG: as below, told from here */
			FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->world->addr));
			if (self->connect.fut.status != FM_OK) {
				FM_AWAIT(fm_sleep_init(&self->sleep, 100 * FM_MS));
				continue;
			}
			if (!self->world->broken)
				self->sent = self->acked;
			else if (self->sent == EVENTS) /* planted: only the last is sent again */
				self->sent--;
		}
		if (self->sent < EVENTS && self->sent < self->acked + 3) {
			self->byte = ++self->sent;
			FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, &self->byte, 1));
			if (self->write.fut.status != FM_OK)
				fm_tcp_close(&self->tcp);
			continue;
		}
		/* BUG: what is not acknowledged is not sent again */
		FM_AWAIT(fm_timeout_init(&self->timeout,
					 fm_read_init(&self->read, &self->tcp.stream, &self->byte, 1),
					 2 * FM_SEC));
		if (self->timeout.fut.status != FM_OK || self->read.done == 0)
			fm_tcp_close(&self->tcp);
		else if (self->byte > self->acked)
			self->acked = self->byte;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *a = fm_sim_host(sim, "collector"), *b = fm_sim_host(sim, "client");

	world->addr = fm_sim_host_addr(a, 9000);
	fm_sim_start_daemon(TWIN_TASK(a, server, world));
	fm_sim_start(TWIN_TASK(b, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	/* BUG: those of a connection that broke are lost */
	FM_SIM_CHECK(sim, ((struct world *)state)->received == EVENTS, "%d events",
		     ((struct world *)state)->received);
}

NEWCOMER(unacknowledged, "unacknowledged", .claim = "all events are collected",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_BREAKS, .deadline_ns = FM_HOUR,
	 .end = end);
