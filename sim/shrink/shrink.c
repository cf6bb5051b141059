/*
 * The loop: big cuts first, then smaller ones, until a whole round takes nothing. What is kept of an accepted run is the
 * tape of the draws that it made, not the candidate, so that the least tape is always one that replays strictly.
 */
#include "shrink.h"

#include <stdlib.h>
#include <string.h>

struct shrink_size shrink_size(const struct fm_sim_tape *tape, uint64_t steps)
{
	struct shrink_size size = { .steps = steps, .draws = tape->count };

	for (size_t i = 0; i < tape->count; i++) {
		size.nonzero += tape->records[i].value != 0;
		size.sum += tape->records[i].value;
	}
	return size;
}

static bool smaller(const struct shrink_size *a, const struct shrink_size *b)
{
	if (a->nonzero != b->nonzero)
		return a->nonzero < b->nonzero;
	if (a->sum != b->sum)
		return a->sum < b->sum;
	return a->steps != b->steps ? a->steps < b->steps : a->draws < b->draws;
}

bool shrink_same_failure(const struct fm_sim_result *a, const struct fm_sim_result *b)
{
	return a->verdict == b->verdict && strcmp(a->failure.oracle, b->failure.oracle) == 0 &&
	       strcmp(a->failure.file, b->failure.file) == 0 && a->failure.line == b->failure.line;
}

static void copy(struct fm_sim_tape *to, const struct fm_sim_tape *from)
{
	if (to->capacity < from->count) {
		free(to->records);
		to->capacity = from->count * 2;
		to->records = malloc(to->capacity * sizeof(*to->records));
		if (!to->records)
			abort();
	}
	if (from->count)
		memcpy(to->records, from->records, from->count * sizeof(*to->records));
	to->count = from->count;
	memcpy(to->sites, from->sites, sizeof(to->sites));
}

bool shrink_is_schedule(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record)
{
	const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, record->site);

	return site && strcmp(site->name, "schedule") == 0;
}

/* A 0 of the schedule is the first, whoever that is: else an edit before it would make another value of it. */
static void forget_first(struct fm_sim_tape *tape)
{
	for (size_t i = 0; i < tape->count; i++)
		if (tape->records[i].value == 0 && shrink_is_schedule(tape, &tape->records[i]))
			tape->records[i].chosen = 0;
}

void shrink_open(struct shrink *shrink, const struct fm_sim_tape *tape, const struct fm_sim_result *result)
{
	copy(&shrink->tape, tape);
	forget_first(&shrink->tape);
	shrink->result = *result;
	shrink->size = shrink_size(tape, result->steps);
}

void shrink_close(struct shrink *shrink)
{
	free(shrink->tape.records);
	free(shrink->candidate.records);
}

struct fm_sim_tape *shrink_edit(struct shrink *shrink)
{
	copy(&shrink->candidate, &shrink->tape);
	return &shrink->candidate;
}

bool shrink_try(struct shrink *shrink)
{
	const struct fm_sim_tape *record;
	struct shrink_size size;

	if (shrink->stopped)
		return false;
	shrink->runs++;
	if (!shrink->run(shrink->arg, &shrink->candidate, &record, &shrink->tried)) {
		shrink->stopped = true;
		return false;
	}
	if (!shrink_same_failure(&shrink->tried, &shrink->result))
		return false;
	size = shrink_size(record, shrink->tried.steps);
	if (!smaller(&size, &shrink->size))
		return false;
	copy(&shrink->tape, record);
	forget_first(&shrink->tape);
	shrink->result = shrink->tried;
	shrink->size = size;
	return true;
}

void shrink_all(struct shrink *shrink)
{
	static bool (*const tactics[])(struct shrink *) = {
		shrink_tail,   shrink_domains, shrink_sites, shrink_actors,
		shrink_chunks, shrink_values,  shrink_moves, shrink_deletions,
	};
	bool progress = !shrink_whole(shrink);

	while (progress && !shrink->stopped) {
		progress = false;
		for (size_t i = 0; i < sizeof(tactics) / sizeof(tactics[0]); i++)
			progress |= tactics[i](shrink);
	}
}
