/*
 * The tactics: what to zero together. A draw belongs to a domain, a site and an actor; one of the schedule to the task that
 * it chose. Zeroing the mix of a fault drops the fault from the run; zeroing what a program draws drops the tasks and hosts
 * that it made of it.
 */
#include "shrink.h"

#include <stdint.h>
#include <string.h>

#define CLASSES_MAX 256
/* So much may deletions cost: runs, and polls of them. What was killed tells of none. */
#define DELETIONS_MAX 128
#define DELETION_POLLS_MAX 200000
#define KILLED_POLLS 50000

/* All draws have become 0 by now, or there is nothing to take. */
static bool done(const struct shrink *shrink)
{
	return shrink->stopped || shrink->size.nonzero == 0;
}

bool shrink_whole(struct shrink *shrink)
{
	struct fm_sim_tape *candidate = shrink_edit(shrink);

	if (done(shrink))
		return true;
	candidate->count = 0;
	return shrink_try(shrink);
}

/* Zero the draws from the n-th on that is not 0, `count` of them. Gives how many those were. */
static size_t zero(struct fm_sim_tape *candidate, size_t n, size_t count)
{
	size_t seen = 0, zeroed = 0;

	for (size_t i = 0; i < candidate->count && zeroed < count; i++) {
		if (candidate->records[i].value == 0 || seen++ < n)
			continue;
		candidate->records[i].value = 0;
		candidate->records[i].chosen = 0;
		zeroed++;
	}
	return zeroed;
}

bool shrink_tail(struct shrink *shrink)
{
	bool taken = false;

	for (size_t keep = 1; !done(shrink); keep *= 2) {
		if (zero(shrink_edit(shrink), keep, SIZE_MAX) == 0)
			break;
		if (shrink_try(shrink)) {
			taken = true;
			break;
		}
	}
	return taken;
}

/* What draws are zeroed together. */
typedef uint64_t (*class_of)(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record);

static uint64_t domain_of(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record)
{
	const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, record->site);

	return site ? site->domain : FM_DRAW_DOMAINS;
}

static uint64_t site_of(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record)
{
	(void)tape;
	return record->site;
}

static uint64_t actor_of(const struct fm_sim_tape *tape, const struct fm_sim_draw_record *record)
{
	if (shrink_is_schedule(tape, record))
		return (uint32_t)(record->chosen ^ record->chosen >> 32);
	return record->chosen >> 32;
}

static bool zero_class(struct shrink *shrink, class_of of, uint64_t class)
{
	struct fm_sim_tape *candidate = shrink_edit(shrink);
	bool changed = false;

	for (size_t i = 0; i < candidate->count; i++) {
		struct fm_sim_draw_record *record = &candidate->records[i];

		if (record->value == 0 || of(candidate, record) != class)
			continue;
		record->value = 0;
		record->chosen = 0;
		changed = true;
	}
	return changed && shrink_try(shrink);
}

static bool classes(struct shrink *shrink, class_of of)
{
	uint64_t found[CLASSES_MAX];
	size_t count = 0;
	bool taken = false;

	for (size_t i = 0; i < shrink->tape.count && count < CLASSES_MAX; i++) {
		const uint64_t class = of(&shrink->tape, &shrink->tape.records[i]);
		size_t k = 0;

		if (shrink->tape.records[i].value == 0)
			continue;
		while (k < count && found[k] != class)
			k++;
		if (k == count)
			found[count++] = class;
	}
	for (size_t k = 0; k < count && !done(shrink); k++)
		taken |= zero_class(shrink, of, found[k]);
	return taken;
}

bool shrink_domains(struct shrink *shrink)
{
	return classes(shrink, domain_of);
}

bool shrink_sites(struct shrink *shrink)
{
	return classes(shrink, site_of);
}

bool shrink_actors(struct shrink *shrink)
{
	return classes(shrink, actor_of);
}

/* From the end on, since what comes late changes least of the rest. */
bool shrink_chunks(struct shrink *shrink)
{
	size_t size = (shrink->size.nonzero + 1) / 2;
	bool taken = false;

	for (; size > 0 && !done(shrink); size /= 2) {
		size_t at = shrink->size.nonzero;

		while (at > 0 && !done(shrink)) {
			at = at > size ? at - size : 0;
			if (zero(shrink_edit(shrink), at, size) && shrink_try(shrink))
				taken = true;
		}
	}
	return taken;
}

