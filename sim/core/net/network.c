/*
 * The network of one run: it comes with the first host and goes with the last.
 *
 * What a closed host's program left open is counted and let go without a word to the peers, as when a
 * machine loses its power.
 */
#include "net.h"

void sim__net_host_open(struct sim_host *host)
{
	struct fm_sim *sim = host->sim;

	fm_list_init(&host->sockets);
	host->next_port = 0;
	host->networked = true;
	if (!sim->net) {
		sim->net = sim__own_alloc(sizeof(*sim->net));
		fm_list_init(&sim->net->connections);
		fm_list_init(&sim->net->listeners);
		fm_list_init(&sim->net->outages);
	}
	sim->net->hosts++;
}

static void network_free(struct sim_net *net)
{
	while (!fm_list_empty(&net->connections))
		sim__net_connection_free(
			FM_CONTAINER_OF(net->connections.next, struct sim_connection, link));
	while (!fm_list_empty(&net->listeners)) {
		struct sim_listener *listener =
			FM_CONTAINER_OF(net->listeners.next, struct sim_listener, all);

		listener->socket.events = 0;
		sim__net_listener_tidy(listener);
	}
	sim__net_forget_outages(net);
	sim__own_free(net);
}

unsigned sim__net_host_close(struct sim_host *host)
{
	struct fm_sim *sim = host->sim;
	unsigned open = 0;

	if (!host->networked)
		return 0; /* the leak oracle was here before */
	host->networked = false;
	while (!fm_list_empty(&host->sockets)) {
		struct sim_socket *socket = FM_CONTAINER_OF(host->sockets.next, struct sim_socket, link);

		fm_list_unlink(&socket->link);
		socket->io = NULL;
		open++;
	}
	if (--sim->net->hosts == 0) {
		network_free(sim->net);
		sim->net = NULL;
	}
	return open;
}

void sim__net_host_down(struct sim_host *host, bool power)
{
	struct sim_net *net = host->sim->net;

	if (power)
		net->unpowered |= (uint64_t)1 << (host->number - 1);
	FM_LIST_FOR_EACH(link, &net->connections)
	{
		struct sim_connection *connection = FM_CONTAINER_OF(link, struct sim_connection, link);

		for (unsigned i = 0; i < 2; i++) {
			struct sim_end *end = &connection->ends[i];

			if (end->socket.host != host || !end->born || end->dead)
				continue;
			end->dead = true;
			if (sim__net_peer(end)->born)
				sim__net_send(sim__net_peer(end), SIM_RST, NULL, 0);
		}
	}
}

void sim__net_host_up(struct sim_host *host)
{
	struct sim_net *net = host->sim->net;
	const uint64_t bit = (uint64_t)1 << (host->number - 1);

	if (net->unpowered & bit) {
		net->unpowered &= ~bit;
		sim__net_release_all(net);
	}
}

void sim__net_describe_open(struct sim_host *host, struct sim_text *text)
{
	FM_LIST_FOR_EACH(link, &host->sockets)
	{
		const struct sim_socket *socket = FM_CONTAINER_OF(link, struct sim_socket, link);
		const bool listens = socket->kind == SIM_LISTENER;
		char where[FM_ADDR_TEXT_BYTES];

		fm_addr_format(listens ? &socket->local : &((const struct sim_end *)socket)->peer, where,
			       sizeof(where));
		sim__text(text, "  tcp %s %s on host %s, opened ", listens ? "listener on" : "connection to", where,
			  host->name);
		sim__tell_origin(text, &socket->opened);
		sim__text(text, "\n");
	}
}
