/* The echo server on the runtime: a task a connection, which reads what there is and writes all of it back. */
#include "echo.h"
#include "bench.h"

#include <fm/tcp.h>

struct echoer {
	struct fm_async async;
	struct fm_tcp tcp;
	union {
		struct fm_read read;
		struct fm_write_all write;
	};
	size_t got;
	char bytes[1024];
};

FM_ASYNC(echoer)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
		if (self->read.fut.status != FM_OK || self->read.done == 0)
			break;
		self->got = self->read.done;
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, self->got));
		if (self->write.fut.status != FM_OK)
			break;
	}
	fm_tcp_close(&self->tcp);
	FM_END;
}

static struct server {
	struct fm_async async;
	struct fm_tcp_listener listener;
	struct fm_tcp_accept accept;
	struct fm_task_join join;
	struct echoer *frame;
	struct fm_task *tasks[ECHO_CONNECTIONS];
	unsigned at;
	pid_t client;
	double own_us;
} program;

static void open_for_client(struct server *self)
{
	struct fm_addr addr = fm_addr_loopback(0);

	fm_tcp_listener_init(&self->listener);
	if (fm_tcp_listen(&self->listener, &addr, ECHO_CONNECTIONS) != FM_OK ||
	    fm_tcp_listener_address(&self->listener, &addr) != FM_OK)
		bench_die("cannot listen");
	self->client = echo_client_start(addr.port);
	self->own_us = echo_own_us();
}

FM_ASYNC(server)
{
	FM_BEGIN;
	open_for_client(self);
	for (self->at = 0; self->at < ECHO_CONNECTIONS; self->at++) {
		self->frame = bench_task(sizeof(*self->frame));
		FM_ASYNC_INIT(self->frame, echoer);
		fm_tcp_init(&self->frame->tcp);
		FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->frame->tcp));
		if (self->accept.fut.status != FM_OK)
			bench_die("cannot accept");
		fm_tcp_nodelay(&self->frame->tcp, true);
		self->tasks[self->at] = fm_task_spawn(self->frame);
	}
	fm_tcp_listener_close(&self->listener);
	for (self->at = 0; self->at < ECHO_CONNECTIONS; self->at++) {
		FM_AWAIT(fm_task_join_init(&self->join, self->tasks[self->at]));
		fm_task_detach(self->tasks[self->at]);
	}
	FM_END;
}

double bench_echo(void)
{
	FM_ASYNC_INIT(&program, server);
	bench_run(&program.async.fut);
	return echo_client_end(program.client, program.own_us);
}
