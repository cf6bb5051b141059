/*
 * Why an await was never reached. Each reason is what runs have shown: it was awaited and never had to wait; only a fault
 * brings a run there that the scenario does not allow; or runs turned off at an await before it.
 */
#include "sweep_why.h"

#include "../fault/fault.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define FAULT_SEEDS 16

static size_t coverage_bytes(void)
{
	const struct fm_sim_site *sites;

	return (fm_sim_sites(&sites) + 1) * sizeof(struct fm_sim_coverage);
}

struct fm_sim_coverage *sweep_coverage_open(void)
{
	void *memory = mmap(NULL, coverage_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void sweep_coverage_close(struct fm_sim_coverage *coverage)
{
	if (coverage)
		munmap(coverage, coverage_bytes());
}

static uint64_t times_reached(const struct fm_sim_coverage *coverage, size_t site)
{
	uint64_t times = 0;

	for (unsigned kind = 0; kind <= FM_SIM_COVER_CANCELLED; kind++)
		times += coverage[site].counts[kind];
	return times;
}

struct trial {
	struct fm_sim_scenario scenario; /* with a fault more */
	struct fm_sim_coverage *coverage;
	uint64_t seed;
};

static void run_trial(void *arg)
{
	static struct fm_sim_result result;
	struct trial *trial = arg;
	const struct fm_sim_options options = {
		.seed = trial->seed,
		.no_claims = true,
		.coverage = trial->coverage,
	};

	fm_sim_run(&trial->scenario, &options, &result);
}

static bool open_question(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage,
			  const struct sweep_why *whys, size_t site)
{
	return verdicts->rows[site].worst == VERDICT_NEVER && whys[site].text[0] == '\0' &&
	       times_reached(coverage, site) == 0 && verdicts_tell_file(verdicts, verdicts->sites[site].file);
}

static bool any_open(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage,
		     const struct sweep_why *whys)
{
	for (size_t i = 0; i < verdicts->sites_count; i++)
		if (open_question(verdicts, coverage, whys, i))
			return true;
	return false;
}

/* All faults that the same flags allow: "abort/interrupt". */
static void name_faults(uint32_t allowed_by, char *names, size_t bytes)
{
	size_t length = 0;

	for (unsigned kind = 0; kind < SIM_FAULTS && length < bytes; kind++)
		if (sim__fault(kind)->allowed_by == allowed_by)
			length += (size_t)snprintf(names + length, bytes - length, "%s%s", length ? "/" : "",
						   sim__fault(kind)->name);
}

static void try_faults(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage,
		       const struct fm_sim_scenario *scenario, uint32_t allowed_by, struct sweep_why *whys)
{
	char names[64];
	struct trial trial = { *scenario, sweep_coverage_open(), 0 };

	if (!trial.coverage)
		return;
	trial.scenario.faults |= allowed_by;
	name_faults(allowed_by, names, sizeof(names));
	for (trial.seed = 1; trial.seed <= FAULT_SEEDS; trial.seed++)
		sweep_child(run_trial, &trial);
	for (size_t i = 0; i < verdicts->sites_count; i++)
		if (open_question(verdicts, coverage, whys, i) && times_reached(trial.coverage, i))
			snprintf(whys[i].text, sizeof(whys[i].text), "only with the fault %s, which %s does not allow",
				 names, scenario->name);
	sweep_coverage_close(trial.coverage);
}

/* The reached await of the same file next before the site, or else next behind it; itself: there is none. */
static size_t neighbour_of(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage, size_t site)
{
	const char *file = verdicts->sites[site].file;

	for (size_t i = site; i-- > 0 && strcmp(verdicts->sites[i].file, file) == 0;)
		if (times_reached(coverage, i))
			return i;
	for (size_t i = site + 1; i < verdicts->sites_count && strcmp(verdicts->sites[i].file, file) == 0; i++)
		if (times_reached(coverage, i))
			return i;
	return site;
}

static void say_why(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage, size_t site,
		    struct sweep_why *why)
{
	const uint64_t times = times_reached(coverage, site);
	size_t neighbour;

	if (times && times == coverage[site].counts[FM_SIM_COVER_READY])
		snprintf(why->text, sizeof(why->text), "awaited %llu times, and ready at once each time",
			 (unsigned long long)times);
	else if (times)
		snprintf(why->text, sizeof(why->text),
			 "awaited %llu times, never at a point that was tried",
			 (unsigned long long)times);
	if (why->text[0])
		return;
	neighbour = neighbour_of(verdicts, coverage, site);
	if (neighbour == site)
		snprintf(why->text, sizeof(why->text), "no run came to any await of its file");
	else
		snprintf(why->text, sizeof(why->text),
			 "runs came %llu times to the await of line %u %s it, and none to here",
			 (unsigned long long)times_reached(coverage, neighbour), verdicts->sites[neighbour].line,
			 neighbour < site ? "before" : "behind");
}

void sweep_why(const struct verdicts *verdicts, const struct fm_sim_coverage *coverage,
	       const struct fm_sim_scenario *const *scenarios, size_t count, struct sweep_why *whys)
{
	for (size_t i = 0; i < count; i++) {
		uint32_t tried = 0;

		for (unsigned kind = 0; kind < SIM_FAULTS && any_open(verdicts, coverage, whys); kind++) {
			const uint32_t allowed_by = sim__fault(kind)->allowed_by;

			if ((allowed_by & ~scenarios[i]->faults & ~tried) == 0)
				continue;
			tried |= allowed_by;
			try_faults(verdicts, coverage, scenarios[i], allowed_by, whys);
		}
	}
	for (size_t i = 0; i < verdicts->sites_count; i++)
		if (verdicts->rows[i].worst == VERDICT_NEVER && verdicts_tell_file(verdicts, verdicts->sites[i].file))
			say_why(verdicts, coverage, i, &whys[i]);
}
