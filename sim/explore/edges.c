/*
 * Await edges and states. An edge is the await where a task stood after its turn, and the one where it stands after the next; a
 * state is where all tasks stand. Both are kept by hash: two that fall together hide each other, which costs a tape that
 * might have been kept.
 */
#include "edges.h"

#include <fm_sim/coverage.h>

#include <string.h>

#define ENDED ((uint64_t)1 << 40)
#define READY ((uint64_t)1 << 41)

static void bump(uint8_t *counts, uint64_t hash)
{
	uint8_t *count = &counts[hash >> 50];

	_Static_assert(SIM_EDGES == 1 << (64 - 50), "the hash's upper bits");
	if (*count < UINT8_MAX)
		++*count;
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
	const uint32_t slot = task->serial % SIM_EDGES_SLOTS; /* one that has ended may be gone */
	const uint64_t place = place_of(task);
	uint64_t before = 0;

	if (edges->slots[slot].serial == task->serial) {
		before = edges->slots[slot].place;
		edges->state -= sim__mix(before + 1);
	}
	edges->slots[slot].serial = task->serial;
	edges->slots[slot].place = place;
	if (place != ENDED)
		edges->state += sim__mix(place + 1);
	else
		edges->slots[slot].serial = 0;
	bump(edges->edges, sim__mix(before * 0x9e3779b97f4a7c15u + place));
	bump(edges->states, sim__mix(edges->state));
}
