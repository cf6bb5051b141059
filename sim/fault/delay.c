/*
 * A segment is late, as if it had been lost and sent again: what other connections sent after it arrives before it. Its
 * own direction waits behind it, so that the order within a connection stays.
 */
#include "fault.h"

static const struct fm_draw_site delay_site = { "segment late", FM_DRAW_NET };
static const struct fm_draw_site by_site = { "segment late by ms", FM_DRAW_NET };

#define LATEST_MS 50

const struct sim_fault sim__fault_delay = {
	.name = "delay",
	.group = "net",
	.about = "a segment is late by up to 50 ms, and other connections overtake it",
	.allowed_by = FM_SIM_FAULT_LATENCY,
	.rates = { 0, 0, 4, 16 },
	.rates_count = 4,
};

fm_ns sim__fault_delay_ns(struct sim_host *from)
{
	struct fm_sim *sim = from->sim;

	if (!sim__fault_strikes(sim, &from->actor, &delay_site, SIM_FAULT_DELAY))
		return 0;
	return (1 + sim__draw(sim, &from->actor, &by_site, LATEST_MS)) * FM_MS;
}
