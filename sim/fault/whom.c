/*
 * Whom a fault strikes: a task drawn among those that fit, in the order of their slots. A task that was allocated and not yet
 * spawned has a slot too, and is nobody's to strike.
 */
#include "fault.h"

static struct fm_task *live_at(struct fm_sim *sim, uint32_t slot)
{
	struct fm_task *task = fm_runq_slot(sim->runq, slot);

	return task && sim__live(sim, task) ? task : NULL;
}

struct fm_task *sim__fault_whom(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site,
				bool (*fits)(struct fm_sim *, struct fm_task *))
{
	uint32_t count = 0;
	uint64_t position;

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = live_at(sim, i);

		count += task && fits(sim, task);
	}
	if (count == 0)
		return NULL;
	position = sim__draw(sim, actor, site, count);
	for (uint32_t i = 0;; i++) {
		struct fm_task *task = live_at(sim, i);

		if (task && fits(sim, task) && position-- == 0)
			return task;
	}
}
