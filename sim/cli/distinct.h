/* How many different hashes there were: how many different things the runs of a scenario did. */
#ifndef SIM_CLI_DISTINCT_H
#define SIM_CLI_DISTINCT_H

#include <fm/base.h>

struct distinct {
	uint64_t *slots; /* 0: free */
	size_t capacity; /* a power of two, or 0 */
	size_t count;
	bool full; /* there were more than could be kept */
};

void distinct_add(struct distinct *distinct, uint64_t hash);
void distinct_free(struct distinct *distinct);

#endif
