/* Probes and what the runs made of them: which were never hit, and which of those anybody may be blamed for. */
#ifndef REPORTS_PROBES_H
#define REPORTS_PROBES_H

#include <fm_sim/probes.h>

#include <stdio.h>

struct report_probe {
	struct fm_sim_probe probe;
	struct fm_sim_probe_count count;
	bool took_part; /* its file did: a probe of it was looked at, or an await of it was reached */
};

/* A sometimes or a reachable of a file that took part, and never hit. */
bool report_probe_missed(const struct report_probe *probe);
size_t report_probes_missed(const struct report_probe *probes, size_t count);

/* A line for each that was missed, and a line of sums. */
void report_probes_text(FILE *out, const struct report_probe *probes, size_t count);

/* A line of JSON for each. */
void report_probes_json(FILE *out, const struct report_probe *probes, size_t count);

#endif
