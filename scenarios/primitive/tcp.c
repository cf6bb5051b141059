/*
 * Connections between hosts: addresses agree on both sides, bytes arrive in order and then the end, half a connection can be
 * ended, a reset is told, nobody listening is told, and what is closed says so.
 */
#include "primitive.h"

#include <fm/join.h>
#include <fm/poll_fn.h>
#include <fm/stream.h>
#include <fm/tcp.h>
#include <fm/timeout.h>

#include <string.h>

#define PORT 700
#define BYTES 5000
#define VISITORS 2

struct world {
	struct fm_sim_host *server;
	struct fm_tcp_listener listener;
	unsigned sessions;
	unsigned ended;
	bool resets; /* all visitors but one, in the middle */
};

static char byte_at(size_t at)
{
	return (char)(at * 13 % 251);
}

/* Accepts one connection, echoes what comes until its end, then says goodbye and ends. */
struct session {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_tcp tcp;
	struct fm_timeout patience;
	union {
		struct fm_tcp_accept accept;
		struct fm_read reading;
		struct fm_write_all write;
		struct fm_shutdown shutdown;
	};
	char bytes[700];
	size_t count;
	size_t total;
};

static void session_closes(struct fm_defer *defer)
{
	struct session *self = FM_CONTAINER_OF(defer, struct session, close);

	fm_tcp_close(&self->tcp);
	if (--self->world->sessions == 0)
		fm_tcp_listener_close(&self->world->listener);
}

static void listen(struct world *world)
{
	const struct fm_addr addr = fm_sim_host_addr(world->server, PORT);
	struct fm_addr told;

	if (fm_io_is_open(&world->listener.io))
		return;
	HOLDS(fm_tcp_listener_address(&world->listener, &told) == FM_ERR_CLOSED, "it listens nowhere yet");
	HOLDS(fm_tcp_listen(&world->listener, &addr, 8) == FM_OK, "the port is free");
	HOLDS(fm_tcp_listen(&world->listener, &addr, 8) == FM_ERR_INVALID, "it listens already");
	HOLDS(fm_tcp_listener_address(&world->listener, &told) == FM_OK && fm_addr_equal(&told, &addr), "at another address");
}

static void judge_accepted(struct session *self)
{
	struct fm_addr here, there;
	const int status = fm_tcp_peer_address(&self->tcp, &there);

	HOLDS(fm_tcp_local_address(&self->tcp, &here) == FM_OK && here.port == PORT, "it was accepted elsewhere");
	HOLDS(status == FM_ERR_NOT_CONNECTED || (status == FM_OK && there.port != PORT), "who came gave %s",
	      fm_status_name(status)); /* it may be reset already */
	HOLDS(fm_tcp_nodelay(&self->tcp, true) == FM_OK, "it is open");
}

FM_ASYNC(session)
{
	FM_BEGIN;
	listen(self->world);
	do { /* until one comes who says something: a connect may have been given up */
		fm_tcp_close(&self->tcp);
		FM_AWAIT_RETRIED(fm_timeout_init(
			&self->patience, fm_tcp_accept_init(&self->accept, &self->world->listener, &self->tcp), FM_MIN));
		if (self->patience.fut.status == FM_ERR_TIMEOUT)
			FM_RETURN(FM_ERR_TIMEOUT); /* who should have come was reset */
		HOLDS(self->accept.fut.status == FM_OK, "an accept gave %s", fm_status_name(self->accept.fut.status));
		judge_accepted(self);
		FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->world->listener, &self->tcp));
		HOLDS(self->accept.fut.status == FM_ERR_INVALID, "accepted into an open one: %s",
		      fm_status_name(self->accept.fut.status));
		for (;;) {
			FM_AWAIT_RETRIED(fm_read_init(&self->reading, &self->tcp.stream, self->bytes, sizeof(self->bytes)));
			if (self->reading.fut.status != FM_OK && self->total > 0)
				FM_RETURN(self->reading.fut.status);
			self->count = self->reading.fut.status == FM_OK ? self->reading.done : 0;
			if (self->count == 0)
				break;
			for (size_t i = 0; i < self->count; i++)
				HOLDS(self->bytes[i] == byte_at(self->total + i), "byte %zu is another", self->total + i);
			self->total += self->count;
			FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, self->count));
			if (self->write.fut.status != FM_OK)
				FM_RETURN(self->write.fut.status);
		}
	} while (self->total == 0);
	HOLDS(self->total == BYTES, "%zu bytes of %u came before the end", self->total, BYTES);
	FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, "bye", 3));
	HOLDS(self->write.fut.status == FM_OK, "half a connection gave %s", fm_status_name(self->write.fut.status));
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
	HOLDS(self->shutdown.fut.status == FM_OK, "a shutdown gave %s", fm_status_name(self->shutdown.fut.status));
	self->world->ended++;
	FM_END;
}

