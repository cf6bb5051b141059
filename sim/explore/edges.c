/*
 * Await edges, states and probes. An edge is the await where a task stood after its turn, and the one where it stands after the next;
 * a state is where all tasks stand. Both are kept by hash: two that fall together hide each other, which costs a tape that
 * might have been kept. What is new is known as it happens, with the number of draws up to there: what a search goes on from. It
 * costs a few cache lines a turn and nothing between runs, since what is counted in a run carries the run's number.
 */
#include "edges.h"

#include <fm_sim/coverage.h>
#include <fm_sim/probes.h>

#define ENDED ((uint64_t)1 << 40)
#define READY ((uint64_t)1 << 41)

void sim__edges_open(struct fm_sim_edges *edges)
{
	const size_t count = (size_t)(__stop_fm_probes - __start_fm_probes);

	for (size_t i = 0; i < count && i < SIM_EDGES_PROBES; i++)
		edges->probes_left[edges->probes_left_count++] = (uint16_t)i;
}

void sim__edges_begin(struct fm_sim_edges *edges)
{
	edges->run++;
	edges->state = 0;
	edges->came_to_count = 0;
	edges->new_at = 0;
}

/* true: no run has before. */
static bool came_to(struct fm_sim_edges *edges, uint32_t feature, size_t draws)
{
	if (edges->runs_with[feature]++ != 0)
		return false;
	edges->came_to[edges->came_to_count++ % SIM_EDGES_NEW_MAX] = feature;
	edges->new_at = draws;
	return true;
}

static void went_along(struct fm_sim_edges *edges, uint64_t hash, size_t draws)
{
	const uint32_t at = (uint32_t)(hash >> 48);
	uint32_t count;

	_Static_assert(SIM_EDGES == 1 << (64 - 48), "the hash's upper bits");
	if (edges->edges[at].run != edges->run) {
		edges->edges[at].run = edges->run;
		edges->edges[at].count = 0;
	}
	count = ++edges->edges[at].count;
	if (count < 1u << SIM_EDGES_POWERS && (count & (count - 1)) == 0)
		edges->edges_seen +=
			came_to(edges, at * SIM_EDGES_POWERS + (uint32_t)__builtin_ctz(count), draws);
}

static void stand_in(struct fm_sim_edges *edges, uint64_t hash, size_t draws)
{
	const uint32_t at = (uint32_t)(hash >> 48);

	if (edges->states[at] == edges->run)
		return;
	edges->states[at] = edges->run;
	edges->states_seen += came_to(edges, SIM_EDGES_STATE + at, draws);
}

static void first_hit(struct fm_sim_edges *edges, uint32_t left, size_t draws)
{
	const uint32_t probe = edges->probes_left[left];

	edges->probes_left[left] = edges->probes_left[--edges->probes_left_count];
	edges->probes_seen += came_to(edges, SIM_EDGES_PROBE + probe, draws);
}

static bool is_hit(uint32_t probe)
{
	return __atomic_load_n(&__start_fm_probes[probe]->hits, __ATOMIC_RELAXED) != 0;
}

/* Some of those that are left, in turn: where there are few, all. */
static void look_at_probes(struct fm_sim_edges *edges, size_t draws)
{
	for (unsigned i = 0; i < SIM_EDGES_PROBES_A_TURN && i < edges->probes_left_count; i++) {
		if (++edges->probes_looked >= edges->probes_left_count)
			edges->probes_looked = 0;
		if (is_hit(edges->probes_left[edges->probes_looked]))
			first_hit(edges, edges->probes_looked, draws);
	}
}

static uint64_t place_of(const struct sim_task *task)
{
	const struct fm_future *leaf = NULL;
	const struct fm_await_site *site;

	if (!(task->flags & SIM_TASK_LIVE))
		return ENDED;
	site = sim__innermost(fm_task_future(task->task), &leaf);
	return (site ? fm_sim_site_number(site) + 1 : 0) | (fm_task_scheduled(task->task) ? READY : 0);
}

void sim__edges_after_turn(struct fm_sim *sim, const struct sim_task *task)
{
	struct fm_sim_edges *edges = sim->options->edges;
	const size_t draws = sim->record ? sim->record->count : 0;
	const uint32_t slot = task->serial % SIM_EDGES_SLOTS; /* one that has ended may be gone */
	const uint64_t place = place_of(task);
	uint64_t before = 0;

	if (edges->slots[slot].serial == task->serial && edges->slots[slot].run == edges->run) {
		before = edges->slots[slot].place;
		edges->state -= sim__mix(before + 1);
	}
	edges->slots[slot].serial = task->serial;
	edges->slots[slot].place = place;
	edges->slots[slot].run = edges->run;
	if (place != ENDED)
		edges->state += sim__mix(place + 1);
	else
		edges->slots[slot].serial = 0;
	went_along(edges, sim__mix(before * 0x9e3779b97f4a7c15u + place), draws);
	stand_in(edges, sim__mix(edges->state), draws);
	look_at_probes(edges, draws);
}

void sim__edges_end(struct fm_sim_edges *edges, size_t draws)
{
	const size_t count = (size_t)(__stop_fm_probes - __start_fm_probes);

	for (uint32_t i = 0; i < edges->probes_left_count;) {
		if (is_hit(edges->probes_left[i]))
			first_hit(edges, i, draws);
		else
			i++;
	}
	for (uint32_t i = 0; i < count && i < SIM_EDGES_PROBES; i++)
		edges->runs_with[SIM_EDGES_PROBE + i] += is_hit(i);
	fm_sim_probes_take(NULL);
}
