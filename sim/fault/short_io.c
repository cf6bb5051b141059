/* Short transfers: a read or write moves fewer bytes than it could, at least one; an edge tells of the rest. */
#include "fault.h"

static const struct fm_draw_site short_site = { "short transfer", FM_DRAW_NET };
static const struct fm_draw_site by_site = { "short by", FM_DRAW_NET };
static const struct fm_draw_site capacity_site = { "buffer capacity", FM_DRAW_NET };

static const size_t capacities[] = { 256 * 1024, 64 * 1024, 4 * 1024 };

const struct sim_fault sim__fault_short_io = {
	.name = "short-io",
	.group = "net",
	.about = "reads and writes move less than they could, buffers are small",
	.allowed_by = FM_SIM_FAULT_SHORT_IO,
	.rates = { 0, 1, 2, 8 },
	.rates_count = 4,
};

size_t sim__fault_short(struct sim_end *end, size_t count)
{
	struct sim_host *host = end->socket.host;
	struct fm_sim *sim = host->sim;
	size_t less;

	if (count <= 1 || !sim__fault_strikes(sim, &host->actor, &short_site, SIM_FAULT_SHORT_IO))
		return count;
	less = (size_t)sim__draw(sim, &host->actor, &by_site, count);
	if (less)
		sim__net_edge_soon(&end->socket);
	return count - less;
}

size_t sim__fault_capacity(struct sim_host *host)
{
	uint64_t which = 0;

	if (host->sim->fault_in[SIM_FAULT_SHORT_IO])
		which = sim__draw(host->sim, &host->actor, &capacity_site, FM_COUNT_OF(capacities));
	return capacities[which];
}
