/* Resets: a connection is reset at both ends after a drawn number of segments. */
#include "fault.h"

static const struct fm_draw_site reset_site = { "connection reset", FM_DRAW_NET };
static const struct fm_draw_site after_site = { "connection reset after", FM_DRAW_NET };

#define WITHIN 16 /* segments */

const struct sim_fault sim__fault_reset = {
	.name = "reset",
	.group = "net",
	.about = "a connection is reset at both ends",
	.allowed_by = FM_SIM_FAULT_RESET,
	.rates = { 0, 16, 64 },
	.rates_count = 3,
};

uint32_t sim__fault_reset_in(struct sim_host *from)
{
	struct fm_sim *sim = from->sim;

	if (!sim__fault_strikes(sim, &from->actor, &reset_site, SIM_FAULT_RESET))
		return 0;
	return 1 + (uint32_t)sim__draw(sim, &from->actor, &after_site, WITHIN);
}
