/*
 * A search guided by what runs come to, as AFL does it (Zalewski, 2013) over the draws of a run and not over its input (as in Zest:
 * Padhye et al., Semantic Fuzzing with Zest, ISSTA 2019).
 *
 * A run begins from the seed, like any other, or from a tape that was kept: changed in a few draws, replayed leniently, and where the
 * changed tape has nothing to say the seed has. A tape is kept if its run went along an edge that none had (or more often,
 * by powers of two), came to a state or hit a probe that none had. No run is lost for good: one in four is a fresh one, so whatever the
 * portfolio finds this finds in at most four times as many.
 */
#include "edges.h"

#include <fm_sim/guided.h>
#include <fm_sim/probes.h>

#include <string.h>
#include <sys/mman.h>

enum {
	KEPT_MAX = 1 << 14,
	DRAWS_MAX = 1 << 23, /* of all kept tapes */
	TAPE_MAX = 1 << 18,  /* longer ones are not kept */
	FRESH_IN = 4,
	CHANGES_MAX = 8,
	PROBES_MAX = 4096,
};

struct kept {
	uint32_t first;
	uint32_t count;
	uint32_t chosen; /* how often it was changed */
};

struct fm_sim_guided {
	struct fm_sim_guided_counts counts;
	uint64_t state; /* of the generator */
	uint32_t given; /* tapes to begin with, of which so many were run: */
	uint32_t given_run;
	bool is_given; /* the run is one of them */
	uint32_t draws_count;
	struct fm_sim_edges edges; /* of the run */
	uint8_t edges_seen[SIM_EDGES]; /* a bit a power of two */
	uint8_t states_seen[SIM_EDGES];
	struct fm_sim_probe_count probes[PROBES_MAX];
	struct fm_sim_tape names; /* what sites are called; no draws */
	struct fm_sim_tape tape; /* of the run; its records are: */
	struct fm_sim_draw_record records[TAPE_MAX];
	struct fm_sim_tape view;
	struct kept kept[KEPT_MAX];
	struct fm_sim_draw_record draws[DRAWS_MAX];
};

struct fm_sim_guided *fm_sim_guided_new(uint64_t seed)
{
	struct fm_sim_guided *self =
		mmap(NULL, sizeof(*self), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (self == MAP_FAILED)
		return NULL;
	self->state = sim__mix(seed ^ 0x66757a7a);
	self->tape.records = self->records;
	fm_sim_probes_take(NULL);
	return self;
}

void fm_sim_guided_free(struct fm_sim_guided *self)
{
	if (self)
		munmap(self, sizeof(*self));
}

const struct fm_sim_guided_counts *fm_sim_guided_counts(const struct fm_sim_guided *self)
{
	return &self->counts;
}

static uint64_t below(struct fm_sim_guided *self, uint64_t n)
{
	self->state += 0x9e3779b97f4a7c15u;
	return n ? (uint64_t)(((unsigned __int128)sim__mix(self->state) * n) >> 64) : 0;
}

static bool keep(struct fm_sim_guided *self, const struct fm_sim_tape *tape)
{
	if (self->counts.kept == KEPT_MAX || tape->count == 0 || tape->count > TAPE_MAX ||
	    tape->count > DRAWS_MAX - self->draws_count)
		return false;
	self->kept[self->counts.kept++] = (struct kept){ .first = self->draws_count, .count = (uint32_t)tape->count };
	memcpy(&self->draws[self->draws_count], tape->records, tape->count * sizeof(*tape->records));
	self->draws_count += (uint32_t)tape->count;
	for (unsigned i = 0; i < FM_SIM_TAPE_SITES; i++)
		if (tape->sites[i].name[0])
			self->names.sites[i] = tape->sites[i];
	return true;
}

void fm_sim_guided_add(struct fm_sim_guided *self, const struct fm_sim_tape *tape)
{
	self->given += keep(self, tape);
}

const struct fm_sim_tape *fm_sim_guided_kept(struct fm_sim_guided *self, uint32_t number)
{
	if (number >= self->counts.kept)
		return NULL;
	self->view = self->names;
	self->view.records = &self->draws[self->kept[number].first];
	self->view.count = self->kept[number].count;
	return &self->view;
}

/* Of two that chance picks the one that was changed less. */
static struct kept *pick(struct fm_sim_guided *self)
{
	struct kept *a = &self->kept[below(self, self->counts.kept)];
	struct kept *b = &self->kept[below(self, self->counts.kept)];

