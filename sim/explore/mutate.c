/*
 * Changes to a tape. It is replayed leniently and goes on by the seed where it holds nothing, so any change leaves a valid run: what
 * is cut off is drawn anew, what is taken out moves up the draws of the same actor at the same site alone, and a task that cannot
 * be next is not.
 *
 * Half of the changes begin where the tape came to what it was kept for: from there on all is drawn anew (to go on from where one has
 * been, as Go-Explore has it: Ecoffet et al., First return, then explore, 2021), or something close to it is another. The others are
 * those of any fuzzer. Mostly it is one change, since two at once mostly spoil what the tape was kept for.
 */
#include "mutate.h"

#include <string.h>

enum {
	STACK_MAX = 8,
	WINDOW_MAX = 16,
	NEAR = 8,
	MIX = 48, /* the first draws of a run are its faults and their rates */
};

uint64_t sim__below(uint64_t *state, uint64_t n)
{
	*state += 0x9e3779b97f4a7c15u;
	return n ? (uint64_t)(((unsigned __int128)sim__mix(*state) * n) >> 64) : 0;
}

static uint64_t below(struct sim_mutation *of, uint64_t n)
{
	return sim__below(of->state, n);
}

static uint32_t schedule_hash(void)
{
	static uint32_t hash;

	if (!hash)
		hash = sim__site_hash(&sim__schedule_site);
	return hash;
}

/* Somewhere, half of the times close to where it came to something new. */
static size_t somewhere(struct sim_mutation *of)
{
	const size_t count = of->tape->count;
	size_t at;

	if (of->new_at == 0 || below(of, 2) == 0)
		return below(of, count);
	at = of->new_at + below(of, NEAR);
	at -= below(of, at < 2 * NEAR ? at + 1 : 2 * NEAR);
	return at < count ? at : count - 1;
}

/* Another value; of the schedule another of the tasks that were chosen on this tape. */
static void change_value(struct sim_mutation *of, size_t at)
{
	const uint32_t schedule = schedule_hash();
	struct fm_sim_draw_record *record = &of->tape->records[at];
	size_t other;

	if (record->site != schedule) {
		record->value = (uint32_t)below(of, (uint32_t)record->chosen);
		return;
	}
	other = below(of, of->tape->count);
	for (size_t i = 0; i < of->tape->count; i++, other++) {
		const struct fm_sim_draw_record *from = &of->tape->records[other % of->tape->count];

		if (from->site != schedule || from->chosen == record->chosen)
			continue;
		record->chosen = from->chosen;
		return;
	}
}

static void change_window(struct sim_mutation *of, size_t at, size_t count)
{
	for (size_t i = at; i < at + count && i < of->tape->count; i++)
		change_value(of, i);
}

static void take_out(struct sim_mutation *of, size_t at, size_t count)
{
	struct fm_sim_tape *tape = of->tape;

	if (count > tape->count - at)
		count = tape->count - at;
	memmove(&tape->records[at], &tape->records[at + count], (tape->count - at - count) * sizeof(*tape->records));
	tape->count -= count;
}

static void zero_window(struct sim_mutation *of, size_t at, size_t count)
{
	for (size_t i = at; i < at + count && i < of->tape->count; i++)
		if (of->tape->records[i].site != schedule_hash())
			of->tape->records[i].value = 0;
}

/* From there on, all of the site that draws the next that is not 0: a fault strikes no more. */
static void zero_site(struct sim_mutation *of, size_t at)
{
	struct fm_sim_draw_record *records = of->tape->records;
	uint32_t site;

	while (at < of->tape->count && (records[at].value == 0 || records[at].site == schedule_hash()))
		at++;
	if (at == of->tape->count)
		return;
	site = records[at].site;
	for (; at < of->tape->count; at++)
		if (records[at].site == site)
			records[at].value = 0;
}

/* What is behind `at` becomes what is there on another tape. */
static void splice(struct sim_mutation *of, size_t at)
{
	if (at >= of->other_count)
		return;
	memcpy(&of->tape->records[at], &of->other[at], (of->other_count - at) * sizeof(*of->other));
	of->tape->count = of->other_count;
}

static void change(struct sim_mutation *of)
{
	const size_t count = of->tape->count;
	const size_t at = somewhere(of);

	switch (below(of, 16)) {
	case 0:
	case 1:
	case 2:
	case 3:
		if (of->new_at < count)
			of->tape->count = of->new_at;
		break;
	case 4:
		of->tape->count = at;
		break;
	case 5:
		take_out(of, at, 1 + below(of, 4));
		break;
	case 6:
		zero_window(of, at, 1 + below(of, WINDOW_MAX));
		break;
	case 7:
		zero_site(of, at);
		break;
	case 8:
		splice(of, at);
		break;
	case 9:
		change_window(of, at, 1 + below(of, WINDOW_MAX));
		break;
	case 10:
		change_value(of, below(of, count < MIX ? count : MIX));
		break;
	default:
		change_value(of, at);
	}
}

void sim__mutate(struct sim_mutation *mutation)
{
	const uint64_t more = sim__below(mutation->state, 2) ? 0 : sim__below(mutation->state, STACK_MAX);

	for (uint64_t i = 0; i <= more && mutation->tape->count; i++)
		change(mutation);
}
