/*
 * The scenarios linked into the program. The linker gathers them in an order that depends on the compiler, so they are
 * sorted by name, once; the list is kept until the process ends.
 */
#include <fm_sim/sim.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern const struct fm_sim_scenario *const __start_fm_scenarios[] __attribute__((weak));
extern const struct fm_sim_scenario *const __stop_fm_scenarios[] __attribute__((weak));

static const char *name_of(const struct fm_sim_scenario *scenario)
{
	return scenario->name ? scenario->name : "";
}

static int by_name(const void *left, const void *right)
{
	const struct fm_sim_scenario *const *a = left, *const *b = right;

	return strcmp(name_of(*a), name_of(*b));
}

size_t fm_sim_scenarios(const struct fm_sim_scenario *const **list)
{
	static const struct fm_sim_scenario **sorted;
	const size_t count = (size_t)(__stop_fm_scenarios - __start_fm_scenarios);

	if (!sorted && count > 0) {
		sorted = malloc(count * sizeof(*sorted));
		if (!sorted) {
			fputs("fermata: the simulator itself has no memory\n", stderr);
			abort();
		}
		memcpy(sorted, __start_fm_scenarios, count * sizeof(*sorted));
		qsort(sorted, count, sizeof(*sorted), by_name);
	}
	*list = sorted;
	return count;
}