/* Writes all and ends its half; the other half of its program reads what comes back. */
struct client {
	struct fm_async async;
	struct fm_tcp tcp;
	union {
		struct fm_tcp_connect connect;
		struct fm_write_all write;
		struct fm_write one;
		struct fm_shutdown shutdown;
		struct fm_flush flush;
	};
	struct fm_addr addr;
	struct fm_sleep sleep;
	char bytes[900];
	size_t sent;
	bool resets;
};

struct client_reader {
	struct fm_async async;
	struct client *client;
	union {
		struct fm_read_exact exact;
		struct fm_read reading;
	};
	char bytes[BYTES + 3];
};

FM_ASYNC(client_reader)
{
	FM_BEGIN;
	FM_AWAIT(fm_read_exact_init(&self->exact, &self->client->tcp.stream, self->bytes, sizeof(self->bytes)));
	if (self->client->resets) {
		HOLDS(self->exact.fut.status != FM_OK, "reset, and all came");
		FM_RETURN(FM_OK);
	}
	HOLDS(self->exact.fut.status == FM_OK, "an echo gave %s after %zu bytes", fm_status_name(self->exact.fut.status),
	      self->exact.done);
	for (size_t i = 0; i < BYTES; i++)
		HOLDS(self->bytes[i] == byte_at(i), "byte %zu is another", i);
	HOLDS(memcmp(self->bytes + BYTES, "bye", 3) == 0, "no goodbye");
	FM_AWAIT(fm_read_init(&self->reading, &self->client->tcp.stream, self->bytes, 1));
	HOLDS(self->reading.fut.status == FM_OK && self->reading.done == 0, "the end gave %s",
	      fm_status_name(self->reading.fut.status));
	FM_END;
}

struct visitor {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct client client;
	struct client_reader reader;
	struct fm_future *both[2];
	struct fm_join join;
	struct fm_poll_fn closes;
};

static void prepare(struct client *self)
{
	for (size_t i = 0; i < sizeof(self->bytes); i++)
		self->bytes[i] = byte_at(self->sent + i);
}

static size_t portion(const struct client *self)
{
	return sizeof(self->bytes) < BYTES - self->sent ? sizeof(self->bytes) : BYTES - self->sent;
}

FM_ASYNC(client)
{
	FM_BEGIN;
	while (self->sent < BYTES) {
		prepare(self);
		FM_AWAIT(fm_write_all_init(&self->write, &self->tcp.stream, self->bytes, portion(self)));
		HOLDS(self->write.fut.status == FM_OK, "a write gave %s", fm_status_name(self->write.fut.status));
		self->sent += portion(self);
		if (self->resets && self->sent > BYTES / 2) {
			fm_tcp_reset(&self->tcp);
			FM_AWAIT(fm_write_init(&self->one, &self->tcp.stream, self->bytes, 1));
			HOLDS(self->one.fut.status == FM_ERR_CLOSED, "reset, and a write gave %s",
			      fm_status_name(self->one.fut.status));
			FM_RETURN(FM_OK);
		}
	}
	FM_AWAIT(fm_flush_init(&self->flush, &self->tcp.stream));
	HOLDS(self->flush.fut.status == FM_OK, "a flush gave %s", fm_status_name(self->flush.fut.status));
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
	HOLDS(self->shutdown.fut.status == FM_OK, "a shutdown gave %s", fm_status_name(self->shutdown.fut.status));
	FM_AWAIT(fm_shutdown_init(&self->shutdown, &self->tcp.stream));
	HOLDS(self->shutdown.fut.status == FM_OK, "a second one gave %s", fm_status_name(self->shutdown.fut.status));
	FM_AWAIT(fm_write_init(&self->one, &self->tcp.stream, self->bytes, 1));
	HOLDS(self->one.fut.status == FM_ERR_BROKEN_PIPE, "behind its end a write gave %s",
	      fm_status_name(self->one.fut.status));
	FM_AWAIT(fm_write_init(&self->one, &self->tcp.stream, self->bytes, 0));
	HOLDS(self->one.fut.status == FM_OK, "a write of nothing gave %s", fm_status_name(self->one.fut.status));
	FM_END;
}

static void visitor_leaves(struct fm_defer *defer)
{
	fm_tcp_close(&FM_CONTAINER_OF(defer, struct visitor, leave)->client.tcp);
}

static void judge_connected(struct visitor *self)
{
	const struct fm_addr addr = fm_sim_host_addr(self->world->server, PORT);
	struct fm_addr there;

	HOLDS(fm_tcp_peer_address(&self->client.tcp, &there) == FM_OK && fm_addr_equal(&there, &addr), "to another address");
}

