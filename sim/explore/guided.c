/*
 * A search guided by what runs come to, as AFL does it (Zalewski, 2013) over the draws of a run and not over its input (as in Zest:
 * Padhye et al., Semantic Fuzzing with Zest, ISSTA 2019).
 *
 * A run begins from the seed, like any other, or from a tape that was kept: changed in a few draws, replayed leniently, and where the
 * changed tape has nothing to say the seed has. A tape is kept if its run went along an edge that none had (or more often,
 * by powers of two), came to a state or hit a probe that none had. Changed is mostly the tape whose least seen feature was seen in the
 * fewest runs, times how often it was changed: what is rare is gone on from first, and what leads nowhere grows dear by itself
 * (the idea of AFLFast's schedule: Boehme et al., CCS 2016).
 *
 * Fresh runs are the portfolio's. The first 64 are, and then the share of the changed ones is their share of what is new, within a
 * quarter and three: where chance is enough this is no slower than chance, and nothing takes more than 4 times as many runs.
 */
#include "edges.h"
#include "mutate.h"

#include <fm_sim/guided.h>
#include <fm_sim/probes.h>

#include <string.h>
#include <sys/mman.h>

enum {
	KEPT_MAX = 1 << 14,
	DRAWS_MAX = 1 << 23, /* of all kept tapes */
	TAPE_MAX = 1 << 18,  /* longer ones are not kept */
	FRESH_FIRST = 64,
	SHARE_MIN = 64, /* of the changed, in 256 runs */
	SHARE_MAX = 192,
	YIELD_RUNS_MAX = 256, /* then what was is worth half */
	FEATURES_MAX = 4,
	ANY_IN = 4, /* not the rarest, but any */
};

struct kept {
	uint32_t first;
	uint32_t count;
	uint32_t new_at;
	uint32_t chosen; /* how often it was changed */
	uint64_t price;  /* at least: it has not gone down */
	uint32_t features[FEATURES_MAX]; /* that it was kept for */
	uint32_t features_count;
	bool offered; /* it was first found elsewhere */
};

/* How often such runs came to something new. */
struct yield {
	uint32_t runs;
	uint32_t new;
};

struct fm_sim_guided {
	struct fm_sim_guided_counts counts;
	uint64_t state; /* of the generator */
	uint32_t given; /* tapes to begin with, of which so many were run: */
	uint32_t given_run;
	bool is_given; /* the run is one of them */
	bool is_offered; /* another search found it */
	bool offer;      /* the next run is so */
	bool is_changed;
	struct yield fresh, changed;
	uint32_t draws_count;
	struct fm_sim_edges edges;
	struct fm_sim_tape names; /* what sites are called; no draws */
	struct fm_sim_tape tape; /* of the run; its records are: */
	struct fm_sim_draw_record records[TAPE_MAX];
	struct fm_sim_tape view;
	struct kept kept[KEPT_MAX];
	uint32_t cheap[KEPT_MAX]; /* a binary heap of them by price */
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
	sim__edges_open(&self->edges);
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
	return sim__below(&self->state, n);
}

/* Of those that are as dear the older one. */
static bool is_cheaper(const struct fm_sim_guided *self, uint32_t a, uint32_t b)
{
	const struct kept *x = &self->kept[self->cheap[a]], *y = &self->kept[self->cheap[b]];

	return x->price != y->price ? x->price < y->price : self->cheap[a] < self->cheap[b];
}

static void swap(struct fm_sim_guided *self, uint32_t a, uint32_t b)
{
	const uint32_t kept = self->cheap[a];

	self->cheap[a] = self->cheap[b];
	self->cheap[b] = kept;
}

static void sift_up(struct fm_sim_guided *self, uint32_t at)
{
	for (; at && is_cheaper(self, at, (at - 1) / 2); at = (at - 1) / 2)
		swap(self, at, (at - 1) / 2);
}

static void sift_down(struct fm_sim_guided *self)
{
	for (uint32_t at = 0, child; (child = 2 * at + 1) < self->counts.kept; at = child) {
		if (child + 1 < self->counts.kept && is_cheaper(self, child + 1, child))
			child++;
		if (!is_cheaper(self, child, at))
			return;
		swap(self, child, at);
	}
}

