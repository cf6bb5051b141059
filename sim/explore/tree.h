/* The tree of choices that an exploration walks, and the run that is at a place in it. */
#ifndef SIM_EXPLORE_TREE_H
#define SIM_EXPLORE_TREE_H

#include "../core/internal.h"

#include <fm_sim/explore.h>

enum {
	SIM_EXPLORE_WAYS_MAX = 64,        /* kept of one choice */
	SIM_EXPLORE_CHOICES_MAX = 1 << 20, /* of one run */
	SIM_EXPLORE_ALL_WAYS_MAX = 1 << 22,
};

/* One way on. */
struct sim_way {
	uint64_t identity; /* of the task whose step it is, SIM_WAY_EVENT, or a value */
};

#define SIM_WAY_EVENT ((uint64_t)1) /* no task has it: identities are mixed */

struct sim_choice {
	uint32_t first; /* of its ways */
	uint16_t count;
	uint16_t chosen;
};

struct fm_sim_explore {
	struct fm_sim_explore_options options;
	struct fm_sim_explore_counts counts;
	bool begun;
	uint32_t depth; /* choices that the next run is to make as they stand */

	/* the run */
	bool running;
	uint32_t at;        /* choices made */
	uint64_t steps;
	uint64_t next;      /* who has the step after a task was left; 0: it is to be chosen */

	uint32_t ways_count;
	struct sim_choice choices[SIM_EXPLORE_CHOICES_MAX];
	struct sim_way ways[SIM_EXPLORE_ALL_WAYS_MAX];
};

/*
 * sim__tree_choose -- the run is at a choice between `count` ways, at least 1: where the tree has it, as it stands there; else a new
 * one, whose first way is taken. Gives its position. May end the run.
 */
uint32_t sim__tree_choose(struct fm_sim *sim, const uint64_t *identities, uint32_t count);

/* sim__tree_cut -- the run ends here, with nothing broken. */
void sim__tree_cut(struct fm_sim *sim) __attribute__((noreturn));

#endif
