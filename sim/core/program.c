/*
 * A stretch of address space, split in arenas; which arena a piece lies in, which of the free pieces is used again and what
 * it holds depend on the salt, as in memory.c. So a program that orders by address or reads what it did not write is found
 * out; what it never frees is a leak. The price: 32 bytes a piece and filling it, and only one thread at a time runs so.
 * Nothing is ever unmapped: a piece that something kept beyond its run is stale, and still readable.
 */
#include "program.h"

#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#define ARENAS 4
#define ARENA_BYTES ((size_t)1 << 32)
#define SMALL_BYTES 1024 /* up to here classes are 16 bytes apart, beyond they double */
#define SMALL_CLASSES (SMALL_BYTES / 16)
#define CLASSES (SMALL_CLASSES + 20)
#define BYTES_MAX ((size_t)SMALL_BYTES << 19)
#define FILLED_BYTES ((size_t)65536) /* of a large piece only the beginning */
#define DIRTY_BYTES ((size_t)64 << 20) /* more than this goes back to the kernel after a run */

enum { PIECE_LIVE = 0x4c49, PIECE_FREE = 0x4652 };

/* In front of each piece. */
struct piece {
	struct fm_list link; /* live ones, or free ones of its class */
	size_t bytes;        /* as asked for */
	struct sim_origin origin; /* of who asked */
	uint16_t class;
	uint16_t state;
};

_Static_assert(sizeof(struct piece) == 48, "pieces are aligned to 16 bytes");

unsigned long sim__interposed_calls;

static char *region; /* NULL: not yet, or there is none */
static struct fm_sim *_Atomic owner; /* the run that it is lent to */
static size_t used[ARENAS];
static struct fm_list live;
static struct fm_list spare[CLASSES];
static uint64_t given; /* pieces in this run */

static bool map(void)
{
	static bool tried;
	void *at;

	if (!tried) {
		at = mmap(NULL, ARENAS * ARENA_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
			  -1, 0);
		region = at == MAP_FAILED ? NULL : at;
	}
	tried = true;
	return region != NULL;
}

void sim__program_open(struct fm_sim *sim)
{
	struct fm_sim *nobody = NULL;

	if (!sim__interposed_calls || !atomic_compare_exchange_strong(&owner, &nobody, sim))
		return;
	if (!map()) {
		atomic_store(&owner, NULL);
		return;
	}
	given = 0;
	fm_list_init(&live);
	for (unsigned i = 0; i < CLASSES; i++)
		fm_list_init(&spare[i]);
	for (unsigned i = 0; i < ARENAS; i++)
		used[i] = 0;
}

void sim__program_close(struct fm_sim *sim)
{
	if (atomic_load(&owner) != sim)
		return;
	for (unsigned i = 0; i < ARENAS; i++)
		if (used[i] > DIRTY_BYTES)
			madvise(region + i * ARENA_BYTES, used[i], MADV_DONTNEED);
	atomic_store(&owner, NULL);
}

bool sim__program_runs(void)
{
	return sim__here && !sim__own_depth && atomic_load_explicit(&owner, memory_order_relaxed) == sim__here &&
	       fm_task_current();
}

bool sim__program_owns(const void *memory)
{
	return region && (size_t)((const char *)memory - region) < ARENAS * ARENA_BYTES;
}

static unsigned class_of(size_t bytes)
{
	unsigned class = SMALL_CLASSES;

	if (bytes <= SMALL_BYTES)
		return bytes ? (unsigned)((bytes - 1) / 16) : 0;
	while ((size_t)SMALL_BYTES << (class - SMALL_CLASSES + 1) < bytes)
		class++;
	return class;
}

static size_t class_bytes(unsigned class)
{
	return class < SMALL_CLASSES ? (class + 1) * (size_t)16 :
				       (size_t)SMALL_BYTES << (class - SMALL_CLASSES + 1);
}

static void fill(void *memory, size_t bytes, unsigned char base, uint64_t salt)
{
	memset(memory, base ^ (unsigned char)sim__mix(salt), bytes < FILLED_BYTES ? bytes : FILLED_BYTES);
}

/* From the free pieces of its size: the newest or the oldest, as the salt has it. NULL: there is none. */
static struct piece *reuse(unsigned class, uint64_t salt)
{
	struct fm_list *head = &spare[class];
	struct fm_list *link = (salt & 1) ? head->next : head->prev;

	if (fm_list_empty(head))
		return NULL;
	fm_list_unlink(link);
	return FM_CONTAINER_OF(link, struct piece, link);
}

static struct piece *carve(unsigned class, uint64_t salt)
{
	const size_t whole = sizeof(struct piece) + class_bytes(class);
	const size_t arena = (size_t)(sim__mix(salt * 3 + given) % ARENAS);
	struct piece *piece;

	if (ARENA_BYTES - used[arena] < whole)
		return NULL;
	piece = (struct piece *)(region + arena * ARENA_BYTES + used[arena]);
	used[arena] += whole;
	return piece;
}

void *sim__program_alloc(size_t bytes)
{
	const uint64_t salt = sim__here->options->salt;
	struct piece *piece;
	unsigned class;

	if (bytes > BYTES_MAX)
		return NULL;
	class = class_of(bytes);
	given++;
	piece = reuse(class, salt);
	if (!piece)
		piece = carve(class, salt);
	if (!piece)
		return NULL;
	piece->bytes = bytes;
	piece->origin = sim__origin(sim__here);
	piece->class = (uint16_t)class;
	piece->state = PIECE_LIVE;
	fm_list_push_back(&live, &piece->link);
	fill(piece + 1, bytes, 0xc3, salt);
	return piece + 1;
}

void sim__program_free(void *memory)
{
	struct piece *piece = (struct piece *)memory - 1;
	struct fm_sim *sim = atomic_load_explicit(&owner, memory_order_relaxed);

	if (!sim || sim != sim__here)
		return;
	if (((uintptr_t)memory & 15) || (piece->state != PIECE_LIVE && piece->state != PIECE_FREE))
		fm_contract_broken(NULL, "free() of a pointer that malloc() did not give");
	if (piece->state == PIECE_FREE)
		fm_contract_broken(NULL, "free() of memory that was freed already");
	fill(memory, piece->bytes, 0x3c, sim->options->salt);
	piece->state = PIECE_FREE;
	fm_list_unlink(&piece->link);
	fm_list_push_back(&spare[piece->class], &piece->link);
}

size_t sim__program_bytes(const void *memory)
{
	return ((const struct piece *)memory - 1)->bytes;
}

size_t sim__program_left(struct fm_sim *sim, struct sim_text *text, const struct fm_await_site **behind)
{
	size_t bytes = 0;
	unsigned shown = 0;

	if (atomic_load(&owner) != sim)
		return 0;
	FM_LIST_FOR_EACH(link, &live)
	{
		const struct piece *piece = FM_CONTAINER_OF(link, struct piece, link);

		bytes += piece->bytes;
		if (!*behind)
			*behind = piece->origin.site;
		if (++shown >= 8)
			continue;
		sim__text(text, "  %zu bytes of malloc, ", piece->bytes);
		sim__tell_origin(text, &piece->origin);
		sim__text(text, "\n");
	}
	return bytes;
}
