/* The processes of a campaign that are under way: at most so many, each a batch or a load of rechecks. */
#ifndef SIM_CLI_POOL_H
#define SIM_CLI_POOL_H

#include "fresh.h"
#include "track.h"

struct job {
	struct track *track; /* NULL: none */
	bool is_recheck;
	int ended_fd; /* end of file: the process has ended */
	uint64_t beats;
	uint64_t silent_ms;
	pid_t pid; /* of a batch */
	bool killed;
	struct batch *batch;
	struct fresh fresh; /* of rechecks */
	struct recheck *rechecks; /* TRACK_RECHECKS of them */
};

struct pool {
	const char *program;
	struct job *jobs;
	unsigned count;
	bool isolate;
	const struct tally *tally; /* NULL: nothing is counted beside */
	bool recheck_all;
	volatile int *stop; /* shared with the workers */
};

/* Errors: false: no memory; pool_close all the same. */
bool pool_open(struct pool *pool, const char *program, unsigned count);
void pool_close(struct pool *pool);

/* An idle job; NULL: all are busy. */
struct job *pool_idle(struct pool *pool);
unsigned pool_busy(const struct pool *pool);

/* Errors: false: no process; nothing has changed. */
bool pool_start_batch(struct pool *pool, struct job *job, struct track *track);
bool pool_start_rechecks(struct pool *pool, struct job *job, struct track *track, size_t count);

/* pool_wait -- for at most so long; what has ended is given to its track. */
void pool_wait(struct pool *pool, int most_ms);

#endif
