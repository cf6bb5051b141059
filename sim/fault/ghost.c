/*
 * Before the clock moves, a parked task is polled in place, for no reason: whoever forgot to wake it is found out, even
 * where a timer would come to the rescue (check/ghost.c). A program must stand it, so it is a fault like any other.
 */
#include "fault.h"

static const struct fm_draw_site ghost_site = { "ghost poll", FM_DRAW_WAKE };
static const struct fm_draw_site whom_site = { "ghost poll of", FM_DRAW_WAKE };

const struct sim_fault sim__fault_ghost = {
	.name = "ghost-poll",
	.group = "wake",
	.about = "a parked task is polled before the clock moves, and must not go on",
	.rates = { 0, 1, 4 },
	.rates_count = 3,
};

static bool parked(struct fm_sim *sim, struct fm_task *task)
{
	(void)sim;
	return fm_task_parked(task);
}

void sim__fault_ghost_poll(struct fm_sim *sim)
{
	struct fm_task *task;

	if (!sim__fault_strikes(sim, &sim->world, &ghost_site, SIM_FAULT_GHOST))
		return;
	task = sim__fault_whom(sim, &sim->world, &whom_site, parked);
	if (task)
		sim__ghost_poll(sim, task);
}
