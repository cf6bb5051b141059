/* EAGAIN: an operation that could go through says "not ready" once more, and an edge comes. */
#include "fault.h"

static const struct fm_draw_site again_site = { "not ready once more", FM_DRAW_NET };

const struct sim_fault sim__fault_again = {
	.name = "again",
	.group = "net",
	.about = "an operation says \"not ready\" once more than it must",
	.allowed_by = FM_SIM_FAULT_AGAIN,
	.rates = { 0, 2, 8 },
	.rates_count = 3,
};

bool sim__fault_again_strikes(struct sim_socket *socket)
{
	struct sim_host *host = socket->host;
	struct fm_sim *sim = host->sim;

	if (!sim__fault_strikes(sim, &host->actor, &again_site, SIM_FAULT_AGAIN))
		return false;
	sim__trace(sim, SIM_TRACE_FAULT, "not ready once more", socket->number, 0);
	sim__net_edge_soon(socket);
	return true;
}
