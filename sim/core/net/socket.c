/*
 * What listeners and ends have in common: the program's io, readiness as epoll reports it, names.
 *
 * As with edge-triggered epoll, an edge tells all that is possible then, not only what is new; and one
 * comes as soon as a socket is registered. Edges that are due at the same time are one.
 */
#include "net.h"

void sim__net_socket_init(struct sim_socket *socket, enum sim_socket_kind kind, struct sim_host *host)
{
	socket->kind = kind;
	socket->host = host;
	fm_list_init(&socket->link);
}

void sim__net_adopt(struct sim_socket *socket, struct fm_io *io, uint32_t ready)
{
	struct fm_sim *sim = socket->host->sim;

	socket->io = io;
	socket->opened = sim__origin(sim);
	fm_list_push_back(&socket->host->sockets, &socket->link);
	io->env = &socket->host->env;
	io->handle = (intptr_t)socket;
	io->ready = ready;
}

/* tcp_poll of Linux, in the words of fm/io.h. */
static uint32_t readiness(struct sim_socket *socket)
{
	struct sim_end *end = (struct sim_end *)socket;
	uint32_t ready = 0;

	if (socket->kind == SIM_LISTENER)
		return ((struct sim_listener *)socket)->queued ? FM_IO_READABLE : 0;
	if (end->dead || end->error || (end->fin_sent && end->fin_received))
		return FM_IO_READABLE | FM_IO_WRITABLE | FM_IO_READ_CLOSED | FM_IO_WRITE_CLOSED;
	if (!end->connected)
		return 0;
	if (end->fin_received)
		ready |= FM_IO_READABLE | FM_IO_READ_CLOSED;
	if (end->unread)
		ready |= FM_IO_READABLE;
	if (end->fin_sent || sim__net_writable(end))
		ready |= FM_IO_WRITABLE;
	else
		end->blocked = true;
	return ready;
}

void sim__net_edge(struct sim_socket *socket)
{
	struct fm_executor *before;
	uint32_t ready;

	if (!socket->io)
		return;
	ready = readiness(socket);
	if (!ready)
		return;
	before = fm_executor_enter(socket->host->executor);
	fm_io_event(socket->io, ready);
	fm_executor_enter(before);
}

static void edge_event(struct fm_sim *sim, void *arg)
{
	struct sim_socket *socket = arg;

	sim__trace(sim, SIM_TRACE_NET, "edge", socket->number, socket->host->number);
	socket->edge_due = false;
	sim__net_edge(socket);
	sim__net_event_over(socket);
}

void sim__net_edge_soon(struct sim_socket *socket)
{
	struct fm_sim *sim = socket->host->sim;

	if (socket->edge_due)
		return;
	socket->edge_due = true;
	socket->events++;
	sim__event_at(sim, sim->now_ns, edge_event, socket);
}

void sim__net_event_over(struct sim_socket *socket)
{
	socket->events--;
	if (socket->kind == SIM_LISTENER)
		sim__net_listener_tidy((struct sim_listener *)socket);
	else
		sim__net_connection_tidy(((struct sim_end *)socket)->connection);
}

int sim__net_tcp_address(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr)
{
	struct sim_socket *socket = (struct sim_socket *)io->handle;
	struct sim_end *end = (struct sim_end *)socket;

	(void)env;
	if (of_peer && (socket->kind == SIM_LISTENER || !end->connected || sim__net_end_over(end)))
		return FM_ERR_NOT_CONNECTED;
	*addr = of_peer ? end->peer : socket->local;
	return FM_OK;
}

int sim__net_tcp_nodelay(struct fm_env *env, struct fm_io *io, bool on)
{
	(void)env, (void)io, (void)on; /* every write is a segment at once here */
	return FM_OK;
}

void sim__net_io_close(struct fm_env *env, struct fm_io *io, bool reset)
{
	struct sim_socket *socket = (struct sim_socket *)io->handle;

	(void)env;
	sim__trace(socket->host->sim, SIM_TRACE_NET, reset ? "close with reset" : "close", socket->number,
		   socket->host->number);
	socket->io = NULL;
	fm_list_unlink(&socket->link);
	if (socket->kind == SIM_LISTENER)
		sim__net_listener_close((struct sim_listener *)socket);
	else
		sim__net_end_close((struct sim_end *)socket, reset);
}
