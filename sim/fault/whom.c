/* Whom a fault strikes: a task drawn among those that fit, in the order of their slots. */
#include "fault.h"

struct fm_task *sim__fault_whom(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site,
				bool (*fits)(struct fm_sim *, struct fm_task *))
{
	uint32_t count = 0;
	uint64_t position;

	for (uint32_t i = 0; i < fm_runq_slots(sim->runq); i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		count += task && fits(sim, task);
	}
	if (count == 0)
		return NULL;
	position = sim__draw(sim, actor, site, count);
	for (uint32_t i = 0;; i++) {
		struct fm_task *task = fm_runq_slot(sim->runq, i);

		if (task && fits(sim, task) && position-- == 0)
			return task;
	}
}
