/*
 * A host crashes, and comes back with nothing but its program. In one process its memory cannot simply be forgotten: so its tasks
 * are dropped with all input and output cut off first, and nobody outside can see that their drops ran. What drops do not
 * give back is a leak, as after any cancellation. Either the kernel lives on, and peers are reset at once; or the power
 * went, and they hear nothing until the host is back. Only hosts that the scenario calls fm_sim_restartable crash.
 */
#include "fault.h"

static const struct fm_draw_site crash_site = { "crash", FM_DRAW_CANCEL };
static const struct fm_draw_site host_site = { "crash of host", FM_DRAW_CANCEL };
static const struct fm_draw_site power_site = { "crash: power is lost", FM_DRAW_CANCEL };
static const struct fm_draw_site length_site = { "crash: down for", FM_DRAW_CANCEL };

static const fm_ns lengths_ns[] = { 0, FM_MS, 100 * FM_MS, FM_SEC, 10 * FM_SEC };

static bool may_crash(const struct sim_host *host)
{
	return host->restart && !host->down && host->tasks;
}

static void strike(struct fm_sim *sim, struct sim_actor *actor)
{
	unsigned count = 0;
	uint64_t position, power, length;

	if (!sim__fault_strikes(sim, actor, &crash_site, SIM_FAULT_CRASH))
		return;
	for (unsigned i = 0; i < sim->hosts_count; i++)
		count += may_crash(sim->hosts[i]);
	if (count == 0)
		return;
	position = sim__draw(sim, actor, &host_site, count);
	power = sim__draw(sim, actor, &power_site, 2);
	length = sim__draw(sim, actor, &length_site, FM_COUNT_OF(lengths_ns));
	for (unsigned i = 0; i < sim->hosts_count; i++)
		if (may_crash(sim->hosts[i]) && position-- == 0) {
			sim__host_crash(sim->hosts[i], power, lengths_ns[length]);
			return;
		}
}

const struct sim_fault sim__fault_crash = {
	.name = "crash",
	.group = "host",
	.about = "a host loses all that it has in memory, and starts again",
	.allowed_by = FM_SIM_FAULT_CRASH,
	.rates = { 0, 0, 32, 256 },
	.rates_count = 4,
	.strike = strike,
};