static void judge_closed(struct visitor *self)
{
	struct fm_addr addr;

	fm_tcp_close(&self->client.tcp);
	HOLDS(!fm_tcp_is_open(&self->client.tcp), "it is open");
	HOLDS(fm_tcp_peer_address(&self->client.tcp, &addr) == FM_ERR_CLOSED, "closed, and has a peer");
	HOLDS(fm_tcp_local_address(&self->client.tcp, &addr) == FM_ERR_CLOSED, "closed, and has an address");
	HOLDS(fm_tcp_nodelay(&self->client.tcp, true) == FM_ERR_CLOSED, "closed, and has options");
}

/* Closes the connection once the connect beside it is under way. */
static enum fm_poll close_it(void *arg, struct fm_context *cx, int *status)
{
	struct visitor *self = arg;

	*status = FM_OK;
	if (self->client.connect.started) {
		fm_tcp_close(&self->client.tcp);
		return FM_READY;
	}
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

FM_ASYNC(visitor)
{
	FM_BEGIN;
	self->client.addr = fm_sim_host_addr(self->world->server, PORT + 2);
	self->both[0] = fm_tcp_connect_init(&self->client.connect, &self->client.tcp, &self->client.addr);
	self->both[1] = fm_poll_fn_init(&self->closes, close_it, self);
	FM_AWAIT(fm_join_init(&self->join, self->both, 2));
	HOLDS(self->client.connect.fut.status == FM_ERR_CLOSED || self->client.connect.fut.status == FM_ERR_REFUSED,
	      "closed under way, a connect gave %s", fm_status_name(self->client.connect.fut.status));
	self->client.addr = fm_sim_host_addr(self->world->server, PORT + 1);
	FM_AWAIT(fm_tcp_connect_init(&self->client.connect, &self->client.tcp, &self->client.addr));
	HOLDS(self->client.connect.fut.status == FM_ERR_REFUSED && !fm_tcp_is_open(&self->client.tcp), "nobody listens: %s",
	      fm_status_name(self->client.connect.fut.status));
	self->client.addr = fm_sim_host_addr(self->world->server, PORT);
	for (;;) {
		FM_AWAIT_RETRIED(fm_tcp_connect_init(&self->client.connect, &self->client.tcp, &self->client.addr));
		if (self->client.connect.fut.status == FM_OK)
			break;
		HOLDS(self->client.connect.fut.status == FM_ERR_REFUSED, "a connect gave %s",
		      fm_status_name(self->client.connect.fut.status));
		FM_AWAIT(fm_sleep_init(&self->client.sleep, FM_MS));
	}
	judge_connected(self);
	FM_AWAIT(fm_tcp_connect_init(&self->client.connect, &self->client.tcp, &self->client.addr));
	HOLDS(self->client.connect.fut.status == FM_ERR_INVALID && fm_tcp_is_open(&self->client.tcp),
	      "connected already: %s", fm_status_name(self->client.connect.fut.status));
	self->both[0] = FM_ASYNC_INIT(&self->client, client);
	self->both[1] = FM_ASYNC_INIT(&self->reader, client_reader);
	self->reader.client = &self->client;
	FM_AWAIT(fm_join_init(&self->join, self->both, 2));
	judge_closed(self);
	self->world->ended++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site resets = { "resets", FM_DRAW_USER };
	struct world *world = state;
	struct fm_sim_host *away;

	world->server = fm_sim_host(sim, "server");
	away = fm_sim_host(sim, "away");
	fm_tcp_listener_init(&world->listener);
	world->resets = fm_sim_draw(sim, &resets, 2) == 1;
	for (unsigned i = 0; i < VISITORS; i++) {
		struct session *session = PRIMITIVE_TASK(world->server, session, world);
		struct visitor *visitor = PRIMITIVE_TASK(away, visitor, world);

		world->sessions++;
		fm_tcp_init(&session->tcp);
		fm_tcp_init(&visitor->client.tcp);
		fm_defer(&session->async, &session->close, session_closes);
		fm_defer(&visitor->async, &visitor->leave, visitor_leaves);
		visitor->client.resets = i > 0 && world->resets;
		fm_sim_start(session);
		fm_sim_start(visitor);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	const unsigned due = world->resets ? VISITORS + 1 : 2 * VISITORS;

	FM_SIM_CHECK(sim, world->ended == due, "%u of %u ended well", world->ended, due);
}

FM_SCENARIO(primitive_tcp) = {
	.name = "primitive/tcp",
	.claim = "both sides of a connection agree on its addresses, its bytes and its end",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME | FM_SIM_FAULTS_STREAM,
	.deadline_ns = FM_HOUR,
	.setup = setup,
	.end = end,
};
