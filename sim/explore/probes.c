/*
 * Probes, sorted and without doubles. Their counters belong to the program and know nothing of runs: whoever wants to know
 * what a run hit takes what they hold before it and after it.
 */
#include "../core/internal.h"

#include <fm_sim/probes.h>

#include <stdlib.h>
#include <string.h>

static struct fm_sim_probe *probes;
static size_t probes_count;
static struct fm_probe **linked; /* sorted */
static size_t linked_count;
static size_t *numbers; /* of linked[] in probes */

const char *fm_sim_probe_kind_name(unsigned kind)
{
	static const char *const names[] = { "always", "sometimes", "reachable" };

	return kind < FM_COUNT_OF(names) ? names[kind] : NULL;
}

static int by_place(const void *a, const void *b)
{
	const struct fm_probe *x = *(struct fm_probe *const *)a;
	const struct fm_probe *y = *(struct fm_probe *const *)b;
	const int file = strcmp(x->file, y->file);

	if (file)
		return file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return strcmp(x->claim, y->claim);
}

static void gather(void)
{
	linked_count = (size_t)(__stop_fm_probes - __start_fm_probes);
	linked = sim__own_alloc((linked_count + 1) * sizeof(struct fm_probe *));
	numbers = sim__own_alloc((linked_count + 1) * sizeof(*numbers));
	probes = sim__own_alloc((linked_count + 1) * sizeof(*probes));
	for (size_t i = 0; i < linked_count; i++)
		linked[i] = __start_fm_probes[i];
	qsort(linked, linked_count, sizeof(struct fm_probe *), by_place);
	for (size_t i = 0; i < linked_count; i++) {
		if (i == 0 || by_place(&linked[i - 1], &linked[i]) != 0)
			probes[probes_count++] = (struct fm_sim_probe){ linked[i]->file, linked[i]->claim,
									linked[i]->line, linked[i]->kind };
		numbers[i] = probes_count - 1;
	}
}

size_t fm_sim_probes(const struct fm_sim_probe **list)
{
	if (!probes)
		gather();
	*list = probes;
	return probes_count;
}

static void move(uint64_t *from, uint64_t *to)
{
	uint64_t held;

	if (__atomic_load_n(from, __ATOMIC_RELAXED) == 0)
		return;
	held = __atomic_exchange_n(from, 0, __ATOMIC_RELAXED);
	if (to)
		__atomic_fetch_add(to, held, __ATOMIC_RELAXED);
}

void fm_sim_probes_take(struct fm_sim_probe_count *counts)
{
	const struct fm_sim_probe *unused;

	fm_sim_probes(&unused);
	for (size_t i = 0; i < linked_count; i++) {
		move(&linked[i]->hits, counts ? &counts[numbers[i]].hits : NULL);
		move(&linked[i]->misses, counts ? &counts[numbers[i]].misses : NULL);
	}
}
