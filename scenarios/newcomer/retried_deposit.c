/* Deposits over a network that breaks: the client tries again until it has an answer. */
#include "newcomer.h"

#include <fm/addr.h>
#include <fm/sleep.h>
#include <fm/stream.h>
#include <fm/task.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

struct world {
	bool broken;
	struct fm_addr addr;
	int balance;
	uint8_t last;
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
		/* planted: one that was done already is done again */
		if (self->byte > self->world->last || self->world->broken) {
			self->world->balance += 10;
			self->world->last = self->byte;
		}
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
	int i;
	bool done;
	uint8_t id, answer;
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
	for (self->i = 1; self->i <= 3; self->i++) {
		for (self->done = false; !self->done;) {
			while (!fm_tcp_is_open(&self->tcp)) {
				FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->world->addr));
				if (self->connect.fut.status != FM_OK)
					FM_AWAIT(fm_sleep_init(&self->sleep, 100 * FM_MS));
			}
			self->id = (uint8_t)self->i;
			FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, &self->id, 1));
			if (self->write.fut.status == FM_OK) {
				FM_AWAIT(fm_timeout_init(
					&self->timeout,
					fm_read_init(&self->read, &self->tcp.stream, &self->answer, 1),
					2 * FM_SEC));
				self->done = self->timeout.fut.status == FM_OK && self->read.done == 1;
			}
			if (!self->done)
				fm_tcp_close(&self->tcp);
		}
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *a = fm_sim_host(sim, "bank"), *b = fm_sim_host(sim, "client");

	world->addr = fm_sim_host_addr(a, 5432);
	fm_sim_start_daemon(TWIN_TASK(a, server, world));
	fm_sim_start(TWIN_TASK(b, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	/* BUG: an answer was lost, and the deposit made twice */
	FM_SIM_CHECK(sim, world->balance == 30, "three deposits of 10 make %d", world->balance);
}

NEWCOMER(retried_deposit, "retried-deposit", .claim = "three deposits of 10 make 30",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_STREAM | FM_SIM_FAULTS_BREAKS, .deadline_ns = FM_HOUR,
	 .end = end);
