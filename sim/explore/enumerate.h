/* What sim/core asks of an exploration: each draw of a run that is part of one. */
#ifndef SIM_EXPLORE_ENUMERATE_H
#define SIM_EXPLORE_ENUMERATE_H

#include "../core/internal.h"

/* Which of the ready tasks; whether an event that is due comes first; any other draw below n. */
uint32_t sim__explore_task(struct fm_sim *sim, uint32_t ready);
bool sim__explore_event(struct fm_sim *sim);
uint64_t sim__explore_value(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n);

/*
 * A program of a subject is chosen, one value after another, of those at `values`, at least 1; gives its position. Its size is the first.
 * It is whole when its thing is made, too; may end the run.
 */
uint32_t sim__explore_pick(struct fm_sim *sim, const uint64_t *values, uint32_t count);
void sim__explore_program(struct fm_sim *sim, unsigned size);

/* From here on all goes one way, the plain one, but that of what the program draws at most so many are not 0; or every way again. */
void sim__explore_one_way(struct fm_sim *sim, uint32_t odd_max);
void sim__explore_every_way(struct fm_sim *sim);

/* A task is polled; it was, and whether it has been left in that poll is known. */
void sim__explore_polls(struct fm_sim *sim, const struct sim_task *task);
void sim__explore_polled(struct fm_sim *sim);

/* A resource of a kind (NULL: it was not said) is looked at or changed; NULL: nobody knows what is. `what` cannot be known. */
void sim__explore_touch(struct fm_sim *sim, const char *kind, const void *resource, bool changed);
void sim__explore_unknown(struct fm_sim *sim, const char *what);
/* A task is woken, aborted, spawned, or has ended. */
void sim__explore_touch_task(struct fm_sim *sim, const struct fm_task *task);

/* The run is over, however it ended. */
void sim__explore_close(struct fm_sim *sim);

#endif
