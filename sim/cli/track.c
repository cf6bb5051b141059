/*
 * Seeds are handed out upwards, and a batch ends at its first failure. So the smallest failing seed is known as soon as
 * the batches below it are done, and it is the same one however many workers there were. Where a scenario is to keep going,
 * what a batch left is the next batch; a failure then costs a fork.
 */
#include "track.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_BATCH 16

bool track_has_batch(const struct track *track)
{
	return !track->stopped &&
	       (track->rests_count > 0 || track->next < track->end || track->pinned_next < track->pinned.count);
}

static void begin_batch(struct track *track, struct batch *batch, const struct token *token, uint64_t count)
{
	batch->token = *token;
	batch->asked_first = track->token.seed;
	batch->count = (uint32_t)count;
	batch->seed = token->seed;
	batch->beats = 0;
	batch->passed = 0;
	batch->failed = false;
	batch->ended = false;
	batch->steps = 0;
	batch->virtual_ns = 0;
	batch->busy_ns = 0;
	track->batches++;
}

void track_next_batch(struct track *track, struct batch *batch, fm_ns target_ns)
{
	const struct report_scenario *report = track->report;
	const uint64_t left = track->end - track->next;
	struct token token = track->token;
	uint64_t count = FIRST_BATCH;

	batch->rank = track->pinned_next;
	if (batch->rank < track->pinned.count) {
		begin_batch(track, batch, &track->pinned.tokens[track->pinned_next++], 1);
		return;
	}
	if (track->rests_count > 0) {
		const struct rest *rest = &track->rests[--track->rests_count];

		token.seed = rest->first;
		begin_batch(track, batch, &token, rest->count);
		return;
	}
	if (report->runs > 0)
		count = target_ns / (report->busy_ns / report->runs + 1) + 1;
	if (count > BATCH_SEEDS_MAX)
		count = BATCH_SEEDS_MAX;
	if (count > left)
		count = left;
	token.seed = track->next;
	track->next += count;
	begin_batch(track, batch, &token, count);
}

/* 5% of the seeds, always the same ones; and the whole first batch, for state that only counts up to a few runs. */
static bool chosen(const struct track *track, uint64_t seed)
{
	uint64_t mixed = (seed ^ 0x5ca1ab1e) * 0x9e3779b97f4a7c15u;

	return seed - track->token.seed < FIRST_BATCH || (mixed ^ mixed >> 32) % 20 == 0;
}

static void queue_recheck(struct track *track, uint64_t seed, uint64_t hash, uint64_t batch_first)
{
	if (track->rechecks_count == track->rechecks_capacity) {
		size_t capacity = track->rechecks_capacity ? track->rechecks_capacity * 2 : 64;
		struct recheck *bigger = realloc(track->rechecks, capacity * sizeof(*bigger));

		if (!bigger)
			return;
		track->rechecks = bigger;
		track->rechecks_capacity = capacity;
	}
	track->rechecks[track->rechecks_count++] =
		(struct recheck){ .seed = seed, .hash = hash, .batch_first = batch_first };
}

/* The seeds behind the one that failed. */
static void keep_rest(struct track *track, const struct batch *batch)
{
	const uint64_t end = batch->token.seed + batch->count;

	if (batch->seed + 1 < end && track->rests_count < TRACK_RESTS)
		track->rests[track->rests_count++] =
			(struct rest){ batch->seed + 1, (uint32_t)(end - batch->seed - 1) };
}

