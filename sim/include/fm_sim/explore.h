/*
 * fm_sim/explore.h -- every schedule of a small scenario, one run after another.
 *
 *     struct fm_sim_explore *explore = fm_sim_explore_new(&(struct fm_sim_explore_options){ .steps_max = 1000 });
 *
 *     while (fm_sim_explore_next(explore) != FM_SIM_EXPLORE_OVER)
 *             fm_sim_run(scenario, &(struct fm_sim_options){ .strategy = FM_SIM_EXPLORE, .explore = explore,
 *                                                            .profile = fm_sim_explore_profile() }, &result);
 *
 * A step is what a task does from one point to the next; a point is where it parks or ends, and every operation that is
 * ready, where it goes on or others come first. What is enumerated is which task has the next step.
 *
 * Of schedules that differ in the order of independent steps alone one is run (sleep sets: Godefroid, Partial-Order Methods for the
 * Verification of Concurrent Systems, 1996). Two steps are independent where what they touched is known, and nothing that one
 * changed was touched by the other. Known are the library's primitives; of plain variables it is assumed that a step touches only those
 * that belong to a primitive which it touches, too. A step that touches no primitive depends on every other.
 */
#ifndef FM_SIM_EXPLORE_H
#define FM_SIM_EXPLORE_H

#include <fm_sim/sim.h>

/* What is enumerated; the rest is 0. */
enum {
	FM_SIM_EXPLORE_SCHEDULE = 1, /* which of the ready tasks, or an event that is due */
	FM_SIM_EXPLORE_CHARGE = 2,   /* whether others come first where an operation is ready */
	FM_SIM_EXPLORE_SELECT = 4,   /* which branch of a select or race is polled first */
	FM_SIM_EXPLORE_USER = 8,     /* what the program and its scenario draw */
};

#define FM_SIM_EXPLORE_DOMAINS_DEFAULT (FM_SIM_EXPLORE_SCHEDULE | FM_SIM_EXPLORE_CHARGE | FM_SIM_EXPLORE_SELECT)

/* "schedule", "charge", "select", "user", by number from 0, and what each is; NULL: no such number. */
const char *fm_sim_explore_domain_name(unsigned number);
const char *fm_sim_explore_domain_about(unsigned number);

struct fm_sim_explore_options {
	uint32_t domains;   /* 0: FM_SIM_EXPLORE_DOMAINS_DEFAULT */
	bool no_reduction;  /* every schedule, not one of each class of those that differ in the order of what is independent */
	uint64_t steps_max; /* a run with more is cut; 0: FM_SIM_EXPLORE_STEPS_MAX */
	/*
	 * Of a subject: every program of one to so many operations, at most FM_SIM_EXPLORE_OPERATIONS_MAX, those that differ in the
	 * names of tasks alone once. Nothing is reduced then: all of a program works on one thing. 0: the program that its draws give.
	 */
	unsigned operations_max;
	unsigned size_max; /* of such a program: an operation is 1, and so is all that is not the plainest: sim/subject/README.md */
	uint64_t runs_enough; /* once there were so many, no larger size is begun; 0: all sizes, the smallest first */
};

#define FM_SIM_EXPLORE_OPERATIONS_MAX 4

#define FM_SIM_EXPLORE_STEPS_MAX ((uint64_t)10000)

struct fm_sim_explore_counts {
	uint64_t runs;
	uint64_t too_long; /* of them: cut at steps_max */
	uint64_t asleep;   /* of them: cut since all that was left to do had been done in another order */
	uint64_t pruned;   /* ways that were not taken for the same reason */
	uint64_t programs; /* of a subject, each with what its thing drew */
	unsigned size;     /* of the last of them */
	uint64_t smaller;  /* of the runs: cut since their program, being smaller, had been run */
	uint64_t choices;  /* points at which there was more than one way */
	uint64_t steps_longest;
	const char *not_reduced; /* what made every step depend on every other; NULL: nothing did */
	bool too_wide; /* more ways at a choice than are kept: some were left out */
	bool differed; /* the same choices led somewhere else: the program is not deterministic */
};

enum fm_sim_explore_state {
	FM_SIM_EXPLORE_OVER, /* all there are */
	FM_SIM_EXPLORE_RUN,  /* one more */
	FM_SIM_EXPLORE_ANEW, /* one more, the first: what was run before does not count, since nothing can be left out */
};

struct fm_sim_explore;

/*
 * fm_sim_explore_new -- Errors: NULL: no memory.
 * Its memory is shared with processes that are forked from here: one that dies of a run leaves it in order.
 */
struct fm_sim_explore *fm_sim_explore_new(const struct fm_sim_explore_options *options);
void fm_sim_explore_free(struct fm_sim_explore *self);

/* fm_sim_explore_next -- go on to the next schedule that was not run yet; then fm_sim_run. */
enum fm_sim_explore_state fm_sim_explore_next(struct fm_sim_explore *self);

/* fm_sim_explore_died -- the run did not come back: the process that it was in has ended. */
void fm_sim_explore_died(struct fm_sim_explore *self);

/* Whether anything is left out: asked for, and not given up. */
bool fm_sim_explore_reduces(const struct fm_sim_explore *self);

const struct fm_sim_explore_counts *fm_sim_explore_counts(const struct fm_sim_explore *self);

/* Points, and no fault: what the runs have as their profile, so that their tapes can be replayed. */
uint64_t fm_sim_explore_profile(void);

#endif
