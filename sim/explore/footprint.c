/*
 * What a step touched. A resource is an address, and addresses differ from run to run: so it is named by which of the run's allocations
 * it lies in and where, which is the same in all runs that began alike. What a step allocates itself may have
 * the name of another's: two steps may then be taken to depend on each other that do not, and never the other way round. An
 * address that cannot be named so makes the step depend on every other.
 */
#include "tree.h"

#define NAMED_BY_STATE ((uint64_t)1 << 62)
#define NAMED_BY_ADDRESS ((uint64_t)1 << 61)

/* The linker's: what lies between them is where it is for as long as the program runs. */
extern const char __executable_start[], end[];

/* 0: it has none. */
static uint64_t name_of(const struct fm_sim *sim, const void *resource)
{
	const uintptr_t in_state = (uintptr_t)resource - (uintptr_t)sim->state;
	const uintptr_t in_program = (uintptr_t)resource - (uintptr_t)__executable_start;

	if (sim->state && in_state < sim->scenario->state_bytes)
		return NAMED_BY_STATE | in_state;
	if (in_program < (uintptr_t)end - (uintptr_t)__executable_start)
		return NAMED_BY_ADDRESS | in_program;
	return sim__memory_name(sim, resource);
}

static void add(struct sim_footprint *footprint, uint64_t name, bool changed)
{
	for (unsigned i = 0; i < footprint->count; i++) {
		if (footprint->touches[i].name != name)
			continue;
		footprint->touches[i].changed |= changed;
		return;
	}
	if (footprint->count == SIM_EXPLORE_TOUCHES_MAX) {
		footprint->unknown = true;
		return;
	}
	footprint->touches[footprint->count].name = name;
	footprint->touches[footprint->count++].changed = changed;
}

void sim__footprint_add(const struct fm_sim *sim, struct sim_footprint *footprint, const void *resource, bool changed)
{
	const uint64_t name = name_of(sim, resource);

	if (name)
		add(footprint, name, changed);
	else
		footprint->unknown = true;
}

void sim__footprint_join(struct sim_footprint *footprint, const struct sim_footprint *other)
{
	footprint->unknown |= other->unknown;
	for (unsigned i = 0; i < other->count; i++)
		add(footprint, other->touches[i].name, other->touches[i].changed);
}

bool sim__footprints_apart(const struct sim_footprint *a, const struct sim_footprint *b)
{
	if (a->unknown || b->unknown)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		for (unsigned k = 0; k < b->count; k++)
			if (a->touches[i].name == b->touches[k].name && (a->touches[i].changed || b->touches[k].changed))
				return false;
	return true;
}