void track_batch_done(struct track *track, const struct batch *batch, const char *program, bool all)
{
	struct report_scenario *report = track->report;
	const uint64_t first = batch->token.seed;

	track->batches--;
	report->runs += batch->passed + batch->failed;
	report->steps += batch->steps;
	report->virtual_ns = fm_ns_add(report->virtual_ns, batch->virtual_ns);
	report->busy_ns += batch->busy_ns;
	for (uint32_t i = 0; i < batch->passed; i++) {
		report->hash = batch->hashes[i];
		distinct_add(&track->distinct, batch->hashes[i]);
		if (!track->stopped && batch->rank == track->pinned.count && (all || chosen(track, first + i)))
			queue_recheck(track, first + i, batch->hashes[i], first);
	}
	if (!batch->failed) {
		track->cut = track->cut || batch->passed < batch->count;
		return;
	}
	report->failing_runs++;
	report->steps += batch->result.steps;
	report->virtual_ns = fm_ns_add(report->virtual_ns, batch->result.virtual_ns);
	distinct_add(&track->distinct, batch->result.hash);
	if (track->keeps_going) {
		keep_rest(track, batch);
	} else {
		track->stopped = true;
		track->rechecks_count = 0;
	}
	if (track->undetermined)
		return;
	if (track->keeps_going)
		groups_add(&track->groups, batch, program);
	else
		groups_add_first(&track->groups, batch, program);
}

void track_recheck_done(struct track *track, const struct recheck *recheck, const struct fresh_seed *seed,
			const char *program)
{
	struct judged *culprit = &track->culprit;

	if (seed->state == FRESH_UNKNOWN)
		return;
	track->report->rechecked++;
	if (track->groups.count > 0 || track->undetermined)
		return;
	if (seed->state == FRESH_PASSED && seed->hash == recheck->hash)
		return;
	culprit->program = program;
	culprit->token = track->token;
	culprit->token.seed = recheck->seed;
	culprit->batch_first = recheck->batch_first;
	culprit->result.verdict = FM_SIM_PASSED;
	culprit->result.hash = recheck->hash;
	judge_pass(&track->judgement, culprit);
	track->undetermined = true;
	track->stopped = true;
	track->rechecks_count = 0;
}

/* Without a failure: whether all that was asked for was done. */
static enum report_verdict unbroken(const struct track *track, bool interrupted)
{
	const bool short_of_seeds = track->next < track->end || track->rests_count > 0 || track->cut;

	if (track->report->runs == 0)
		return REPORT_NOT_RUN;
	return short_of_seeds && (interrupted || !track->endless) ? REPORT_INCOMPLETE : REPORT_PASSED;
}

void track_decide(struct track *track, bool interrupted)
{
	struct report_scenario *report = track->report;

	if (track->undetermined) {
		report->failure = judgement_report(&track->judgement, &track->culprit);
		report->verdict = REPORT_UNDETERMINED;
	} else if (track->groups.count > 0 && (report->groups = groups_judge(&track->groups)) != NULL) {
		report->groups_count = track->groups.count;
		report->other_failing_runs = track->groups.others;
		for (size_t i = 0; i < report->groups_count && track->keeps_going; i++) {
			report->groups[i].failure.again_runs = report->groups[i].runs;
			report->groups[i].failure.of_runs = report->runs;
		}
		report->failure = report->groups[0].failure;
		report->verdict = report->failure.difference ? REPORT_UNDETERMINED : REPORT_FAILED;
	} else {
		report->verdict = track->groups.count > 0 ? REPORT_INCOMPLETE : unbroken(track, interrupted);
	}
	report->distinct = track->distinct.count;
	report->distinct_is_floor = track->distinct.full;
	distinct_free(&track->distinct);
	track->decided = true;
}

size_t track_rechecks_due(const struct track *track)
{
	if (track->rechecks_count >= TRACK_RECHECKS)
		return TRACK_RECHECKS;
	return track->batches == 0 && !track_has_batch(track) ? track->rechecks_count : 0;
}

bool track_at_rest(const struct track *track)
{
	return track->batches == 0 && track->checking == 0 && track->rechecks_count == 0 && !track_has_batch(track);
}

void track_free(struct track *track)
{
	judgement_free(&track->judgement);
	groups_free(&track->groups);
	distinct_free(&track->distinct);
	free(track->rechecks);
	pinned_free(&track->pinned);
	track->rechecks = NULL;
}
