/* Clock skew: the hosts' wall clocks disagree from the start. The monotonic clock, and with it every timer, does not. */
#include "fault.h"

static const struct fm_draw_site skew_site = { "clock skew s", FM_DRAW_TIME };
static const struct fm_draw_site behind_site = { "clock is behind", FM_DRAW_TIME };

const struct sim_fault sim__fault_clock_skew = {
	.name = "clock-skew",
	.group = "clock",
	.about = "a host's wall clock is wrong, by up to a day",
	.allowed_by = FM_SIM_FAULT_CLOCK,
	.rates = { 0, 2, 3600, 86400 }, /* seconds, at most */
	.rates_count = 4,
};

int64_t sim__fault_skew_ns(struct sim_host *host)
{
	struct fm_sim *sim = host->sim;
	const uint64_t skew_s = sim__draw(sim, &host->actor, &skew_site, (uint64_t)sim->fault_in[SIM_FAULT_CLOCK_SKEW] + 1);

	if (skew_s == 0)
		return 0;
	sim->result->struck[SIM_FAULT_CLOCK_SKEW]++;
	sim__trace(sim, SIM_TRACE_FAULT, "clock skew", host->number, skew_s);
	return (int64_t)(skew_s * FM_SEC) * (sim__draw(sim, &host->actor, &behind_site, 2) ? -1 : 1);
}
