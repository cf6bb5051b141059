/*
 * The simulated network: a listener, one socket that connects to it again and again (tasks 1 and 3) and one that accepts (2 and 4),
 * against a model of the bytes of each connection, which is known by the port of who connected. Bytes take their time, so that the model
 * knows what must come and not when; after a reset it only knows that nothing but what was sent may come.
 */
#include "pipes.h"

#include <fm/join.h>
#include <fm/tcp.h>

#define CONNECTIONS_MAX 24
#define BACKLOG 64

enum side { CLIENT, SERVER };

struct connection {
	struct pipes pipes;
	uint16_t port;
	bool established; /* as who connects has it */
	bool accepted;
};

struct socket {
	struct fm_tcp tcp;
	struct connection *connection; /* what it was last */
	unsigned users;                /* futures on it */
	bool opening;                  /* by one of them */
};

/* Before the program: in most runs the two are connected already. */
struct beginning {
	struct fm_async async;
	struct thing *thing;
	struct fm_tcp_connect connect;
	struct fm_tcp_accept accept;
	struct fm_join join;
	struct fm_future *both[2];
};

struct thing {
	struct fm_tcp_listener listener;
	struct fm_addr addr;
	struct socket sockets[2];
	struct connection connections[CONNECTIONS_MAX];
	unsigned count;
	bool listener_closed;
	struct beginning beginning;
};

static int make(void *arg)
{
	struct thing *thing = arg;
	const struct fm_addr any = fm_addr_loopback(0);
	int status;

	fm_tcp_init(&thing->sockets[CLIENT].tcp);
	fm_tcp_init(&thing->sockets[SERVER].tcp);
	fm_tcp_listener_init(&thing->listener);
	status = fm_tcp_listen(&thing->listener, &any, BACKLOG);
	return status == FM_OK ? fm_tcp_listener_address(&thing->listener, &thing->addr) : status;
}

static void begun(struct thing *thing)
{
	struct connection *connection = &thing->connections[thing->count++];
	struct fm_addr own;

	FM_SIM_CHECK(fm_sim_current(), fm_tcp_local_address(&thing->sockets[CLIENT].tcp, &own) == FM_OK, "not connected");
	FM_SIM_CHECK(fm_sim_current(), fm_tcp_is_open(&thing->sockets[SERVER].tcp), "not accepted");
	connection->port = own.port;
	connection->established = connection->accepted = true;
	thing->sockets[CLIENT].connection = thing->sockets[SERVER].connection = connection;
}

FM_ASYNC(beginning)
{
	FM_BEGIN;
	if (fm_random(4) == 3)
		FM_RETURN(FM_OK);
	FM_AWAIT(FM_JOIN(&self->join, self->both,
			 fm_tcp_connect_init(&self->connect, &self->thing->sockets[CLIENT].tcp, &self->thing->addr),
			 fm_tcp_accept_init(&self->accept, &self->thing->listener, &self->thing->sockets[SERVER].tcp)));
	begun(self->thing);
	FM_END;
}

static struct fm_future *begin(void *arg)
{
	struct thing *thing = arg;

	thing->beginning.thing = thing;
	return FM_ASYNC_INIT(&thing->beginning, beginning);
}

static void end(void *arg)
{
	struct thing *thing = arg;

	fm_tcp_close(&thing->sockets[CLIENT].tcp);
	fm_tcp_close(&thing->sockets[SERVER].tcp);
	fm_tcp_listener_close(&thing->listener);
}

static enum side side_of(const struct fm_subject_at *at)
{
	return (at->task - 1) % 2 ? SERVER : CLIENT;
}

static struct socket *socket_of(const struct fm_subject_at *at)
{
	return &((struct thing *)at->thing)->sockets[side_of(at)];
}

/* The connection that was made from this port, or a new one. */
static struct connection *connection_of(struct fm_subject_at *at, uint16_t port)
{
	struct thing *thing = at->thing;
	struct connection *connection = thing->connections;

	for (unsigned i = 0; i < thing->count; i++, connection++)
		if (connection->port == port)
			return connection;
	FM_SUBJECT_CHECK(at, thing->count < CONNECTIONS_MAX, "more connections than were made");
	thing->count++;
	connection->port = port;
	return connection;
}

struct opening {
	union {
		struct fm_tcp_connect connect;
		struct fm_tcp_accept accept;
	};
};

/* Connects, or accepts. */
static struct fm_future *open_it(struct fm_subject_at *at)
{
	struct opening *op = at->future;
	struct thing *thing = at->thing;
	struct socket *socket = socket_of(at);

	if (socket->users || fm_tcp_is_open(&socket->tcp))
		return NULL;
	socket->users = 1;
	socket->opening = true;
	socket->connection = NULL;
	if (side_of(at) == CLIENT)
		return fm_tcp_connect_init(&op->connect, &socket->tcp, &thing->addr);
	return fm_tcp_accept_init(&op->accept, &thing->listener, &socket->tcp);
}

/* A connect is given up: whoever accepts it finds it over. */
static void abandon(struct fm_subject_at *at)
{
	struct socket *socket = &((struct thing *)at->thing)->sockets[CLIENT];
	struct connection *connection;
	struct fm_addr own;

	if (!socket->opening || fm_tcp_local_address(&socket->tcp, &own) != FM_OK)
		return;
	connection = connection_of(at, own.port);
	pipes_closed(&connection->pipes, CLIENT);
	pipes_broken(&connection->pipes);
}

static void connected(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct socket *socket = socket_of(at);
	struct fm_addr own;

	FM_SUBJECT_CHECK(at, fm_tcp_local_address(&socket->tcp, &own) == FM_OK, "connected, and has no address");
	socket->connection = connection_of(at, own.port);
	socket->connection->established = true;
	if (thing->listener_closed && !socket->connection->accepted)
		pipes_broken(&socket->connection->pipes);
}