/* Down to 1, to a half, by 1. A task of the schedule has no lower one. */
static bool lower(struct shrink *shrink, size_t at)
{
	const uint32_t value = shrink->tape.records[at].value;
	const uint32_t lower[] = { 1, value / 2, value - 1 };

	if (value < 2 || shrink_is_schedule(&shrink->tape, &shrink->tape.records[at]))
		return false;
	for (size_t i = 0; i < sizeof(lower) / sizeof(lower[0]); i++) {
		shrink_edit(shrink)->records[at].value = lower[i];
		if (shrink_try(shrink))
			return true;
	}
	return false;
}

bool shrink_values(struct shrink *shrink)
{
	bool taken = false;

	for (size_t at = 0; at < shrink->tape.count && !done(shrink); at++)
		while (at < shrink->tape.count && lower(shrink, at))
			taken = true;
	return taken;
}

static bool same_queue(const struct fm_sim_tape *tape, size_t a, size_t b, bool is_schedule)
{
	const struct fm_sim_draw_record *one = &tape->records[a], *other = &tape->records[b];

	return one->site == other->site && (is_schedule || one->chosen >> 32 == other->chosen >> 32);
}

/* The n-th before `at` of the same actor at the same site; SIZE_MAX: there are not so many. */
static size_t before(const struct fm_sim_tape *tape, size_t at, size_t n)
{
	const bool is_schedule = shrink_is_schedule(tape, &tape->records[at]);

	for (size_t i = at; i-- > 0;)
		if (same_queue(tape, i, at, is_schedule) && --n == 0)
			return i;
	return SIZE_MAX;
}

static size_t count_before(const struct fm_sim_tape *tape, size_t at)
{
	const bool is_schedule = shrink_is_schedule(tape, &tape->records[at]);
	size_t count = 0;

	for (size_t i = 0; i < at; i++)
		count += same_queue(tape, i, at, is_schedule);
	return count;
}

/* The same thing happens earlier: as early as can be, or half as far, ... or once before. */
static bool move(struct shrink *shrink, size_t at)
{
	for (size_t n = count_before(&shrink->tape, at); n > 0; n /= 2) {
		struct fm_sim_tape *candidate = shrink_edit(shrink);
		const size_t to = before(candidate, at, n);

		if (candidate->records[to].value != 0)
			continue;
		candidate->records[to] = candidate->records[at];
		candidate->records[at].value = 0;
		if (shrink_is_schedule(candidate, &candidate->records[at]))
			candidate->records[at].chosen = 0;
		if (shrink_try(shrink))
			return true;
	}
	return false;
}

bool shrink_moves(struct shrink *shrink)
{
	bool taken = false;

	for (size_t at = 0; at < shrink->tape.count && !done(shrink); at++)
		if (shrink->tape.records[at].value != 0)
			taken |= move(shrink, at);
	return taken;
}

static bool may_delete(const struct shrink *shrink)
{
	return !done(shrink) && shrink->deletions < DELETIONS_MAX && shrink->deletion_polls < DELETION_POLLS_MAX;
}

static bool is_plain(const struct fm_sim_tape *tape, size_t at, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (tape->records[at + i].value != 0)
			return false;
	return true;
}

static bool delete(struct shrink *shrink, size_t at, size_t count)
{
	struct fm_sim_tape *candidate = shrink_edit(shrink);
	struct fm_sim_draw_record *first = &candidate->records[at];
	bool taken;

	memmove(first, first + count, (candidate->count - at - count) * sizeof(*first));
	candidate->count -= count;
	taken = shrink_try(shrink);
	shrink->deletions++;
	shrink->deletion_polls += shrink->tried.steps ? shrink->tried.steps : KILLED_POLLS;
	return taken;
}

/*
 * Draws that are 0 are taken out, so that those after them come earlier: fewer polls. No draw is zeroed by it, so a long tape
 * is not tried at every place.
 */
bool shrink_deletions(struct shrink *shrink)
{
	bool taken = false;

	for (size_t size = shrink->tape.count / 2; size > 0; size /= 2) {
		for (size_t at = 0; at + size <= shrink->tape.count && may_delete(shrink);) {
			if (is_plain(&shrink->tape, at, size) && delete(shrink, at, size))
				taken = true;
			else
				at += size;
		}
	}
	return taken;
}
