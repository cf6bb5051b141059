/*
 * One direction of a connection ends, as when something between the two hosts gave it up: the reader comes to the end of the
 * stream in the middle of whatever was said, the writer finds a broken pipe, and the other direction goes on.
 */
#include "fault.h"

static const struct fm_draw_site half_site = { "half-close", FM_DRAW_NET };
static const struct fm_draw_site after_site = { "half-close after", FM_DRAW_NET };
static const struct fm_draw_site whose_site = { "half-close of", FM_DRAW_NET };

#define WITHIN 12 /* segments */

const struct sim_fault sim__fault_half_close = {
	.name = "half-close",
	.group = "net",
	.about = "one direction of a connection ends",
	.allowed_by = FM_SIM_FAULT_HALF_CLOSE,
	.rates = { 0, 1, 4 },
	.rates_count = 3,
};

void sim__fault_half_close_open(struct sim_connection *connection)
{
	struct sim_host *from = connection->ends[0].socket.host;
	struct fm_sim *sim = connection->sim;

	if (!sim__strikes(sim, &from->actor, &half_site, sim->fault_in[SIM_FAULT_HALF_CLOSE]))
		return;
	connection->half_close_in = 1 + (uint32_t)sim__draw(sim, &from->actor, &after_site, WITHIN);
	connection->half_close_of = (unsigned)sim__draw(sim, &from->actor, &whose_site, 2);
}

void sim__fault_half_close_count(struct sim_connection *connection)
{
	struct sim_end *writer = &connection->ends[connection->half_close_of];
	struct fm_sim *sim = connection->sim;

	if (sim->healed || !connection->ends[0].connected || !connection->ends[1].connected)
		return;
	if (--connection->half_close_in || writer->fin_sent || writer->dead)
		return;
	sim->result->struck[SIM_FAULT_HALF_CLOSE]++;
	sim__trace(sim, SIM_TRACE_FAULT, "half-close", writer->socket.number, connection->half_close_of);
	writer->fin_sent = true;
	sim__net_send(sim__net_peer(writer), SIM_FIN, NULL, 0);
	sim__net_edge_soon(&writer->socket);
}