static bool keep(struct fm_sim_guided *self, const struct fm_sim_tape *tape)
{
	if (self->counts.kept == KEPT_MAX || tape->count == 0 || tape->count > TAPE_MAX ||
	    tape->count > DRAWS_MAX - self->draws_count)
		return false;
	self->kept[self->counts.kept] = (struct kept){
		.first = self->draws_count,
		.count = (uint32_t)tape->count,
		.offered = self->is_offered,
	};
	memcpy(&self->draws[self->draws_count], tape->records, tape->count * sizeof(*tape->records));
	self->draws_count += (uint32_t)tape->count;
	self->cheap[self->counts.kept] = self->counts.kept;
	sift_up(self, self->counts.kept);
	__atomic_store_n(&self->counts.kept, self->counts.kept + 1, __ATOMIC_RELEASE); /* another process reads what is below */
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

bool fm_sim_guided_offer(struct fm_sim_guided *self, const struct fm_sim_tape *tape)
{
	if (tape->count > TAPE_MAX)
		return false;
	memcpy(self->records, tape->records, tape->count * sizeof(*tape->records));
	self->tape.count = tape->count;
	self->offer = true;
	return true;
}

int fm_sim_guided_found(const struct fm_sim_guided *self, uint32_t number, struct fm_sim_tape *tape)
{
	if (number >= __atomic_load_n(&self->counts.kept, __ATOMIC_ACQUIRE))
		return -1;
	tape->records = (struct fm_sim_draw_record *)&self->draws[self->kept[number].first];
	tape->count = self->kept[number].count;
	return !self->kept[number].offered;
}

static uint64_t price_of(const struct fm_sim_guided *self, const struct kept *kept)
{
	uint32_t least = UINT32_MAX;

	for (uint32_t i = 0; i < kept->features_count; i++)
		if (self->edges.runs_with[kept->features[i]] < least)
			least = self->edges.runs_with[kept->features[i]];
	if (!kept->features_count)
		least = (uint32_t)(self->counts.runs < UINT32_MAX ? self->counts.runs : UINT32_MAX);
	return ((uint64_t)kept->chosen + 1) * least;
}

/* Prices only rise, so whoever is the cheapest by what it costs now is. */
static struct kept *cheapest(struct fm_sim_guided *self)
{
	for (;;) {
		struct kept *kept = &self->kept[self->cheap[0]];
		const uint64_t price = price_of(self, kept);

		if (price == kept->price)
			return kept;
		kept->price = price;
		sift_down(self);
	}
}

static struct kept *any(struct fm_sim_guided *self)
{
	return &self->kept[below(self, self->counts.kept)];
}

static void load(struct fm_sim_guided *self, const struct kept *kept)
{
	memcpy(self->records, &self->draws[kept->first], kept->count * sizeof(*self->records));
	self->tape.count = kept->count;
}

static void change(struct fm_sim_guided *self)
{
	struct kept *kept = below(self, ANY_IN) ? cheapest(self) : any(self);
	const struct kept *other = any(self);
	struct sim_mutation mutation = {
		.state = &self->state,
		.tape = &self->tape,
		.new_at = kept->new_at,
		.other = &self->draws[other->first],
		.other_count = other->count,
	};

	kept->chosen++;
	load(self, kept);
	sim__mutate(&mutation);
	self->counts.changed++;
	self->is_changed = true;
}

static bool is_fresh(struct fm_sim_guided *self)
{
	const uint64_t fresh = (uint64_t)(self->fresh.new + 1) * (self->changed.runs + 2);
	const uint64_t changed = (uint64_t)(self->changed.new + 1) * (self->fresh.runs + 2);
	uint64_t share = changed * 256 / (changed + fresh);

	if (self->counts.kept == 0 || self->counts.runs <= FRESH_FIRST)
		return true;
	share = share < SHARE_MIN ? SHARE_MIN : share > SHARE_MAX ? SHARE_MAX : share;
	return below(self, 256) >= share;
}

void fm_sim_guided_next(struct fm_sim_guided *self, struct fm_sim_options *options)
{
	self->is_offered = self->offer;
	self->offer = false;
	self->is_given = !self->is_offered && self->given_run < self->given;
	self->is_changed = false;
	sim__edges_begin(&self->edges);
	options->seed = self->counts.runs++;
	options->edges = &self->edges;
	if (self->is_given)
		load(self, &self->kept[self->given_run++]);
	else if (!self->is_offered && is_fresh(self))
		return;
	else if (!self->is_offered)
		change(self);
	options->replay = &self->tape;
	options->lenient = true;
	options->goes_on = true;
}

static void count(struct yield *yield, bool is_new)
{
	yield->runs++;
	yield->new += is_new;
	if (yield->runs < YIELD_RUNS_MAX)
		return;
	yield->runs /= 2;
	yield->new /= 2;
}

/* What the run came to last, of what no run had come to before, is what its tape is kept for. */
static void mark(struct fm_sim_guided *self, struct kept *kept)
{
	kept->new_at = (uint32_t)self->edges.new_at;
	for (uint32_t i = 0; i < self->edges.came_to_count && i < FEATURES_MAX; i++)
		kept->features[kept->features_count++] =
			self->edges.came_to[(self->edges.came_to_count - 1 - i) % SIM_EDGES_NEW_MAX];
}

void fm_sim_guided_took(struct fm_sim_guided *self, const struct fm_sim_tape *drawn)
{
	bool is_new;

	sim__edges_end(&self->edges, drawn->count);
	self->counts.edges = self->edges.edges_seen;
	self->counts.states = self->edges.states_seen;
	self->counts.probes = self->edges.probes_seen;
	is_new = self->edges.came_to_count != 0;
	if (self->is_given) {
		mark(self, &self->kept[self->given_run - 1]);
		return;
	}
	if (!self->is_offered)
		count(self->is_changed ? &self->changed : &self->fresh, is_new);
	if (is_new && keep(self, drawn))
		mark(self, &self->kept[self->counts.kept - 1]);
}
