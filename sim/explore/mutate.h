/* A tape that another run is to begin from: changed at random. */
#ifndef SIM_EXPLORE_MUTATE_H
#define SIM_EXPLORE_MUTATE_H

#include "../core/internal.h"

struct sim_mutation {
	uint64_t *state; /* of the generator */
	struct fm_sim_tape *tape;
	size_t new_at;   /* draws of it, before it came to what it was kept for */
	const struct fm_sim_draw_record *other; /* another tape, to splice with */
	size_t other_count;
};

/* Below n, uniform; 0 where n is 0. */
uint64_t sim__below(uint64_t *state, uint64_t n);

/* One change or a few. The tape becomes no longer than the longer of both. */
void sim__mutate(struct sim_mutation *mutation);

#endif
