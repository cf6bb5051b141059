/* The tree of choices that an exploration walks, and the run that is at a place in it. */
#ifndef SIM_EXPLORE_TREE_H
#define SIM_EXPLORE_TREE_H

#include "../core/internal.h"

#include <fm_sim/explore.h>

enum {
	SIM_EXPLORE_WAYS_MAX = 64,        /* kept of one choice */
	SIM_EXPLORE_CHOICES_MAX = 1 << 20, /* of one run */
	SIM_EXPLORE_ALL_WAYS_MAX = 1 << 19,
	SIM_EXPLORE_TOUCHES_MAX = 24,
};

/* What a step touched: footprint.c. */
struct sim_footprint {
	uint16_t count;
	bool unknown; /* maybe anything */
	bool shared;  /* a primitive that is not in the frame of the task itself */
	struct {
		uint64_t name : 63;
		uint64_t changed : 1;
	} touches[SIM_EXPLORE_TOUCHES_MAX];
};

/* One way on. */
struct sim_way {
	uint64_t identity; /* of the task whose step it is, SIM_WAY_EVENT, or a value */
	bool asleep;       /* to take it leads to nothing that was not seen */
	struct sim_footprint footprint; /* of its step, in all runs that took it here */
};

#define SIM_WAY_EVENT ((uint64_t)1) /* no task has it: identities are mixed */

struct sim_choice {
	uint32_t first; /* of its ways */
	uint16_t count;
	uint16_t chosen;
	bool is_step; /* its ways are steps of tasks, not values */
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
	uint32_t depth_kept; /* of them, those that the run before made too, and the first that it did not */
	bool one_way;       /* the plain one, for now, */
	uint32_t odd_left;  /* but so many draws may still be other than 0 */
	uint64_t next;      /* who has the step after a task was left; 0: it is to be chosen */
	bool left;          /* a task was left in this poll, when it had so many polls of futures left: */
	uint32_t left_turns;

	/* the reduction: sleep.c */
	bool reduces;
	bool anew; /* it turned out that nothing can be left out: from the beginning, without */
	uint32_t open; /* the choice whose step is under way, and one more; 0: none */
	uint32_t stepping; /* slot and serial of the task whose step it is */
	uint32_t stepping_serial;
	struct sim_footprint step;
	uint32_t asleep_count;
	struct sim_way asleep[SIM_EXPLORE_WAYS_MAX]; /* where the run is */

	uint32_t ways_count;
	struct sim_choice choices[SIM_EXPLORE_CHOICES_MAX];
	struct sim_way ways[SIM_EXPLORE_ALL_WAYS_MAX];
};

/*
 * sim__tree_choose -- the run is at a choice between `count` ways, at least 1: where the tree has it, as it stands there; else a new
 * one, whose first way is taken. Gives its position. May end the run.
 */
uint32_t sim__tree_choose(struct fm_sim *sim, const uint64_t *identities, uint32_t count, bool is_step);

/* sim__tree_cut -- the run ends here, with nothing broken. */
void sim__tree_cut(struct fm_sim *sim) __attribute__((noreturn));

/* footprint.c: one more touch; both may have been taken; whether the order of two steps cannot matter. */
void sim__footprint_add(const struct fm_sim *sim, struct sim_footprint *footprint, const void *resource, bool changed);
void sim__footprint_join(struct sim_footprint *footprint, const struct sim_footprint *other);
bool sim__footprints_apart(const struct sim_footprint *a, const struct sim_footprint *b);

/* sleep.c: a step begins with a choice, and is over; what falls asleep at a choice that is new. */
void sim__step_begins(struct fm_sim *sim);
void sim__step_ends(struct fm_sim *sim);
void sim__fall_asleep(struct fm_sim_explore *self, struct sim_choice *choice);

#endif
