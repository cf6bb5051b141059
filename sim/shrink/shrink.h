/*
 * Shrinking: a failing run's tape is edited towards zero, and run leniently, as long as the same failure comes of it. Who
 * runs the candidates is the caller's to say: in this process, or in forked ones.
 */
#ifndef SIM_SHRINK_SHRINK_H
#define SIM_SHRINK_SHRINK_H

#include <fm_sim/sim.h>

/* How much there is to a run, the first that differs decides: draws that are not 0, the sum of values, polls, draws. */
struct shrink_size {
	uint64_t nonzero;
	uint64_t sum;
	uint64_t steps;
	uint64_t draws;
};

struct shrink {
	/*
	 * Run a candidate leniently; the draws that were made go into *record, which the callee owns until the next call.
	 * false: no more runs may be made; record and result mean nothing.
	 */
	bool (*run)(void *arg, const struct fm_sim_tape *candidate, const struct fm_sim_tape **record,
		    struct fm_sim_result *result);
	void *arg;

	/* The least so far. */
	struct fm_sim_tape tape;
	struct fm_sim_result result;
	struct shrink_size size;

	uint64_t runs;
	uint64_t deletions; /* of them, those of shrink_deletions; and their polls */
	uint64_t deletion_polls;
	bool stopped; /* `run` said so: what there is may not be minimal */
	struct fm_sim_tape candidate;
	struct fm_sim_result tried;
};

struct shrink_size shrink_size(const struct fm_sim_tape *tape, uint64_t steps);

/* The same oracle at the same place: what a smaller run must fail with, lest it be another bug. */
bool shrink_same_failure(const struct fm_sim_result *a, const struct fm_sim_result *b);

/*
 * shrink_open -- begin with a failing run; the tape is copied.
 * shrink_all  -- until no draw can be zeroed, or no more runs may be made.
 */
void shrink_open(struct shrink *shrink, const struct fm_sim_tape *tape, const struct fm_sim_result *result);
void shrink_all(struct shrink *shrink);
void shrink_close(struct shrink *shrink);

/*
 * For the tactics. shrink_edit -- a candidate like the least so far, to be edited in place; shrink_try -- run it. true: it
 * was smaller, failed the same, and its own tape is now the least so far.
 */
struct fm_sim_tape *shrink_edit(struct shrink *shrink);
bool shrink_try(struct shrink *shrink);

/* Whether it chose a task. */
bool shrink_is_schedule(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record);

/* tactics.c: each gives whether something was taken. */
bool shrink_whole(struct shrink *shrink);
bool shrink_tail(struct shrink *shrink);
bool shrink_domains(struct shrink *shrink);
bool shrink_sites(struct shrink *shrink);
bool shrink_actors(struct shrink *shrink);
bool shrink_chunks(struct shrink *shrink);
bool shrink_values(struct shrink *shrink);
bool shrink_moves(struct shrink *shrink);
bool shrink_deletions(struct shrink *shrink);

#endif
