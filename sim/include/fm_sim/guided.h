/*
 * fm_sim/guided.h -- a search guided by coverage: tapes that came to something new are kept, and changed.
 *
 *     struct fm_sim_guided *guided = fm_sim_guided_new(1);
 *
 *     for (...) {
 *             struct fm_sim_options options = { .strategy = FM_SIM_PORTFOLIO, .record = &tape };
 *
 *             tape.count = 0;
 *             fm_sim_guided_next(guided, &options);
 *             fm_sim_run(scenario, &options, &result);
 *             fm_sim_guided_took(guided, &tape);
 *     }
 */
#ifndef FM_SIM_GUIDED_H
#define FM_SIM_GUIDED_H

#include <fm_sim/sim.h>

struct fm_sim_guided;

struct fm_sim_guided_counts {
	uint64_t runs;
	uint64_t changed; /* of them: from a tape that was kept, changed */
	uint32_t edges;   /* a task went from one await to the next, so often, by powers of two */
	uint32_t states;  /* where all tasks stood together */
	uint32_t probes;  /* hit */
	uint32_t kept;    /* tapes */
};

/*
 * fm_sim_guided_new -- what it does is a function of `seed` and of the scenario. Errors: NULL: no memory.
 * Its memory is shared with processes that are forked from here.
 */
struct fm_sim_guided *fm_sim_guided_new(uint64_t seed);
void fm_sim_guided_free(struct fm_sim_guided *self);

/* fm_sim_guided_add -- one more tape to begin with: it is run as it is, before any other. What does not fit is left away. */
void fm_sim_guided_add(struct fm_sim_guided *self, const struct fm_sim_tape *tape);

/*
 * fm_sim_guided_offer -- the next run is this tape, as it is; kept where it comes to something new here. false: too long. For what
 * another search has found: fm_sim_guided_found gives those, by number, also of a search that another process works at.
 */
bool fm_sim_guided_offer(struct fm_sim_guided *self, const struct fm_sim_tape *tape);

/* Of the kept tapes: 1: *tape is one that it found itself, without the names of sites; 0: one that was offered; -1: no such number. */
int fm_sim_guided_found(const struct fm_sim_guided *self, uint32_t number, struct fm_sim_tape *tape);

/* fm_sim_guided_next -- the next run's seed, tape and what is counted; fm_sim_guided_took -- it is over, with these draws. */
void fm_sim_guided_next(struct fm_sim_guided *self, struct fm_sim_options *options);
void fm_sim_guided_took(struct fm_sim_guided *self, const struct fm_sim_tape *drawn);

const struct fm_sim_guided_counts *fm_sim_guided_counts(const struct fm_sim_guided *self);

/* The kept tapes, by number; NULL: no such. Valid until the next fm_sim_guided_took. */
const struct fm_sim_tape *fm_sim_guided_kept(struct fm_sim_guided *self, uint32_t number);

#endif
