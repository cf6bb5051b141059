/*
 * Segments: what flies from one end to the other.
 *
 * Each takes a drawn time, but none overtakes another of its direction: an end has one delivery event under
 * way, for the first that flies to it. Different connections may overtake one another.
 */
#include "net.h"

#include <string.h>

static void deliver(struct fm_sim *sim, void *arg);

static void expect(struct sim_end *to)
{
	struct fm_sim *sim = to->connection->sim;
	const struct sim_segment *first;

	if (to->delivery_due || to->held || fm_list_empty(&to->flying))
		return;
	first = FM_CONTAINER_OF(to->flying.next, struct sim_segment, link);
	to->delivery_due = true;
	to->socket.events++;
	sim__event_at(sim, first->arrives_ns > sim->now_ns ? first->arrives_ns : sim->now_ns, deliver, to);
}

void sim__net_send(struct sim_end *to, enum sim_segment_kind kind, const void *bytes, size_t count)
{
	struct sim_segment *segment = sim__own_alloc(sizeof(*segment) + (bytes ? count : 0));
	struct sim_host *from = sim__net_peer(to)->socket.host;
	fm_ns latency_ns = sim__fault_latency_ns(from);

	latency_ns += sim__fault_delay_ns(from); /* a draw after the other, in one order for all compilers */

	segment->kind = kind;
	segment->count = count;
	segment->arrives_ns = fm_ns_add(from->sim->now_ns, latency_ns);
	if (bytes)
		memcpy(segment->bytes, bytes, count);
	fm_list_push_back(&to->flying, &segment->link);
	sim__fault_partitions(from, to->socket.host);
	expect(to);
}

void sim__net_release(struct sim_end *to)
{
	to->held = false;
	expect(to);
}

void sim__net_forget(struct fm_list *segments)
{
	while (!fm_list_empty(segments)) {
		struct sim_segment *segment = FM_CONTAINER_OF(segments->next, struct sim_segment, link);

		fm_list_unlink(&segment->link);
		sim__own_free(segment);
	}
}

/* A SYN is lost and sent again later; all else waits for better times. */
static void no_way(struct sim_end *to, struct sim_segment *segment)
{
	struct sim_connection *connection = to->connection;

	if (segment->kind == SIM_SYN) {
		fm_list_unlink(&segment->link);
		sim__own_free(segment);
		sim__trace(connection->sim, SIM_TRACE_NET, "syn lost", to->socket.number, 0);
	} else {
		to->held = true;
		sim__trace(connection->sim, SIM_TRACE_NET, "held", to->socket.number, segment->count);
	}
	sim__net_attempt_again(connection);
}

static void deliver(struct fm_sim *sim, void *arg)
{
	static const char *const names[] = { "syn", "syn-ack", "deliver", "fin", "rst", "window" };
	struct sim_end *to = arg;
	struct sim_connection *connection = to->connection;
	struct sim_segment *segment = FM_CONTAINER_OF(to->flying.next, struct sim_segment, link);

	to->delivery_due = false;
	if (fm_list_empty(&to->flying) || segment->arrives_ns > sim->now_ns) {
		/* What it was meant for is gone, and at most a reset came in its place. */
	} else if (!sim__net_reaches(sim__net_peer(to)->socket.host, to->socket.host)) {
		no_way(to, segment);
	} else {
		fm_list_unlink(&segment->link);
		sim__trace(sim, SIM_TRACE_NET, names[segment->kind],
			   to->socket.number * 2 + (to == &connection->ends[1]), segment->count);
		sim__net_arrived(to, segment);
		if (connection->reset_in && connection->ends[0].connected && !sim->healed &&
		    --connection->reset_in == 0)
			sim__net_reset_both(connection);
		if (connection->half_close_in)
			sim__fault_half_close_count(connection);
	}
	expect(to);
	sim__net_event_over(&to->socket);
}
