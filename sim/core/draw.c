/*
 * Draws and their sources: the seed, the all-zero tape, a recorded tape (tape.c), bytes (bytes.c).
 *
 * Generators are counter-based and keyed by (seed, domain, actor, ordinal), an actor being a task, a host or the world. So a
 * draw more here does not change what is drawn there. 0 is always the plainest.
 */
#include "../explore/enumerate.h"
#include "../explore/search.h"
#include "../fault/hooks.h"
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define GOLDEN 0x9e3779b97f4a7c15u
#define TAPE_RECORDS_MIN 256

const struct fm_draw_site sim__schedule_site = { "schedule", FM_DRAW_SCHEDULE };

/* The finaliser of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
uint64_t sim__mix(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
	return x ^ (x >> 31);
}

void sim__actor_init(struct sim_actor *actor, uint64_t identity)
{
	*actor = (struct sim_actor){ .identity = identity };
}

struct sim_actor *sim__actor(struct fm_sim *sim)
{
	struct fm_executor *executor = fm_executor_current();
	struct fm_task *task = fm_task_current();

	if (task)
		return &sim__task(sim, task)->actor;
	return executor ? &sim__host(fm_executor_env(executor))->actor : &sim->world;
}

/* The word of the generator that belongs to an ordinal, from 1. */
static uint64_t word_of(const struct fm_sim *sim, const struct sim_actor *actor, enum fm_draw_domain domain,
			uint64_t ordinal)
{
	const uint64_t key = (sim->key ^ actor->identity) + (uint64_t)domain * 0xd1342543de82ef95u;

	return sim__mix(key + ordinal * GOLDEN);
}

/* Which of n values a word stands for. */
static uint64_t scaled(uint64_t word, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)word * n) >> 64);
}

static uint64_t random_below(struct fm_sim *sim, struct sim_actor *actor, enum fm_draw_domain domain,
			     uint64_t n)
{
	const uint64_t ordinal = actor->ordinals[domain]++;

	return scaled(word_of(sim, actor, domain, ordinal + 1), n);
}

/* false: there is no room. */
static bool grow(struct fm_sim_tape *tape) __attribute__((noinline));

static bool grow(struct fm_sim_tape *tape)
{
	if (tape->fixed) {
		tape->full = true;
		return false;
	}
	tape->capacity = tape->capacity ? tape->capacity * 2 : TAPE_RECORDS_MIN;
	tape->records = sim__own_resize(tape->records, tape->capacity * sizeof(*tape->records));
	return true;
}

static inline void record(struct fm_sim_tape *tape, uint32_t hash, uint64_t value, uint64_t chosen)
{
	if (FM_UNLIKELY(tape->count == tape->capacity) && !grow(tape))
		return;
	tape->records[tape->count++] = (struct fm_sim_draw_record){
		.site = hash,
		.value = (uint32_t)value,
		.chosen = chosen,
	};
}

/* What every draw ends with: onto the tape, with the number of values and whose draw it is, and into the hash. */
static uint64_t drawn(struct fm_sim *sim, const struct sim_actor *actor, const struct fm_draw_site *site, uint64_t value,
		      uint64_t n)
{
	const uint32_t of = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;

	if (sim->replay)
		sim->replayed++;
	if (FM_UNLIKELY(sim->follow != NULL))
		sim__tape_follow(sim, site, (uint32_t)value, (uint64_t)sim__short_identity(actor->identity) << 32 | of);
	if (sim->record) {
		const uint32_t hash = sim__site_hash(site);

		if (FM_UNLIKELY(sim->record->sites[hash % FM_SIM_TAPE_SITES].site != hash))
			sim__tape_name(sim->record, hash, site);
		record(sim->record, hash, value, (uint64_t)sim__short_identity(actor->identity) << 32 | of);
	}
	sim__trace(sim, SIM_TRACE_DRAW, site->name, value, n);
	return value;
}

uint64_t sim__draw(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n)
{
	uint64_t value = 0;

	if (n <= 1)
		return 0;
	if (sim->replay)
		value = sim__from_tape(sim, actor, site, n, sim->goes_on ? random_below(sim, actor, site->domain, n) : 0);
	else if (FM_UNLIKELY(sim->options->bytes != NULL))
		value = sim__from_bytes(sim, n);
	else if (sim->is_random)
		value = random_below(sim, actor, site->domain, n);
	else if (FM_UNLIKELY(sim->explore != NULL))
		value = sim__explore_value(sim, site, n);
	return drawn(sim, actor, site, value, n);
}

