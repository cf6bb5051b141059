/*
 * Connecting: a SYN, sent again while nothing answers, until the answer comes or the time is up.
 *
 * The timetable is that of Linux since 6.5 (tcp_syn_retries 6, tcp_syn_linear_timeouts 4). A SYN is sent
 * again only where one was lost, so a connect that succeeds leaves no timer behind.
 */
#include "net.h"

/* Seconds after the first SYN; at the last the connect gives up. */
static const unsigned timetable_s[] = { 1, 2, 3, 4, 5, 7, 11, 19, 35, 67, 131 };

#define NOBODY_ANSWERS_NS (3 * FM_SEC) /* what Linux gives a neighbour to say who it is */

static void attempt(struct fm_sim *sim, void *arg)
{
	struct sim_connection *connection = arg;
	struct sim_end *end = &connection->ends[0];

	connection->attempt_due = false;
	if (!end->connected && !end->dead && end->socket.io) {
		if (++connection->attempts == FM_COUNT_OF(timetable_s)) {
			sim__trace(sim, SIM_TRACE_NET, "connect timed out", end->socket.number, 0);
			sim__net_end_dies(end, FM_ERR_TIMED_OUT);
		} else {
			sim__net_send(&connection->ends[1], SIM_SYN, NULL, 0);
			sim__net_attempt_again(connection);
		}
	}
	sim__net_event_over(&end->socket);
}

void sim__net_attempt_again(struct sim_connection *connection)
{
	struct sim_end *end = &connection->ends[0];

	if (end->connected || end->dead || !end->socket.io || connection->attempt_due)
		return;
	connection->attempt_due = true;
	end->socket.events++;
	sim__event_at(connection->sim,
		      fm_ns_add(connection->started_ns, timetable_s[connection->attempts] * FM_SEC), attempt,
		      connection);
}

static void nobody_answers(struct fm_sim *sim, void *arg)
{
	struct sim_end *end = arg;

	(void)sim;
	if (end->socket.io)
		sim__net_end_dies(end, FM_ERR_UNREACHABLE);
	sim__net_event_over(&end->socket);
}

static void first_attempt(struct sim_connection *connection, bool somebody)
{
	struct sim_end *end = &connection->ends[0];
	struct fm_sim *sim = connection->sim;
	enum sim_refusal refusal;

	connection->started_ns = sim->now_ns;
	if (!somebody) {
		end->socket.events++;
		sim__event_at(sim, fm_ns_add(sim->now_ns, NOBODY_ANSWERS_NS), nobody_answers, end);
		return;
	}
	refusal = sim__fault_refuses(end);
	if (refusal == SIM_REFUSED) {
		sim__net_send(end, SIM_RST, NULL, 0);
		return;
	}
	connection->swallowed = refusal == SIM_UNANSWERED;
	sim__net_send(&connection->ends[1], SIM_SYN, NULL, 0);
}

int sim__net_tcp_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr)
{
	struct sim_host *host = sim__host(env);
	struct fm_addr to = *addr;
	struct sim_host *target = NULL;
	struct sim_connection *connection;
	struct fm_addr local;
	int status;

	if (addr->family != FM_ADDR_V4 && addr->family != FM_ADDR_V6)
		return FM_ERR_ADDR_INVALID;
	status = sim__net_route(host, &to, &target, &local);
	if (status != FM_OK)
		return status;
	local.port = sim__net_free_port(host);
	if (local.port == 0)
		return FM_ERR_ADDR_INVALID;
	connection = sim__net_connection_new(host, target ? target : host);
	connection->ends[0].born = true;
	connection->ends[0].socket.local = local;
	connection->ends[0].peer = to;
	sim__trace(host->sim, SIM_TRACE_NET, "connect", connection->ends[0].socket.number, to.port);
	sim__net_adopt(&connection->ends[0].socket, io, 0);
	first_attempt(connection, target != NULL);
	return FM_ERR_AGAIN;
}

int sim__net_tcp_connected(struct fm_env *env, struct fm_io *io)
{
	struct sim_end *end = (struct sim_end *)io->handle;
	const int error = end->error;

	(void)env;
	end->error = FM_OK;
	if (error != FM_OK)
		return error;
	/* It may be over by now, where a fault ended this half: then it is the end of the stream that tells. */
	return end->connected && !end->dead ? FM_OK : FM_ERR_AGAIN;
}
