/*
 * The bytes of a connection: read, write, shut down, and what arriving segments do to an end.
 *
 * One bound holds for what is in flight, unread, and read without the sender knowing yet: so a full peer
 * makes a write wait. The order in which an end looks at data, end of stream and pending error is
 * tcp_recvmsg's of Linux: data that arrived before a reset can still be read, an end of stream hides a
 * later error from readers, and an error is told once.
 */
#include "net.h"

#include <string.h>

/* Linux calls a socket writable when a third of its buffer is free. */
bool sim__net_writable(struct sim_end *end)
{
	const size_t charged = sim__net_peer(end)->charged;

	return (end->connection->capacity - charged) * 2 >= charged;
}

static int take_error(struct sim_end *end, int otherwise)
{
	const int error = end->error;

	end->error = FM_OK;
	return error != FM_OK ? error : otherwise;
}

static void take_bytes(struct sim_end *end, unsigned char *into, size_t count)
{
	end->unread -= count;
	end->untold += count;
	while (count) {
		struct sim_segment *first = FM_CONTAINER_OF(end->arrived.next, struct sim_segment, link);
		const size_t here = first->count - end->taken < count ? first->count - end->taken : count;

		memcpy(into, first->bytes + end->taken, here);
		into += here;
		count -= here;
		end->taken += here;
		if (end->taken < first->count)
			return;
		fm_list_unlink(&first->link);
		sim__own_free(first);
		end->taken = 0;
	}
}

int sim__net_io_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done)
{
	struct sim_end *end = (struct sim_end *)io->handle;

	(void)env;
	*done = 0;
	if (count == 0)
		return FM_OK;
	if (end->unread == 0) {
		if (end->fin_received)
			return FM_OK;
		return take_error(end, end->dead ? FM_OK : FM_ERR_AGAIN);
	}
	if (sim__fault_again_strikes(&end->socket))
		return FM_ERR_AGAIN;
	*done = sim__fault_short(end, count < end->unread ? count : end->unread);
	take_bytes(end, bytes, *done);
	sim__trace(end->connection->sim, SIM_TRACE_NET, "read", end->socket.number, *done);
	if (end->untold >= end->connection->capacity / 4 && !sim__net_end_over(end)) {
		sim__net_send(sim__net_peer(end), SIM_WINDOW, NULL, end->untold);
		end->untold = 0;
	}
	return FM_OK;
}

int sim__net_io_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done)
{
	struct sim_end *end = (struct sim_end *)io->handle;
	struct sim_end *peer = sim__net_peer(end);
	const size_t room = end->connection->capacity - peer->charged;

	(void)env;
	*done = 0;
	if (end->error != FM_OK || end->dead || end->fin_sent)
		return take_error(end, FM_ERR_BROKEN_PIPE);
	if (!end->connected)
		return FM_ERR_AGAIN;
	if (count == 0)
		return FM_OK;
	if (room < count)
		end->blocked = true;
	if (room == 0 || sim__fault_again_strikes(&end->socket))
		return FM_ERR_AGAIN;
	*done = sim__fault_short(end, count < room ? count : room);
	sim__trace(end->connection->sim, SIM_TRACE_NET, "write", end->socket.number, *done);
	peer->charged += *done;
	sim__net_send(peer, SIM_DATA, bytes, *done);
	return FM_OK;
}

int sim__net_tcp_shutdown(struct fm_env *env, struct fm_io *io)
{
	struct sim_end *end = (struct sim_end *)io->handle;

	(void)env;
	if (end->socket.kind == SIM_LISTENER)
		return FM_OK;
	if (!end->connected || sim__net_end_over(end))
		return FM_ERR_NOT_CONNECTED;
	if (!end->fin_sent) {
		end->fin_sent = true;
		sim__trace(end->connection->sim, SIM_TRACE_NET, "shutdown", end->socket.number, 0);
		sim__net_send(sim__net_peer(end), SIM_FIN, NULL, 0);
	}
	sim__net_edge_soon(&end->socket);
	return FM_OK;
}

static void synack_arrived(struct sim_end *end)
{
	if (!end->socket.io || end->dead) {
		sim__net_send(sim__net_peer(end), SIM_RST, NULL, 0);
		return;
	}
	end->connected = true;
	sim__net_edge(&end->socket);
}

/* The program has closed this end (and not merely not accepted it yet). */
static bool left_behind(const struct sim_end *end)
{
	return !end->socket.io && !end->listener;
}

static void data_arrived(struct sim_end *end, struct sim_segment *segment)
{
	if (end->dead || left_behind(end)) {
		if (!end->dead)
			sim__net_send(sim__net_peer(end), SIM_RST, NULL, 0);
		end->dead = true;
		sim__own_free(segment);
		return;
	}
	fm_list_push_back(&end->arrived, &segment->link);
	end->unread += segment->count;
	sim__net_edge(&end->socket);
}

/* Linux tells one that has seen the end of the stream that the pipe is broken, and all others of a reset. */
static void rst_arrived(struct sim_end *end)
{
	if (!end->born || sim__net_end_over(end))
		return;
	if (!end->connected)
		sim__net_end_dies(end, FM_ERR_REFUSED);
	else if (end->fin_received && !end->fin_sent)
		sim__net_end_dies(end, FM_ERR_BROKEN_PIPE);
	else
		sim__net_end_dies(end, FM_ERR_RESET);
}

static void fin_arrived(struct sim_end *end)
{
	struct sim_end *peer = sim__net_peer(end);

	if (end->dead)
		return;
	end->fin_received = true;
	peer->fin_acked = true;
	sim__net_edge(&end->socket);
}

static void window_arrived(struct sim_end *end, size_t count)
{
	sim__net_peer(end)->charged -= count;
	if (!end->blocked || !sim__net_writable(end))
		return;
	end->blocked = false;
	sim__net_edge(&end->socket);
}

void sim__net_arrived(struct sim_end *end, struct sim_segment *segment)
{
	const enum sim_segment_kind kind = segment->kind;
	const size_t count = segment->count;

	if (kind == SIM_DATA) {
		data_arrived(end, segment);
		return;
	}
	sim__own_free(segment);
	switch (kind) {
	case SIM_SYN:
		if (end->connection->swallowed && !end->connection->sim->healed)
			sim__net_attempt_again(end->connection);
		else
			sim__net_syn_arrived(end);
		break;
	case SIM_SYN_ACK:
		synack_arrived(end);
		break;
	case SIM_FIN:
		fin_arrived(end);
		break;
	case SIM_RST:
		rst_arrived(end);
		break;
	default:
		window_arrived(end, count);
	}
}
