/*
 * What strategies share. A strategy is a source of the schedule's draws: which ready task is next, and where an operation that is
 * ready lets others come between. It sees tasks by their stable identity, and what it decides is on the tape as any draw is, so
 * that replay and shrinking know nothing of strategies.
 */
#ifndef SIM_EXPLORE_STRATEGY_H
#define SIM_EXPLORE_STRATEGY_H

#include "../core/internal.h"

struct sim_strategy {
	const char *name;
	bool is_fair; /* every ready task has a chance at each step: starvation may be judged */
	/* Draws its parameters. NULL: there are none. */
	void (*begin)(struct fm_sim *sim);
	/* The position of the next task, ready > 1; not asked under a tape. NULL: the source as it is, without any of the below. */
	uint32_t (*choose)(struct fm_sim *sim, uint32_t ready);
	/* Others come first at this point of the running task's. `shared`: since its last point it touched what is not its own. */
	bool (*comes_between)(struct fm_sim *sim, struct sim_task *task, bool shared);
	/* The task is at a point, also where nobody else could run; before comes_between. NULL: nobody counts. */
	void (*passes)(struct fm_sim *sim, const struct sim_task *task, bool shared);
};

/* fifo.c, random.c, shared.c, pct.c, portfolio.c, enumerate.c, surw.c, pos.c */
extern const struct sim_strategy sim__strategy_fifo, sim__strategy_random, sim__strategy_shared, sim__strategy_pct,
	sim__strategy_portfolio, sim__strategy_explore, sim__strategy_surw, sim__strategy_pos;

#define SIM_PCT_CHANGES_MAX 16

/* A task's priority where it is not the one of its identity. */
struct sim_rank {
	uint32_t serial; /* of the task; 0: none */
	uint32_t rank;
};

/* Points that a task comes by. */
struct sim_points {
	uint32_t all;
	uint32_t shared;
};

/* So many it has come by in this run. */
struct sim_done {
	uint32_t serial; /* of the task; 0: none */
	struct sim_points points;
};

/* What a task does next. */
struct sim_event_rank {
	uint32_t serial; /* of the task; 0: not drawn yet */
	uint32_t rank;
	const void *resource; /* that it is about to touch; NULL: not known */
};

/* The state of a strategy in a run; there is none under fifo and random. */
struct sim_search {
	const struct sim_strategy *strategy; /* of a portfolio: the member */
	struct sim_actor actor;              /* its parameters are drawn by nobody else */

	/* the running task */
	uint64_t point_step; /* the step after the poll that the next two belong to */
	bool touched;        /* its last operation was on what is not its own */
	uint64_t movements;  /* the run's, at its last point */
	uint64_t left_step;  /* the step after the last poll that others came into */
	uint32_t left_index; /* whose that was */

	uint32_t ran_index;  /* the task chosen last, of who asks whether it woke itself */
	uint32_t ran_serial;
	uint64_t ran_step;   /* the step after its turn */

	uint32_t alone_in;   /* a task is left though nobody else could run: its other branches come first */

	/* shared.c */
	uint32_t shared_in; /* others come between once in so many points after a touch of what is shared; 0: never */
	uint32_t own_in;    /* and at other points */

	/* surw.c, pos.c */
	bool every_point;
	struct sim_done *done; /* by slot */
	size_t done_cap;

	/* pos.c */
	struct sim_event_rank *events; /* by slot */
	size_t events_cap;
	const void *about_to;     /* what the running task's operation is on; NULL: not told */
	const void *touched_last; /* the same of its last one that went through, in this turn */

	/* pct.c */
	uint32_t changes_at[SIM_PCT_CHANGES_MAX]; /* at these points, from 1, the running task becomes the last */
	unsigned changes;
	uint32_t points;
	struct sim_rank *ranks; /* by slot */
	size_t ranks_cap;
	uint32_t lowest;    /* the next rank down; those of identities are above them all */
};

/* surw.c: one more point of this task, into options->lengths; the trial run that it is for, if there was none of this scenario. */
void sim__surw_count(struct fm_sim *sim, const struct sim_task *task, bool shared);

/* The task at this position is chosen; and, before the next is, that the last one is ready again without having been left. */
void sim__search_runs(struct fm_sim *sim, uint32_t position);
bool sim__search_woke_itself(const struct fm_sim *sim, uint32_t ready);

/* A draw of the strategy's own parameters. */
uint64_t sim__search_draw(struct fm_sim *sim, const struct fm_draw_site *site, uint64_t n);

#endif
