/* The failing runs of a scenario, by what broke and where: each kind once, however often it came. */
#ifndef SIM_CLI_GROUPS_H
#define SIM_CLI_GROUPS_H

#include "batch.h"
#include "judge.h"

#define GROUPS_MAX 16 /* kinds; what comes beyond them is counted */

struct group {
	struct judged first; /* the failing run of the smallest rank and seed */
	size_t rank;
	uint64_t count;
	struct token least; /* that with the fewest polls; among equals that of the smallest rank and seed */
	size_t least_rank;
	uint64_t least_steps;
	struct judgement judgement; /* of the first */
	char least_token[TOKEN_BYTES];
};

struct groups {
	struct group *list[GROUPS_MAX]; /* once judged: confirmed ones before others, then by the first's rank and seed */
	size_t count;
	uint64_t others;
	struct report_group *reports;
};

/* groups_add -- the failing run of a batch. */
void groups_add(struct groups *groups, const struct batch *batch, const char *program);

/* groups_add_first -- the same, where only the run of the smallest rank and seed is kept. */
void groups_add_first(struct groups *groups, const struct batch *batch, const char *program);

/*
 * groups_judge -- run the first of each kind again in a fresh process. Gives what reports read, one a kind, which belongs to
 * the groups; NULL: no memory.
 */
struct report_group *groups_judge(struct groups *groups);

void groups_free(struct groups *groups);

#endif
