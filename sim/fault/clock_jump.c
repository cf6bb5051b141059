/* A wall clock is set anew while its host runs: forwards, or back. */
#include "fault.h"

static const struct fm_draw_site jump_site = { "clock jump", FM_DRAW_TIME };
static const struct fm_draw_site host_site = { "clock jump of host", FM_DRAW_TIME };
static const struct fm_draw_site by_site = { "clock jump by", FM_DRAW_TIME };

static const int64_t jumps_ns[] = {
	(int64_t)FM_SEC, -(int64_t)FM_SEC, (int64_t)FM_HOUR, -(int64_t)FM_HOUR, 365 * 24 * (int64_t)FM_HOUR,
	-24 * (int64_t)FM_HOUR,
};

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	uint64_t host, by;

	if (sim->hosts_count == 0 || !sim__fault_strikes(sim, actor, &jump_site, SIM_FAULT_CLOCK_JUMP))
		return;
	host = sim__draw(sim, actor, &host_site, sim->hosts_count);
	by = sim__draw(sim, actor, &by_site, FM_COUNT_OF(jumps_ns));
	fm_sim_wall_jump((struct fm_sim_host *)sim->hosts[host], jumps_ns[by]);
}

const struct sim_fault sim__fault_clock_jump = {
	.name = "clock-jump",
	.group = "clock",
	.about = "a host's wall clock is set forwards or back",
	.allowed_by = FM_SIM_FAULT_CLOCK,
	.rates = { 0, 8, 64 },
	.rates_count = 3,
	.strike = strike,
};
