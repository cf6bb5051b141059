/* Where the tasks of a run went: counted turn by turn, for who looks for what is new. */
#ifndef SIM_EXPLORE_EDGES_H
#define SIM_EXPLORE_EDGES_H

#include "../core/internal.h"

enum {
	SIM_EDGES = 1 << 14, /* kept apart, by hash */
	SIM_EDGES_SLOTS = 1024, /* tasks that are followed */
};

struct fm_sim_edges {
	uint8_t edges[SIM_EDGES]; /* how often, up to 255 */
	uint8_t states[SIM_EDGES];
	uint64_t state; /* of all tasks together: a sum, so that who is who does not matter */
	struct {
		uint64_t place;
		uint32_t serial;
	} slots[SIM_EDGES_SLOTS];
};

/* The task's turn is over: it stands at an await, or has ended. */
void sim__edges_after_turn(struct fm_sim *sim, const struct sim_task *task);

#endif
