/* What a strategy calls and what sim/core asks of it. */
#ifndef SIM_EXPLORE_SEARCH_H
#define SIM_EXPLORE_SEARCH_H

#include "../core/internal.h"

/* The strategy of a run: opened when the faults are mixed; closed with the run. */
void sim__search_open(struct fm_sim *sim);
void sim__search_close(struct fm_sim *sim);

/* Where sim->search: the position of the next task, ready > 1; and whether an operation goes on. */
uint32_t sim__search_choose(struct fm_sim *sim, uint32_t ready);
bool sim__search_charge(struct fm_sim *sim, const void *resource);

/* For comes_between: a draw that strikes once in `in`, and a decision as one. Both are draws of the task, on the tape. */
bool sim__search_strikes(struct fm_sim *sim, struct sim_task *task, uint32_t in);
bool sim__search_decides(struct fm_sim *sim, struct sim_task *task, bool leave);

/* Before a run with FM_SIM_SURW: how long the tasks of the scenario are, by a run of its own; the first time in a row only. */
void sim__surw_try(const struct fm_sim_scenario *scenario, const struct fm_sim_options *options);

#endif
