/*
 * The run is told to shut down at a drawn step, in the way that its scenario says; without one, ctrl-c comes to every host.
 * The drain oracle (check/drain.c) and the leak oracle (check/leak.c) then judge what is left.
 */
#include "fault.h"

static const struct fm_draw_site step_site = { "shutdown at step", FM_DRAW_USER };

static void shut_down(struct fm_sim *sim, void *arg)
{
	(void)arg;
	sim->result->struck[SIM_FAULT_SHUTDOWN]++;
	sim__trace(sim, SIM_TRACE_FAULT, "shutdown", 0, 0);
	if (sim->scenario->shutdown) {
		sim->scenario->shutdown(sim, sim->state);
		return;
	}
	for (unsigned i = 0; i < sim->hosts_count; i++)
		fm_sim_shutdown((struct fm_sim_host *)sim->hosts[i]);
}

const struct sim_fault sim__fault_shutdown = {
	.name = "shutdown",
	.group = "host",
	.about = "the run is told to shut down at a drawn step",
	.allowed_by = FM_SIM_FAULT_SHUTDOWN,
	.rates = { 0, 0, 64, 1024 }, /* the last step at which it may come */
	.rates_count = 4,
};

void sim__fault_shutdown_plan(struct fm_sim *sim)
{
	if (sim->fault_in[SIM_FAULT_SHUTDOWN])
		fm_sim_at_step(sim, 1 + sim__draw(sim, &sim->world, &step_site, sim->fault_in[SIM_FAULT_SHUTDOWN]),
			       shut_down, NULL);
}
