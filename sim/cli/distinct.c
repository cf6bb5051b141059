/*
 * A set of hashes with open addressing, at most half full. It counts exactly up to a million; a soak of more says "at
 * least". Having no memory is being full.
 */
#include "distinct.h"

#include <stdlib.h>

#define COUNT_MAX ((size_t)1 << 20)

static bool insert(struct distinct *distinct, uint64_t hash)
{
	size_t at = (size_t)(hash * 0x9e3779b97f4a7c15u >> 20) & (distinct->capacity - 1);

	for (; distinct->slots[at]; at = (at + 1) & (distinct->capacity - 1))
		if (distinct->slots[at] == hash)
			return false;
	distinct->slots[at] = hash;
	return true;
}

static bool grow(struct distinct *distinct)
{
	struct distinct bigger = { .capacity = distinct->capacity ? distinct->capacity * 2 : 1024 };

	bigger.slots = calloc(bigger.capacity, sizeof(bigger.slots[0]));
	if (!bigger.slots)
		return false;
	for (size_t i = 0; i < distinct->capacity; i++)
		if (distinct->slots[i])
			insert(&bigger, distinct->slots[i]);
	free(distinct->slots);
	distinct->slots = bigger.slots;
	distinct->capacity = bigger.capacity;
	return true;
}

void distinct_add(struct distinct *distinct, uint64_t hash)
{
	if (distinct->full)
		return;
	if (distinct->count == COUNT_MAX || (distinct->count * 2 >= distinct->capacity && !grow(distinct))) {
		distinct->full = true;
		return;
	}
	distinct->count += insert(distinct, hash ? hash : 1);
}

void distinct_free(struct distinct *distinct)
{
	free(distinct->slots);
	distinct->slots = NULL;
	distinct->capacity = 0;
}
