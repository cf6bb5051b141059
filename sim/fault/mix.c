/*
 * The mix of a run, in two levels: whether a fault exists in it, and how often it strikes. It differs from seed to seed
 * ("swarm testing": Groce et al., 2012), so that no fault is always there to hide what another would show. The first of
 * each row of rates is 0: the plainest run has no faults. Halfway through the steps faults stop and the world heals, so
 * that liveness is judged fairly.
 */
#include "fault.h"

static const struct fm_draw_site mix_site = { "fault mix", FM_DRAW_USER };

void sim__mix_faults(struct fm_sim *sim)
{
	sim->faults_until_step = UINT64_MAX;
	if (sim->options->profile == FM_SIM_PROFILE_NONE)
		return;
	for (unsigned kind = 0; kind < SIM_FAULTS; kind++) {
		const struct sim_fault *fault = sim__fault(kind);

		if (fault->allowed_by && !(fault->allowed_by & sim->scenario->faults))
			continue;
		sim->fault_in[kind] =
			fault->rates[sim__draw(sim, &sim->world, &mix_site, fault->rates_count)];
		if (fault->strike && sim->fault_in[kind])
			sim->strikers[sim->strikers_count++] = (uint8_t)kind;
	}
	sim->faults_until_step = sim->steps_max / 2;
}

void sim__strike(struct fm_sim *sim)
{
	for (unsigned i = 0; i < sim->strikers_count; i++) {
		const unsigned kind = sim->strikers[i];

		sim__fault(kind)->strike(sim, sim->fault_in[kind]);
	}
}

void sim__heal(struct fm_sim *sim)
{
	sim->healed = true;
	sim->strikers_count = 0;
	for (unsigned kind = 0; kind < SIM_FAULTS; kind++)
		if (!sim__fault(kind)->lasts)
			sim->fault_in[kind] = 0;
	sim__trace(sim, SIM_TRACE_FAULT, "healed", 0, 0);
	sim__net_heal(sim);
}
