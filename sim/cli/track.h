/* One scenario's way through a campaign: which seeds come next, what came of them, what is to be checked again. */
#ifndef SIM_CLI_TRACK_H
#define SIM_CLI_TRACK_H

#include "batch.h"
#include "distinct.h"
#include "fresh.h"
#include "groups.h"
#include "judge.h"
#include "pinned.h"

/* A pass that a fresh process shall repeat. */
struct recheck {
	uint64_t seed;
	uint64_t hash;
	uint64_t batch_first;
};

/* What a batch did not come to, since a seed of it failed. */
struct rest {
	uint64_t first;
	uint32_t count;
};

#define TRACK_RESTS 256 /* as many as there may be processes: rests are given out before new seeds */

struct track {
	struct token token; /* the seed is the first of all */
	struct report_scenario *report;
	uint64_t next;  /* the next seed that no batch has */
	uint64_t end;
	struct pinned pinned; /* tried before all seeds */
	size_t pinned_next;
	bool endless;   /* there is no end that anybody asked for */
	unsigned batches;  /* in flight */
	unsigned checking; /* rechecks in flight */
	bool cut;          /* a batch was stopped before its last seed */
	bool keeps_going;  /* beyond failures */
	struct groups groups; /* of failing runs; unless it keeps going, the first of all */
	struct rest rests[TRACK_RESTS];
	size_t rests_count;
	bool undetermined; /* `culprit` passed and differed; `judgement` says how */
	struct judged culprit;
	bool stopped;      /* no new batches */
	bool decided;      /* report->verdict is final */
	struct judgement judgement;
	struct distinct distinct;
	struct recheck *rechecks; /* not yet in flight */
	size_t rechecks_count;
	size_t rechecks_capacity;
};

#define TRACK_RECHECKS 256 /* a process rechecks so many */

/* Whether a batch can be had. */
bool track_has_batch(const struct track *track);

/* track_next_batch -- take the next seeds; target_ns is how long a batch should take. */
void track_next_batch(struct track *track, struct batch *batch, fm_ns target_ns);

/* track_batch_done -- what a batch left behind; `all`: every pass is to be rechecked. */
void track_batch_done(struct track *track, const struct batch *batch, const char *program, bool all);

/* Whether rechecks wait that should be started now, and how many. */
size_t track_rechecks_due(const struct track *track);

/* track_recheck_done -- a fresh process ran `seed` again, which is that of `recheck`. */
void track_recheck_done(struct track *track, const struct recheck *recheck, const struct fresh_seed *seed,
			const char *program);

/* track_decide -- at rest: judge a failure, and make the report's verdict final. */
void track_decide(struct track *track, bool interrupted);

/* Nothing is in flight or waiting: the verdict can be made. */
bool track_at_rest(const struct track *track);

void track_free(struct track *track);

#endif
