/*
 * The parent looks whenever a process has ended, so that a point costs the workers nothing; what runs have counted that are
 * still under way is seen, too. A look is a walk over all sites, some 10 us for 2,000 of them.
 */
#include "growth.h"

#include <stdlib.h>

void growth_look(struct growth *growth, const struct tally *tally, const struct report_suite *suite)
{
	const struct report_growth *last = growth->count ? &growth->points[growth->count - 1] : NULL;
	struct report_growth point = { .real_ns = suite->real_ns };

	tally_reached(tally, &point.reached, &point.sites);
	for (size_t i = 0; i < suite->count; i++)
		point.runs += suite->scenarios[i].runs;
	if (point.reached == 0 || (last && last->reached == point.reached && last->sites == point.sites))
		return;
	if (growth->count == growth->capacity) {
		const size_t capacity = growth->capacity ? growth->capacity * 2 : 64;
		struct report_growth *bigger = realloc(growth->points, capacity * sizeof(*bigger));

		if (!bigger)
			return;
		growth->points = bigger;
		growth->capacity = capacity;
	}
	growth->points[growth->count++] = point;
}

void growth_free(struct growth *growth)
{
	free(growth->points);
	*growth = (struct growth){ .points = NULL };
}