	return a->chosen <= b->chosen ? a : b;
}

static void load(struct fm_sim_guided *self, const struct kept *kept)
{
	memcpy(self->records, &self->draws[kept->first], kept->count * sizeof(*self->records));
	self->tape.count = kept->count;
}

static uint32_t schedule_hash(void)
{
	static uint32_t hash;

	if (!hash)
		hash = sim__site_hash(&sim__schedule_site);
	return hash;
}

/* Another value; of the schedule another of the tasks that were chosen on this tape. */
static void change_value(struct fm_sim_guided *self, struct fm_sim_draw_record *record)
{
	const uint32_t schedule = schedule_hash();
	size_t other;

	if (record->site != schedule) {
		record->value = (uint32_t)below(self, (uint32_t)record->chosen);
		return;
	}
	other = below(self, self->tape.count);
	for (size_t i = 0; i < self->tape.count; i++, other++) {
		const struct fm_sim_draw_record *from = &self->records[other % self->tape.count];

		if (from->site != schedule || from->chosen == record->chosen)
			continue;
		record->chosen = from->chosen;
		return;
	}
}

static void take_out(struct fm_sim_guided *self, size_t at, size_t count)
{
	if (count > self->tape.count - at)
		count = self->tape.count - at;
	memmove(&self->records[at], &self->records[at + count],
		(self->tape.count - at - count) * sizeof(*self->records));
	self->tape.count -= count;
}

static void zero(struct fm_sim_guided *self, size_t at, size_t count)
{
	for (size_t i = at; i < at + count && i < self->tape.count; i++)
		if (self->records[i].site != schedule_hash())
			self->records[i].value = 0;
}

/* What is behind `at` becomes what is there on another tape. */
static void splice(struct fm_sim_guided *self, size_t at)
{
	const struct kept *other = pick(self);

	if (at >= other->count)
		return;
	memcpy(&self->records[at], &self->draws[other->first + at], (other->count - at) * sizeof(*self->records));
	self->tape.count = other->count;
}

static void change(struct fm_sim_guided *self)
{
	const size_t at = below(self, self->tape.count);

	if (self->tape.count == 0)
		return;
	switch (below(self, 10)) {
	case 0:
		self->tape.count = at; /* from there on it is the seed's */
		break;
	case 1:
		take_out(self, at, 1 + below(self, 4));
		break;
	case 2:
		zero(self, at, 1 + below(self, 16));
		break;
	case 3:
		splice(self, at);
		break;
	default:
		change_value(self, &self->records[at]);
	}
}

void fm_sim_guided_next(struct fm_sim_guided *self, struct fm_sim_options *options)
{
	const bool given = self->given_run < self->given;
	uint64_t changes;

	memset(&self->edges, 0, sizeof(self->edges));
	self->is_given = given;
	options->seed = self->counts.runs++;
	options->edges = &self->edges;
	if (!given && (self->counts.kept == 0 || below(self, FRESH_IN) == 0))
		return;
	if (given) {
		load(self, &self->kept[self->given_run++]);
	} else {
		struct kept *kept = pick(self);

		kept->chosen++;
		load(self, kept);
		changes = below(self, CHANGES_MAX);
		for (uint64_t i = 0; i <= changes; i++)
			change(self);
		self->counts.changed++;
	}
	options->replay = &self->tape;
	options->lenient = true;
	options->goes_on = true;
}

static uint8_t power(uint8_t count)
{
	return count ? (uint8_t)(1u << (31 - __builtin_clz(count))) : 0;
}

static bool is_zero(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word == 0;
}

static bool look(struct fm_sim_guided *self)
{
	bool is_new = false;

	for (unsigned i = 0; i < SIM_EDGES; i++) {
		if (i % 8 == 0 && is_zero(&self->edges.edges[i]) && is_zero(&self->edges.states[i])) {
			i += 7; /* nearly all */
			continue;
		}
		const uint8_t bit = power(self->edges.edges[i]);

		if (bit & ~self->edges_seen[i]) {
			self->counts.edges++;
			self->edges_seen[i] |= bit;
			is_new = true;
		}
		if (self->edges.states[i] && !self->states_seen[i]) {
			self->counts.states++;
			self->states_seen[i] = 1;
			is_new = true;
		}
	}
	return is_new;
}

static uint32_t probes_hit(const struct fm_sim_guided *self, size_t count)
{
	uint32_t hit = 0;

	for (size_t i = 0; i < count; i++)
		hit += self->probes[i].hits != 0;
	return hit;
}

void fm_sim_guided_took(struct fm_sim_guided *self, const struct fm_sim_tape *drawn)
{
	const struct fm_sim_probe *unused;
	const size_t probes = fm_sim_probes(&unused);
	bool is_new = look(self);

	if (probes <= PROBES_MAX) {
		fm_sim_probes_take(self->probes);
		is_new |= probes_hit(self, probes) > self->counts.probes;
		self->counts.probes = probes_hit(self, probes);
	}
	if (is_new && !self->is_given)
		keep(self, drawn);
}
