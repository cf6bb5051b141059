/*
 * A listening socket: its port, and the connections that wait to be accepted.
 *
 * As on Linux there is room for one more than the backlog; while it is full a SYN is dropped, and the one
 * who connects sends another after a while. A connection may carry data, end, or be reset before it is
 * accepted. Closing the listener resets those that were not. (Linux lets some of those beyond the backlog
 * believe for a while that they are connected; here they never are.)
 */
#include "net.h"

#define BACKLOG_MAX 4096 /* as /proc/sys/net/core/somaxconn */

/* Listeners are bound with SO_REUSEADDR, and accepted connections have their port too: those go together. */
static bool conflicts(const struct sim_host *host, const struct fm_addr *addr)
{
	FM_LIST_FOR_EACH(link, &host->sockets)
	{
		const struct sim_socket *other = FM_CONTAINER_OF(link, struct sim_socket, link);
		const struct sim_end *end = (const struct sim_end *)other;

		if (other->local.port != addr->port || !sim__net_overlap(&other->local, addr))
			continue;
		if (other->kind == SIM_LISTENER || end == &end->connection->ends[0])
			return true;
	}
	return false;
}

int sim__net_tcp_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog)
{
	struct sim_host *host = sim__host(env);
	struct fm_sim *sim = host->sim;
	struct fm_addr local = *addr;
	struct sim_listener *listener;

	if ((addr->family != FM_ADDR_V4 && addr->family != FM_ADDR_V6) || !sim__net_may_bind(host, addr))
		return FM_ERR_ADDR_INVALID;
	if (local.port == 0)
		local.port = sim__net_free_port(host);
	if (local.port == 0 || conflicts(host, &local))
		return FM_ERR_ADDR_IN_USE;
	listener = sim__own_alloc(sizeof(*listener));
	sim__net_socket_init(&listener->socket, SIM_LISTENER, host);
	listener->socket.local = local;
	listener->socket.number = ++sim->net->numbers;
	fm_list_init(&listener->queue);
	listener->backlog = backlog < BACKLOG_MAX ? backlog : BACKLOG_MAX;
	fm_list_push_back(&sim->net->listeners, &listener->all);
	sim__trace(sim, SIM_TRACE_NET, "listen", listener->socket.number, local.port);
	sim__net_adopt(&listener->socket, io, FM_IO_READABLE);
	return FM_OK;
}

void fm_sim_limit_sockets(struct fm_sim_host *handle, uint32_t sockets_max)
{
	((struct sim_host *)handle)->sockets_max = sockets_max;
}

static bool table_full(const struct sim_host *host)
{
	uint32_t open = 0;

	if (FM_LIKELY(!host->sockets_max))
		return false;
	FM_LIST_FOR_EACH(link, &host->sockets)
		open++;
	return open >= host->sockets_max;
}

int sim__net_tcp_accept(struct fm_env *env, struct fm_io *io, struct fm_io *accepted)
{
	struct sim_listener *listener = (struct sim_listener *)io->handle;
	struct sim_end *end;

	if (listener->queued == 0 || sim__fault_again_strikes(&listener->socket))
		return FM_ERR_AGAIN;
	if (table_full(sim__host(env)))
		return FM_ERR_TOO_MANY_FILES;
	end = FM_CONTAINER_OF(listener->queue.next, struct sim_end, queue);
	fm_list_unlink(&end->queue);
	end->listener = NULL;
	listener->queued--;
	sim__trace(sim__host(env)->sim, SIM_TRACE_NET, "accept", end->socket.number, listener->socket.number);
	sim__net_adopt(&end->socket, accepted, FM_IO_READABLE | FM_IO_WRITABLE);
	sim__net_edge_soon(&end->socket);
	return FM_OK;
}

/* The listener for an address: one bound to just that before one bound to any. */
static struct sim_listener *listener_for(const struct sim_host *host, const struct fm_addr *addr)
{
	struct sim_listener *found = NULL;

	FM_LIST_FOR_EACH(link, &host->sockets)
	{
		struct sim_socket *socket = FM_CONTAINER_OF(link, struct sim_socket, link);

		if (socket->kind != SIM_LISTENER || socket->local.port != addr->port ||
		    !sim__net_covers(&socket->local, addr))
			continue;
		if (fm_addr_equal(&socket->local, addr))
			return (struct sim_listener *)socket;
		if (!found || found->socket.local.family != addr->family)
			found = (struct sim_listener *)socket;
	}
	return found;
}

void sim__net_syn_arrived(struct sim_end *end)
{
	struct sim_end *peer = sim__net_peer(end);
	struct sim_listener *listener = listener_for(end->socket.host, &peer->peer);

	if (end->born || !peer->socket.io || peer->dead)
		return; /* sent twice, or given up meanwhile */
	if (!listener) {
		sim__net_send(peer, SIM_RST, NULL, 0);
		return;
	}
	if (listener->queued > listener->backlog) {
		sim__trace(end->connection->sim, SIM_TRACE_NET, "backlog full", end->socket.number, 0);
		sim__net_attempt_again(end->connection);
		return;
	}
	end->born = end->connected = true;
	end->socket.local = sim__net_as_seen_by(&listener->socket.local, &peer->peer);
	end->peer = sim__net_as_seen_by(&listener->socket.local, &peer->socket.local);
	end->listener = listener;
	fm_list_push_back(&listener->queue, &end->queue);
	listener->queued++;
	sim__net_send(peer, SIM_SYN_ACK, NULL, 0);
	sim__net_edge(&listener->socket);
}

void sim__net_listener_tidy(struct sim_listener *listener)
{
	if (listener->socket.io || listener->socket.events)
		return;
	fm_list_unlink(&listener->all);
	sim__own_free(listener);
}

void sim__net_listener_close(struct sim_listener *listener)
{
	while (!fm_list_empty(&listener->queue)) {
		struct sim_end *end = FM_CONTAINER_OF(listener->queue.next, struct sim_end, queue);

		fm_list_unlink(&end->queue);
		end->listener = NULL;
		sim__net_end_close(end, true);
	}
	listener->queued = 0;
	sim__net_listener_tidy(listener);
}
