/*
 * A failing run's kind is its signature: the oracle and the place that it blames, as shrinking has it, too. A kind costs some
 * 20 kB and, at the end, one run in a fresh process; so there are few, and a bug that shows itself in a thousand places does
 * not fill memory or the report. Which run is the first does not depend on which worker came first.
 */
#include "groups.h"

#include "sim/shrink/shrink.h"

#include <stdlib.h>
#include <string.h>

/* In the order in which they would be tried one after another. */
static bool earlier(size_t rank, uint64_t seed, size_t than_rank, uint64_t than_seed)
{
	return rank != than_rank ? rank < than_rank : seed < than_seed;
}

static void take_first(struct group *group, const struct batch *batch, const char *program)
{
	group->rank = batch->rank;
	group->first.program = program;
	group->first.token = batch->token;
	group->first.token.seed = batch->seed;
	group->first.batch_first = batch->token.seed;
	group->first.result = batch->result;
}

static void take_least(struct group *group, const struct batch *batch)
{
	group->least_rank = batch->rank;
	group->least_steps = batch->result.steps;
	group->least = batch->token;
	group->least.seed = batch->seed;
}

static struct group *new_group(struct groups *groups, const struct batch *batch, const char *program)
{
	struct group *group = groups->count < GROUPS_MAX ? calloc(1, sizeof(*group)) : NULL;

	if (!group) {
		groups->others++;
		return NULL;
	}
	groups->list[groups->count++] = group;
	take_first(group, batch, program);
	take_least(group, batch);
	group->count = 1;
	return group;
}

void groups_add(struct groups *groups, const struct batch *batch, const char *program)
{
	struct group *group = NULL;

	for (size_t i = 0; i < groups->count && !group; i++)
		if (shrink_same_failure(&groups->list[i]->first.result, &batch->result))
			group = groups->list[i];
	if (!group) {
		new_group(groups, batch, program);
		return;
	}
	group->count++;
	if (earlier(batch->rank, batch->seed, group->rank, group->first.token.seed))
		take_first(group, batch, program);
	if (batch->result.steps < group->least_steps ||
	    (batch->result.steps == group->least_steps &&
	     earlier(batch->rank, batch->seed, group->least_rank, group->least.seed)))
		take_least(group, batch);
}

void groups_add_first(struct groups *groups, const struct batch *batch, const char *program)
{
	struct group *group = groups->count ? groups->list[0] : NULL;

	if (!group) {
		new_group(groups, batch, program);
	} else if (earlier(batch->rank, batch->seed, group->rank, group->first.token.seed)) {
		take_first(group, batch, program);
		take_least(group, batch);
	}
}

static int by_worth(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a, *y = *(struct group *const *)b;

	if (x->judgement.same != y->judgement.same)
		return x->judgement.same ? -1 : 1;
	return earlier(x->rank, x->first.token.seed, y->rank, y->first.token.seed) ? -1 : 1;
}

struct report_group *groups_judge(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++)
		judge_failure(&groups->list[i]->judgement, &groups->list[i]->first);
	qsort(groups->list, groups->count, sizeof(groups->list[0]), by_worth);
	groups->reports = calloc(groups->count, sizeof(*groups->reports));
	for (size_t i = 0; groups->reports && i < groups->count; i++) {
		struct group *group = groups->list[i];

		token_format(&group->least, group->least_token);
		groups->reports[i] = (struct report_group){
			.failure = judgement_report(&group->judgement, &group->first),
			.runs = group->count,
		};
		groups->reports[i].failure.least = group->least_token;
		groups->reports[i].failure.least_seed = group->least.seed;
		groups->reports[i].failure.least_steps = group->least_steps;
	}
	return groups->reports;
}

void groups_free(struct groups *groups)
{
	for (size_t i = 0; i < groups->count; i++) {
		judgement_free(&groups->list[i]->judgement);
		free(groups->list[i]);
	}
	free(groups->reports);
	*groups = (struct groups){ .count = 0 };
}
