/*
 * The memory of a run: what programs and the library get through the environment's hook, counted and undone at the end.
 *
 * Where a piece lies, in which order pieces are used again, and what fresh and freed memory holds depend on the
 * salt, and nothing else may: a program whose events depend on it is not deterministic, and a run with another salt shows
 * it. Under ASan pieces are malloc's own, so that their use after free is seen.
 */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Each live piece: who asked for it, for the leak report. What follows it is aligned as malloc's. */
struct block {
	_Alignas(max_align_t) struct fm_list link;
	size_t bytes;
	struct sim_origin origin;
	uint32_t arena; /* where it lies; ARENA_NONE: malloc */
	uint64_t ordinal;
};

#define ARENAS 4
#define ARENA_NONE UINT32_MAX
#define ARENA_BYTES ((size_t)1 << 22)
#define CLASSES 64
#define CLASS_BYTES ((size_t)16)

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define PLAIN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define PLAIN 1
#endif
#ifndef PLAIN
#define PLAIN 0
#endif

/* Kept from run to run, since only the pages cost. */
static _Thread_local struct {
	char *base[ARENAS];
	size_t used[ARENAS];
	struct fm_list free[CLASSES];
} pool;

_Thread_local unsigned sim__own_depth;

/*
 * Around a call of malloc of our own. The compiler takes malloc for a function that looks at no variable, and would drop both
 * changes: the barriers tell it that somebody looks.
 */
static void own_begin(void)
{
	sim__own_depth++;
	__asm__ volatile("" ::: "memory");
}

static void own_end(void)
{
	__asm__ volatile("" ::: "memory");
	sim__own_depth--;
}

/* The C library's memory for the simulator itself: asked for within a poll it is still not the program's. */
static void *own_malloc(size_t bytes)
{
	void *memory;

	own_begin();
	memory = malloc(bytes);
	own_end();
	return memory;
}

void *sim__own_alloc(size_t bytes)
{
	void *memory;

	own_begin();
	memory = calloc(1, bytes ? bytes : 1);
	own_end();

	if (!memory) {
		fputs("fermata: the simulator itself has no memory\n", stderr);
		abort();
	}
	return memory;
}

void sim__own_free(void *memory)
{
	free(memory);
}

void *sim__own_resize(void *memory, size_t bytes)
{
	void *resized;

	own_begin();
	resized = realloc(memory, bytes);
	own_end();
	if (!resized) {
		fputs("fermata: the simulator itself has no memory\n", stderr);
		abort();
	}
	return resized;
}

void *sim__own_grow(void *memory, size_t *capacity, size_t item_bytes, size_t needed)
{
	size_t grown = *capacity ? *capacity * 2 : 64;
	void *bigger;

	while (grown < needed)
		grown *= 2;
	bigger = sim__own_resize(memory, grown * item_bytes);
	memset((char *)bigger + *capacity * item_bytes, 0, (grown - *capacity) * item_bytes);
	*capacity = grown;
	return bigger;
}

void sim__memory_open(struct fm_sim *sim)
{
	fm_list_init(&sim->blocks);
	for (unsigned i = 0; i < ARENAS; i++)
		pool.used[i] = 0;
	for (unsigned i = 0; i < CLASSES; i++)
		fm_list_init(&pool.free[i]);
	sim__program_open(sim);
}

void sim__memory_close(struct fm_sim *sim)
{
	sim__program_close(sim);
	while (!fm_list_empty(&sim->blocks)) {
		struct block *block = FM_CONTAINER_OF(sim->blocks.next, struct block, link);

		fm_list_unlink(&block->link);
		if (block->arena == ARENA_NONE)
			free(block);
	}
}

static unsigned char fill_of(const struct fm_sim *sim, unsigned char base)
{
	return (unsigned char)(base ^ sim__mix(sim->options->salt));
}

static size_t class_of(size_t bytes)
{
	return (bytes + CLASS_BYTES - 1) / CLASS_BYTES;
}

/* From the free pieces of its size: the newest or the oldest, as the salt has it. NULL: there is none. */
static struct block *reuse(const struct fm_sim *sim, size_t class)
{
	struct fm_list *head = &pool.free[class];
	struct fm_list *link;

	if (fm_list_empty(head))
		return NULL;
	link = (sim->options->salt & 1) ? head->next : head->prev;
	fm_list_unlink(link);
	return FM_CONTAINER_OF(link, struct block, link);
}

static struct block *carve(struct fm_sim *sim, size_t piece_bytes)
{
	const uint32_t arena = (uint32_t)(sim__mix(sim->options->salt + sim->allocations) % ARENAS);
	struct block *block;

	if (!pool.base[arena])
		pool.base[arena] = own_malloc(ARENA_BYTES);
	if (!pool.base[arena] || ARENA_BYTES - pool.used[arena] < piece_bytes)
		return NULL;
	block = (struct block *)(pool.base[arena] + pool.used[arena]);
	pool.used[arena] += piece_bytes;
	block->arena = arena;
	return block;
}

uint64_t sim__memory_name(const struct fm_sim *sim, const void *address)
{
	FM_LIST_FOR_EACH(link, &sim->blocks)
	{
		const struct block *block = FM_CONTAINER_OF(link, struct block, link);
		const uintptr_t offset = (uintptr_t)address - (uintptr_t)(block + 1);

		if (offset < block->bytes)
			return block->ordinal << 32 | (uint32_t)offset;
	}
	return 0;
}

void *sim__alloc(struct fm_sim *sim, size_t bytes)
{
	const size_t class = class_of(bytes);
	struct block *block = NULL;

	sim->allocations++;
	if (!PLAIN && class < CLASSES) {
		block = reuse(sim, class);
		if (!block)
			block = carve(sim, sizeof(*block) + class * CLASS_BYTES);
	}
	if (!block) {
		if (bytes > PTRDIFF_MAX - sizeof(*block))
			return NULL;
		block = own_malloc(sizeof(*block) + bytes);
		if (!block)
			return NULL;
		block->arena = ARENA_NONE;
	}
	block->bytes = bytes;
	block->ordinal = sim->allocations;
	block->origin = sim__origin(sim);
	fm_list_push_back(&sim->blocks, &block->link);
	sim->live_bytes += bytes;
	memset(block + 1, fill_of(sim, 0xa5), bytes);
	return block + 1;
}

void sim__free(struct fm_sim *sim, void *memory, size_t bytes)
{
	struct block *block = (struct block *)memory - 1;

	if (!memory)
		return;
	if (block->bytes != bytes)
		fm_contract_broken(NULL, "memory given back with another size than it was taken with");
	fm_list_unlink(&block->link);
	sim->live_bytes -= bytes;
	memset(memory, fill_of(sim, 0x5a), bytes);
	if (block->arena == ARENA_NONE)
		free(block);
	else
		fm_list_push_back(&pool.free[class_of(bytes)], &block->link);
}

const struct fm_await_site *sim__memory_describe(struct fm_sim *sim, struct sim_text *text)
{
	const struct fm_await_site *behind = NULL;
	unsigned shown = 0;

	FM_LIST_FOR_EACH(link, &sim->blocks)
	{
		const struct block *block = FM_CONTAINER_OF(link, struct block, link);

		if (!behind)
			behind = block->origin.site;
		if (++shown > 8) {
			sim__text(text, "  ... and more\n");
			break;
		}
		sim__text(text, "  %zu bytes, allocation %llu, ", block->bytes, (unsigned long long)block->ordinal);
		sim__tell_origin(text, &block->origin);
		sim__text(text, "\n");
	}
	return behind;
}
