/*
 * fm_sim/probes.h -- the probes of fm/probe.h, gathered: what was hit in the runs so far, and what never was.
 */
#ifndef FM_SIM_PROBES_H
#define FM_SIM_PROBES_H

#include <fm/probe.h>

struct fm_sim_probe {
	const char *file;
	const char *claim;
	uint32_t line;
	enum fm_probe_kind kind;
};

struct fm_sim_probe_count {
	uint64_t hits;
	uint64_t misses;
};

/* "always", "sometimes", "reachable"; NULL: no such number. */
const char *fm_sim_probe_kind_name(unsigned kind);

/*
 * fm_sim_probes -- all probes linked in, sorted by file, line, kind, claim. Gives how many; *probes belongs to the library.
 * The first call is not for two threads at once.
 */
size_t fm_sim_probes(const struct fm_sim_probe **probes);

/*
 * fm_sim_probes_take -- move what the probes have counted since it was last taken into `counts`, one record a probe in
 * the order of fm_sim_probes; NULL: forget it. Adds with relaxed atomic operations.
 */
void fm_sim_probes_take(struct fm_sim_probe_count *counts);

#endif
