/* The sweep, as a run asks it: included by sim/core/internal.h, which has the run. */
#ifndef SIM_EXPLORE_SWEEP_H
#define SIM_EXPLORE_SWEEP_H

/* sim/explore/sweep.c: around each turn of a task, where somebody visits or cancels (fm_sim.sweeps) */
void sim__sweep_before_turn(struct fm_sim *sim, struct sim_task *task);
void sim__sweep_after_turn(struct fm_sim *sim, struct sim_task *task);
bool sim__sweep_await(struct fm_sim *sim, const struct fm_await_site *site);
/* sim/explore/renew.c: from now on, futures that can be made anew are visited at each poll */
void sim__sweep_futures(struct fm_sim *sim);
/* Tells of a point of the task, whose times it sets; true: it is the one to cancel at. */
struct sim_stack {
	const struct fm_await_site *sites[SIM_STACK_MAX]; /* outermost first */
	unsigned depth;
	const struct fm_future_ops *leaf; /* of the innermost future */
};
bool sim__come_by(struct fm_sim *sim, const struct sim_task *task, struct fm_sim_point *point,
		  const struct sim_stack *stack);

#endif
