/*
 * A program that stands every fault: whatever fails is closed, and the next round begins. Its claim is that it ends, and
 * gives everything back.
 */
#include "fault.h"

#define PORT 80
#define CLIENTS 3
#define ROUNDS 6
#define BYTES 3000
#define PIECE_BYTES 64
#define PAUSE_NS (5 * FM_MS)

struct server {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp_listener listener;
	struct fm_tcp tcp;
	union {
		struct fm_tcp_accept accept;
		struct fm_read read;
		struct fm_write_all write;
	};
	unsigned char bytes[500];
};

static void server_close(struct fm_defer *defer)
{
	struct server *self = FM_CONTAINER_OF(defer, struct server, close);

	fm_tcp_close(&self->tcp);
	fm_tcp_listener_close(&self->listener);
}

FM_ASYNC(server)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->tcp));
		if (self->accept.fut.status != FM_OK)
			continue;
		for (;;) {
			FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
			if (self->read.fut.status != FM_OK || self->read.done == 0)
				break;
			FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, self->read.done));
			if (self->write.fut.status != FM_OK)
				break;
		}
		fm_tcp_close(&self->tcp);
		fm_tcp_init(&self->tcp);
	}
	FM_END;
}

struct client {
	struct fm_async async;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_addr to;
	union {
		struct fm_tcp_connect connect;
		struct fm_write_all write;
		struct fm_read read;
		struct fm_shutdown shutdown;
		struct fm_sleep pause;
	};
	unsigned round;
	void *piece;
	unsigned char bytes[BYTES];
};

static void client_close(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct client, close)->tcp);
}

FM_ASYNC(client)
{
	FM_BEGIN;
	for (self->round = 0; self->round < ROUNDS; self->round++) {
		fm_tcp_close(&self->tcp);
		fm_tcp_init(&self->tcp);
		FM_AWAIT_RETRIED(fm_sleep_init(&self->pause, PAUSE_NS));
		self->piece = fm_alloc(PIECE_BYTES);
		if (self->piece)
			fm_free(self->piece, PIECE_BYTES);
		FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->tcp, &self->to));
		if (self->connect.fut.status != FM_OK)
			continue;
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, BYTES));
		if (self->write.fut.status != FM_OK)
			continue;
		FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
		do
			FM_AWAIT(fm_read_init(&self->read, &self->tcp.stream, self->bytes, BYTES));
		while (self->read.fut.status == FM_OK && self->read.done);
	}
	FM_END;
}

static void start_server(struct fm_sim_host *host, void *arg)
{
	const struct fm_addr any = { .family = FM_ADDR_V4, .port = PORT };
	struct server *server = fm_sim_alloc(host, sizeof(*server), "server");

	FM_ASYNC_INIT(server, server);
	fm_tcp_listener_init(&server->listener);
	fm_tcp_init(&server->tcp);
	fm_defer(&server->async, &server->close, server_close);
	(void)arg;
	ck_assert_int_eq(fm_tcp_listen(&server->listener, &any, 4), FM_OK);
	fm_sim_start_daemon(server);
}

/* Something that happens at the very time of a timer. */
static void nothing(struct fm_sim *sim, void *arg)
{
	(void)sim, (void)arg;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *server = fm_sim_host(sim, "server");
	struct fm_sim_host *client;

	(void)state;
	fm_sim_at(sim, PAUSE_NS, nothing, NULL);
	start_server(server, NULL);
	fm_sim_restartable(server, start_server, NULL);
	client = fm_sim_host(sim, "client");
	for (unsigned i = 0; i < CLIENTS; i++) {
		struct client *one = fm_sim_alloc(client, sizeof(*one), "client");

		FM_ASYNC_INIT(one, client);
		fm_tcp_init(&one->tcp);
		fm_defer(&one->async, &one->close, client_close);
		one->to = fm_sim_host_addr(server, PORT);
		fm_sim_cancellable(sim, fm_sim_start(one));
	}
}

uint64_t round_shortages;

static void end(struct fm_sim *sim, void *state)
{
	(void)state;
	round_shortages = fm_sim_shortages(sim);
}

const struct fm_sim_scenario round_scenario = {
	.name = "test/round",
	.claim = "a program that stands every fault ends",
	.faults = ALL_FAULTS,
	.deadline_ns = 10 * FM_HOUR,
	.setup = setup,
	.end = end,
};
