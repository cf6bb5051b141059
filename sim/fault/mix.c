/*
 * The mix of a run, in two levels: whether a fault exists in it, and how often it strikes. It differs from seed to seed
 * ("swarm testing": Groce et al., 2012), so that no fault is always there to hide what another would show. The first of
 * each row of rates is 0: the plainest run has no faults. Each fault draws from a generator of its own, so that
 * switching one off leaves the others as they were. Halfway through the steps faults stop and the world heals, so that
 * liveness is judged fairly.
 */
#include "fault.h"

static const struct fm_draw_site mix_site = { "fault mix", FM_DRAW_USER };

static bool exists_for(const struct fm_sim *sim, unsigned kind)
{
	const struct sim_fault *fault = sim__fault(kind);

	return !(sim->options->profile >> kind & 1) &&
	       (!fault->allowed_by || (fault->allowed_by & sim->scenario->faults));
}

void sim__mix_faults(struct fm_sim *sim)
{
	sim->faults_until_step = UINT64_MAX;
	for (unsigned kind = 0; kind < SIM_FAULTS; kind++) {
		const struct sim_fault *fault = sim__fault(kind);
		struct sim_actor actor;

		if (!exists_for(sim, kind))
			continue;
		sim__actor_init(&actor, sim__mix(0x6661756c74 + kind));
		sim->fault_in[kind] = fault->rates[sim__draw(sim, &actor, &mix_site, fault->rates_count)];
		if (sim->fault_in[kind] == 0)
			continue;
		sim->faults_until_step = sim->steps_max / 2;
		if (fault->strike) {
			sim->strikers[sim->strikers_count].kind = kind;
			sim->strikers[sim->strikers_count++].actor = actor;
		}
	}
	sim__fault_shutdown_plan(sim);
	sim->has_strikers = sim->strikers_count != 0;
	sim->gives_way = sim->fault_in[SIM_FAULT_YIELD] != 0;
	sim->is_straight = sim->is_random && !sim->fault_in[SIM_FAULT_NEWEST] && !sim->fault_in[SIM_FAULT_SLOW];
}

void sim__faults_over(struct fm_sim *sim)
{
	sim->faults_until_step = UINT64_MAX;
	sim->strikers_count = 0;
	sim->has_strikers = false;
	sim->is_straight = sim->is_random;
	sim->slow = false;
	for (unsigned kind = 0; kind < SIM_FAULTS; kind++)
		if (!sim__fault(kind)->lasts)
			sim->fault_in[kind] = 0;
	sim->gives_way = sim->fault_in[SIM_FAULT_YIELD] != 0;
}

void sim__strike(struct fm_sim *sim)
{
	for (unsigned i = 0; i < sim->strikers_count; i++)
		sim__fault(sim->strikers[i].kind)->strike(sim, &sim->strikers[i].actor);
}

void sim__heal(struct fm_sim *sim)
{
	sim->healed = true;
	sim__rounds_begin(sim);
	sim__faults_over(sim);
	sim__trace(sim, SIM_TRACE_FAULT, "healed", 0, 0);
	sim__net_heal(sim);
}
