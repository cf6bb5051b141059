/*
 * Latency: a segment takes a drawn time. Within a direction none overtakes another; connections overtake each other. Its
 * rate is the longest time in microseconds. It is a property of the network, so healing does not end it.
 */
#include "fault.h"

/* In whole microseconds, so that a draw stays small on the tape. */
static const struct fm_draw_site latency_site = { "latency us", FM_DRAW_NET };

const struct sim_fault sim__fault_latency = {
	.name = "latency",
	.group = "net",
	.about = "segments take a drawn time, up to 20 ms",
	.allowed_by = FM_SIM_FAULT_LATENCY,
	.rates = { 0, 50, 1000, 20000 },
	.rates_count = 4,
	.lasts = true,
};

fm_ns sim__fault_latency_ns(struct sim_host *from)
{
	struct fm_sim *sim = from->sim;

	const uint64_t us =
		sim__draw(sim, &from->actor, &latency_site, (uint64_t)sim->fault_in[SIM_FAULT_LATENCY] + 1);

	sim->result->struck[SIM_FAULT_LATENCY] += us != 0;
	return us * FM_US;
}
