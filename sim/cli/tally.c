/*
 * Workers add to the counts as they go, with relaxed atomic operations: what one of them counted before it was killed
 * is not lost. Reruns in fresh processes, which check what is known already, are not counted.
 */
#include "tally.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

bool tally_open(struct tally *tally)
{
	const struct fm_sim_site *sites;
	const struct fm_sim_probe *probes;
	const size_t sites_bytes = fm_sim_sites(&sites) * sizeof(*tally->coverage);
	const size_t probes_bytes = fm_sim_probes(&probes) * sizeof(*tally->probes);

	*tally = (struct tally){ .every = 1, .bytes = sites_bytes + probes_bytes + 1 };
	tally->memory = mmap(NULL, tally->bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally->memory == MAP_FAILED) {
		tally->memory = NULL;
		return false;
	}
	tally->coverage = tally->memory;
	tally->probes = (void *)((char *)tally->memory + sites_bytes);
	return true;
}

void tally_close(struct tally *tally)
{
	if (tally->memory)
		munmap(tally->memory, tally->bytes);
	*tally = (struct tally){ .memory = NULL };
}

bool tally_counts(const struct tally *tally, uint64_t n)
{
	const uint64_t mixed = n * 0x9e3779b97f4a7c15u;

	return n < 2 * TALLY_EVERY || (mixed ^ mixed >> 32) % tally->every == 0;
}

static bool is_reached(const struct fm_sim_coverage *site)
{
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		if (site->counts[kind])
			return true;
	return false;
}

void tally_reached(const struct tally *tally, size_t *reached, size_t *in)
{
	const struct fm_sim_site *sites;
	const size_t count = fm_sim_sites(&sites);
	size_t end;

	*reached = *in = 0;
	for (size_t i = 0; i < count; i = end) {
		size_t of_file = 0;

		for (end = i; end < count && strcmp(sites[end].file, sites[i].file) == 0; end++)
			of_file += is_reached(&tally->coverage[end]);
		*reached += of_file;
		*in += of_file ? end - i : 0;
	}
}

bool tally_has_probes(void)
{
	const struct fm_sim_probe *probes;
	const size_t count = fm_sim_probes(&probes);

	for (size_t i = 0; i < count; i++)
		if (probes[i].kind != FM_PROBE_ALWAYS)
			return true;
	return false;
}

bool tally_coverage(const struct tally *tally, struct report_coverage *coverage)
{
	const struct fm_sim_site *sites;
	const size_t count = fm_sim_sites(&sites);

	for (size_t i = 0; i < count; i++)
		if (!report_coverage_add(coverage, &sites[i], tally->coverage[i].counts))
			return false;
	return true;
}

static bool took_part(const struct tally *tally, const struct fm_sim_probe *probes, size_t count,
		      const char *file)
{
	for (size_t i = 0; i < count; i++)
		if (tally->probes[i].hits + tally->probes[i].misses > 0 && strcmp(probes[i].file, file) == 0)
			return true;
	return fm_sim_file_reached(tally->coverage, file);
}

struct report_probe *tally_probes(const struct tally *tally, size_t *count)
{
	const struct fm_sim_probe *probes;
	struct report_probe *report;

	*count = fm_sim_probes(&probes);
	report = calloc(*count + 1, sizeof(*report));
	for (size_t i = 0; report && i < *count; i++)
		report[i] = (struct report_probe){ probes[i], tally->probes[i],
						   took_part(tally, probes, *count, probes[i].file) };
	return report;
}
