/* Where the tasks of a run went: counted turn by turn, for who looks for what is new; and in how many runs each was seen. */
#ifndef SIM_EXPLORE_EDGES_H
#define SIM_EXPLORE_EDGES_H

#include "../core/internal.h"

enum {
	SIM_EDGES = 1 << 16, /* kept apart, by hash */
	SIM_EDGES_POWERS = 8, /* gone along at least 1, 2, 4, ... 128 times */
	SIM_EDGES_SLOTS = 1024, /* tasks that are followed */
	SIM_EDGES_PROBES = 4096,
	SIM_EDGES_PROBES_A_TURN = 64,
	SIM_EDGES_NEW_MAX = 8, /* of one run, by name */
};

/* Number of a feature: of an edge and a power, of a state, of a probe. */
#define SIM_EDGES_STATE (SIM_EDGES * SIM_EDGES_POWERS)
#define SIM_EDGES_PROBE (SIM_EDGES_STATE + SIM_EDGES)
#define SIM_EDGES_FEATURES (SIM_EDGES_PROBE + SIM_EDGES_PROBES)

struct fm_sim_edges {
	uint32_t run; /* from 1 */
	struct {
		uint32_t run; /* that `count` is of */
		uint32_t count;
	} edges[SIM_EDGES];
	uint32_t states[SIM_EDGES]; /* the run that was last there */
	uint32_t runs_with[SIM_EDGES_FEATURES];
	uint32_t edges_seen; /* features that are */
	uint32_t states_seen;
	uint32_t probes_seen;
	uint16_t probes_left[SIM_EDGES_PROBES]; /* as they are linked: not hit yet */
	uint32_t probes_left_count;
	uint32_t probes_looked; /* up to here */

	/* the run */
	uint64_t state; /* of all tasks together: a sum, so that who is who does not matter */
	struct {
		uint64_t place;
		uint32_t serial;
		uint32_t run;
	} slots[SIM_EDGES_SLOTS];
	uint32_t came_to[SIM_EDGES_NEW_MAX]; /* no run before; the last ones */
	uint32_t came_to_count; /* all of them */
	size_t new_at; /* draws on its tape when it came to the last */
};

/* Nothing is known yet; and before each run. */
void sim__edges_open(struct fm_sim_edges *edges);
void sim__edges_begin(struct fm_sim_edges *edges);

/* The task's turn is over: it stands at an await, or has ended. */
void sim__edges_after_turn(struct fm_sim *sim, const struct sim_task *task);

/* The run is over, with so many draws: which probes it hit. */
void sim__edges_end(struct fm_sim_edges *edges, size_t draws);

#endif
