/* A hunt: run after run of one scenario, where each may depend on those before it, through whatever failures there are. */
#ifndef SIM_CLI_HUNT_H
#define SIM_CLI_HUNT_H

#include "finds.h"

struct hunt {
	const struct token *token;
	struct finds *finds;
	/* Called by a worker before and after each run; all they change is in memory that is shared. false: there is no more to do. */
	bool (*before)(void *arg, struct fm_sim_options *options);
	void (*after)(void *arg, const struct fm_sim_result *result, const struct fm_sim_tape *tape);
	/* The run ended its process; called by the parent, or by a handler. */
	void (*died)(void *arg);
	void *arg;
	fm_ns ends_ns; /* by cli_clock */
};

enum hunt_end {
	HUNT_OVER,        /* there is no more to do */
	HUNT_TIME,        /* ends_ns */
	HUNT_INTERRUPTED, /* ctrl-c */
	HUNT_NO_PROCESS,
};

/*
 * hunt -- all of it. What a run prints is thrown away. The first failure of each kind ends its worker, since what it left in memory is in
 * disorder; those that are like one already known, which a search meets by the thousand, do not. What counts is what
 * finds_tell does again in a fresh process.
 */
enum hunt_end hunt(struct hunt *hunt);

/* hunts -- `count` of them at once, each in a process of its own, in any order. Gives the worst of their ends. */
enum hunt_end hunts(struct hunt *hunts, unsigned count);

/* The worse of two exit statuses. */
int status_worse(int a, int b);

#endif
