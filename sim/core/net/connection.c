/*
 * A connection: how its two ends end.
 *
 * It stays until the program has let go of both ends and no event will come back: what was sent before a
 * close still arrives after it, and is answered by a reset where nobody is left to read it.
 */
#include "net.h"

static void end_init(struct sim_end *end, struct sim_connection *connection, struct sim_host *host)
{
	sim__net_socket_init(&end->socket, SIM_END, host);
	end->socket.number = connection->sim->net->numbers;
	end->connection = connection;
	fm_list_init(&end->flying);
	fm_list_init(&end->arrived);
	fm_list_init(&end->queue);
}

struct sim_connection *sim__net_connection_new(struct sim_host *from, struct sim_host *to)
{
	struct sim_connection *connection = sim__own_alloc(sizeof(*connection));
	struct fm_sim *sim = from->sim;

	connection->sim = sim;
	sim->net->numbers++;
	end_init(&connection->ends[0], connection, from);
	end_init(&connection->ends[1], connection, to);
	connection->capacity = sim__fault_capacity(from);
	connection->reset_in = sim__fault_reset_in(from);
	sim__fault_half_close_open(connection);
	fm_list_push_back(&sim->net->connections, &connection->link);
	return connection;
}

void sim__net_connection_free(struct sim_connection *connection)
{
	for (unsigned i = 0; i < 2; i++) {
		sim__net_forget(&connection->ends[i].flying);
		sim__net_forget(&connection->ends[i].arrived);
	}
	fm_list_unlink(&connection->link);
	sim__own_free(connection);
}

void sim__net_connection_tidy(struct sim_connection *connection)
{
	for (unsigned i = 0; i < 2; i++) {
		const struct sim_end *end = &connection->ends[i];

		if (end->socket.io || end->socket.events || end->listener)
			return;
	}
	sim__net_connection_free(connection);
}

/* TCP_CLOSE in Linux' words: nothing is left to say in either direction. */
bool sim__net_end_over(const struct sim_end *end)
{
	return end->dead || (end->fin_received && end->fin_sent && end->fin_acked);
}

void sim__net_end_dies(struct sim_end *end, int error)
{
	end->dead = true;
	end->error = error;
	sim__net_edge(&end->socket);
}

void sim__net_end_close(struct sim_end *end, bool reset)
{
	struct sim_end *peer = sim__net_peer(end);

	if (end->unread)
		sim__lost_unread(end->connection->sim, end->unread);
	/* A connect given up before it was answered: the answer, should it come, finds nobody (stream.c). */
	if (end->connected && !sim__net_end_over(end)) {
		if (reset || end->unread) {
			end->dead = true;
			sim__net_send(peer, SIM_RST, NULL, 0);
		} else if (!end->fin_sent) {
			end->fin_sent = true;
			sim__net_send(peer, SIM_FIN, NULL, 0);
		}
	}
	sim__net_forget(&end->arrived);
	end->unread = end->taken = 0;
	sim__net_connection_tidy(end->connection);
}

void sim__net_reset_both(struct sim_connection *connection)
{
	sim__trace(connection->sim, SIM_TRACE_FAULT, "connection reset",
		   connection->ends[0].socket.number, 0);
	for (unsigned i = 0; i < 2; i++) {
		sim__net_forget(&connection->ends[i].flying);
		sim__net_send(&connection->ends[i], SIM_RST, NULL, 0);
	}
}