bool sim__strikes(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, uint32_t in)
{
	uint64_t value = 0;

	if (in == 0)
		return false;
	if (sim->replay)
		value = sim__from_tape(sim, actor, site, 2,
				       sim->goes_on && random_below(sim, actor, site->domain, in) == 0);
	else if (FM_UNLIKELY(sim->options->bytes != NULL))
		value = sim__strike_from_bytes(sim, in);
	else if (sim->is_random)
		value = random_below(sim, actor, site->domain, in) == 0;
	return drawn(sim, actor, site, value, 2) != 0;
}

static inline uint32_t random_task(struct fm_sim *sim, uint32_t ready)
{
	const uint32_t ordinal = ++sim->world.ordinals[FM_DRAW_SCHEDULE];
	uint64_t word = sim->ahead;

	if (FM_UNLIKELY(sim->ahead_for != ordinal))
		word = word_of(sim, &sim->world, FM_DRAW_SCHEDULE, ordinal);
	sim->ahead_for = ordinal + 1;
	sim->ahead = word_of(sim, &sim->world, FM_DRAW_SCHEDULE, sim->ahead_for);
	return (uint32_t)scaled(word, ready);
}

bool sim__decides(struct fm_sim *sim, struct sim_actor *actor, const struct fm_draw_site *site, bool value)
{
	if (sim->replay)
		value = sim__from_tape(sim, actor, site, 2, sim->goes_on && value) != 0;
	return drawn(sim, actor, site, value, 2) != 0;
}

uint64_t sim__draw_given(struct fm_sim *sim, const struct sim_actor *actor, const struct fm_draw_site *site, uint64_t n,
			 uint64_t value)
{
	return n <= 1 ? 0 : drawn(sim, actor, site, value, n);
}

uint32_t sim__random_task(struct fm_sim *sim, uint32_t n)
{
	return random_task(sim, n);
}

/* As the strategy has it. */
static uint32_t from_seed(struct fm_sim *sim, uint32_t ready)
{
	return sim->search ? sim__search_choose(sim, ready) : sim__fault_bent(sim, random_task(sim, ready), ready);
}

uint32_t sim__draw_schedule(struct fm_sim *sim, uint32_t ready)
{
	if (FM_LIKELY(sim->is_straight))
		return random_task(sim, ready);
	if (FM_LIKELY(sim->is_first))
		return 0;
	if (sim->replay) {
		const uint32_t position = sim__schedule_from_tape(sim, ready);

		return position < ready ? position : sim->goes_on ? from_seed(sim, ready) : 0;
	}
	if (FM_UNLIKELY(sim->options->bytes != NULL))
		return sim__fault_bent(sim, (uint32_t)sim__from_bytes(sim, ready), ready);
	return from_seed(sim, ready);
}

uint32_t sim__schedule_ahead(const struct fm_sim *sim, uint32_t ready)
{
	return (uint32_t)scaled(sim->ahead, ready);
}

static __attribute__((noinline)) void compare_schedule(struct fm_sim *sim, uint32_t value, uint64_t chosen)
{
	if (sim->replay) {
		sim__tape_chosen(sim, chosen);
		sim->replayed++;
	}
	if (sim->follow)
		sim__tape_follow(sim, &sim__schedule_site, value, chosen);
}

void sim__schedule_drawn(struct fm_sim *sim, uint32_t value, uint64_t chosen)
{
	if (FM_UNLIKELY(sim->compares))
		compare_schedule(sim, value, chosen);
	if (sim->record) {
		if (FM_UNLIKELY(!sim->schedule_named)) {
			sim->schedule_named = true;
			sim__tape_name(sim->record, sim->schedule_hash, &sim__schedule_site);
		}
		record(sim->record, sim->schedule_hash, value, chosen);
		if (sim->options->tell)
			sim__tell(sim, SIM_TRACE_DRAW, sim__schedule_site.name, value, 0);
	}
}
