/* What sim/core asks of an exploration: each draw of a run that is part of one. */
#ifndef SIM_EXPLORE_ENUMERATE_H
#define SIM_EXPLORE_ENUMERATE_H

#include "../core/internal.h"

/* Which of the ready tasks; whether an event that is due comes first; any other draw below n. */
uint32_t sim__explore_task(struct fm_sim *sim, uint32_t ready);
bool sim__explore_event(struct fm_sim *sim);
uint64_t sim__explore_value(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n);

/* The run is over, however it ended. */
void sim__explore_close(struct fm_sim *sim);

#endif
