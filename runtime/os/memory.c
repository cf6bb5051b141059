/*
 * Memory of the real world: small sizes from pages of equal pieces, without a header a piece; the rest from malloc.
 *
 * Tasks, frames and channels come and go by the million and in few sizes. Pages are given back when the environment
 * ends. Under ASan, and where FERMATA_PLAIN_MALLOC is set (Valgrind), every piece is malloc's own, so
 * that a use after free is seen.
 */
#include "internal.h"

#include <stdlib.h>

#define PAGE_BYTES ((size_t)64 * 1024)
#define CLASS_BYTES ((size_t)8)
#define PAGE_HEAD_BYTES CLASS_BYTES /* the link to the next page */

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLAIN true
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define PLAIN true
#endif
#ifndef PLAIN
#define PLAIN false
#endif

void fm__os_memory_init(struct fm__os_memory *memory)
{
	*memory = (struct fm__os_memory){ .plain = PLAIN || getenv("FERMATA_PLAIN_MALLOC") != NULL };
}

void fm__os_memory_free_all(struct fm__os_memory *memory)
{
	while (memory->pages) {
		void *page = memory->pages;

		memory->pages = *(void **)page;
		free(page);
	}
}

static void *fresh_piece(struct fm__os_memory *memory, size_t class, size_t piece_bytes)
{
	char *piece;

	if ((size_t)(memory->page_end[class] - memory->page_at[class]) < piece_bytes) {
		char *page = malloc(PAGE_BYTES);

		if (!page)
			return NULL;
		*(void **)page = memory->pages;
		memory->pages = page;
		memory->page_at[class] = page + PAGE_HEAD_BYTES;
		memory->page_end[class] = page + PAGE_BYTES;
	}
	piece = memory->page_at[class];
	memory->page_at[class] += piece_bytes;
	return piece;
}

void *fm__os_alloc(struct fm_env *env, size_t bytes)
{
	struct fm__os_memory *memory = &FM_CONTAINER_OF(env, struct fm__os_env, env)->memory;
	const size_t class = (bytes + CLASS_BYTES - 1) / CLASS_BYTES - 1;
	void *piece;

	if (bytes == 0 || class >= FM__OS_CLASSES || memory->plain)
		return malloc(bytes ? bytes : 1);
	piece = memory->free[class];
	if (!piece)
		return fresh_piece(memory, class, (class + 1) * CLASS_BYTES);
	memory->free[class] = *(void **)piece;
	return piece;
}

void fm__os_free(struct fm_env *env, void *piece, size_t bytes)
{
	struct fm__os_memory *memory = &FM_CONTAINER_OF(env, struct fm__os_env, env)->memory;
	const size_t class = (bytes + CLASS_BYTES - 1) / CLASS_BYTES - 1;

	if (!piece)
		return;
	if (bytes == 0 || class >= FM__OS_CLASSES || memory->plain) {
		free(piece);
		return;
	}
	*(void **)piece = memory->free[class];
	memory->free[class] = piece;
}
