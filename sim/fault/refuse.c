/* Connects that fail: refused at once, or nobody ever answers and the time runs out. */
#include "fault.h"

static const struct fm_draw_site refuse_site = { "connect refused", FM_DRAW_NET };
static const struct fm_draw_site how_site = { "connect times out", FM_DRAW_NET };

const struct sim_fault sim__fault_refuse = {
	.name = "refuse",
	.group = "net",
	.about = "a connect is refused or times out",
	.allowed_by = FM_SIM_FAULT_REFUSE,
	.rates = { 0, 2, 8 },
	.rates_count = 3,
};

enum sim_refusal sim__fault_refuses(struct sim_end *end)
{
	struct sim_host *host = end->socket.host;
	struct fm_sim *sim = host->sim;

	if (!sim__fault_strikes(sim, &host->actor, &refuse_site, SIM_FAULT_REFUSE))
		return SIM_NOT_REFUSED;
	sim__trace(sim, SIM_TRACE_FAULT, "connect refused", end->socket.number, 0);
	return sim__draw(sim, &host->actor, &how_site, 2) ? SIM_UNANSWERED : SIM_REFUSED;
}