static void accepted(struct fm_subject_at *at)
{
	struct socket *socket = socket_of(at);
	struct fm_addr peer;

	if (fm_tcp_peer_address(&socket->tcp, &peer) != FM_OK) {
		fm_tcp_close(&socket->tcp); /* it was over before it was accepted: nobody knows which it was */
		return;
	}
	socket->connection = connection_of(at, peer.port);
	FM_SUBJECT_CHECK(at, !socket->connection->accepted, "accepted twice");
	socket->connection->accepted = true;
}

/* A connect sees it too, where it was reset between its establishment and the poll. */
static bool any_broken(const struct thing *thing)
{
	for (unsigned i = 0; i < thing->count; i++)
		if (thing->connections[i].pipes.broken)
			return true;
	return false;
}

static void open_polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;
	struct socket *socket = socket_of(at);
	const int status = ready ? at->fut->status : FM_ERR_AGAIN;

	if (!ready)
		return;
	socket->opening = false;
	FM_SUBJECT_CHECK(at, fm_tcp_is_open(&socket->tcp) == (status == FM_OK), "%s, and open or not", fm_status_name(status));
	if (status == FM_OK && side_of(at) == CLIENT)
		connected(at);
	else if (status == FM_OK)
		accepted(at);
	else if (side_of(at) == SERVER)
		FM_SUBJECT_CHECK(at, status == FM_ERR_CLOSED && thing->listener_closed, "%s", fm_status_name(status));
	else
		FM_SUBJECT_CHECK(at, (status == FM_ERR_REFUSED && thing->listener_closed) ||
					 (status == FM_ERR_RESET && (thing->listener_closed || any_broken(thing))) ||
					 (status == FM_ERR_BROKEN_PIPE && any_broken(thing)) || /* ended, then reset */
					 (status == FM_ERR_CLOSED && any_broken(thing)), "%s", fm_status_name(status));
}

static void open_dropping(struct fm_subject_at *at)
{
	if (side_of(at) == CLIENT)
		abandon(at);
	socket_of(at)->opening = false;
}

static void used(struct fm_subject_at *at)
{
	socket_of(at)->users--;
}

static bool open_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	if (side_of(at) == CLIENT || thing->listener_closed)
		return true;
	for (unsigned i = 0; i < thing->count; i++)
		if (thing->connections[i].established && !thing->connections[i].accepted && !thing->connections[i].pipes.broken)
			return true;
	return false;
}

/* Operations need a connection: the one that the socket has now. */
static struct pipes *use(struct fm_subject_at *at)
{
	struct socket *socket = socket_of(at);

	if (!socket->connection || socket->opening)
		return NULL;
	socket->users++;
	return &socket->connection->pipes;
}

#define ON_SOCKET(operation)                                                                       \
	static struct fm_future *operation(struct fm_subject_at *at)                               \
	{                                                                                          \
		struct pipes *pipes = use(at);                                                     \
                                                                                                   \
		return pipes ? piping_##operation(at, pipes, side_of(at), &socket_of(at)->tcp.stream) : NULL; \
	}

ON_SOCKET(read)
ON_SOCKET(write)
ON_SOCKET(read_exact)
ON_SOCKET(write_all)
ON_SOCKET(shutdown)

static void over(struct fm_subject_at *at, bool reset)
{
	struct socket *socket = socket_of(at);
	struct pipes *pipes = socket->connection ? &socket->connection->pipes : NULL;

	if (side_of(at) == CLIENT)
		abandon(at);
	if (pipes && !pipes->closed[side_of(at)]) {
		pipes_closed(pipes, side_of(at));
		if (reset)
			pipes_broken(pipes);
	}
	if (reset)
		fm_tcp_reset(&socket->tcp);
	else
		fm_tcp_close(&socket->tcp);
}

static void close_it(struct fm_subject_at *at)
{
	if (!at->in_poll)
		over(at, false);
}

static void reset_it(struct fm_subject_at *at)
{
	if (!at->in_poll)
		over(at, true);
}

static void close_listener(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->in_poll)
		return;
	thing->listener_closed = true;
	for (unsigned i = 0; i < thing->count; i++)
		if (!thing->connections[i].accepted)
			pipes_broken(&thing->connections[i].pipes);
	fm_tcp_listener_close(&thing->listener);
}

#define COUNTS FM_SUBJECT_ARGUMENTS(1, 2, 0, 4096, 4097, PIPES_BYTES_MAX)

FM_SUBJECT_FAULTS(tcp, "subject/tcp", "what one side of a connection sends the other receives, byte for byte, up to its end",
		  FM_SIM_FAULTS_STREAM) = {
	.thing_bytes = sizeof(struct thing),
	.roles = 2,
	.make = make,
	.begin = begin,
	.end = end,
	.rest_ns = 10 * FM_MIN,
	.operations = {
		FM_SUBJECT_FUTURE(write_all, struct piping, PIPING_WRITE_ALL, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(read, struct piping, PIPING_READ, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(read_exact, struct piping, PIPING_READ_EXACT, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(write, struct piping, PIPING_WRITE, .ended = used, COUNTS),
		FM_SUBJECT_FUTURE(shutdown, struct piping, PIPING_SHUTDOWN, .ended = used),
		FM_SUBJECT_CALL(close_it, .in_wakers = true),
		FM_SUBJECT_FUTURE(open_it, struct opening, .polled = open_polled, .dropping = open_dropping, .ended = used,
				  .possible = open_possible),
		FM_SUBJECT_CALL(reset_it, .in_wakers = true),
		FM_SUBJECT_CALL(close_listener, .in_wakers = true),
	},
};
