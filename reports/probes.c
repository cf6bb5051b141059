/*
 * A probe counts against the runs only where its file took part: a suite links many programs, and runs of the one say
 * nothing about the other.
 */
#include "probes.h"
#include "json_write.h"

#include <inttypes.h>

bool report_probe_missed(const struct report_probe *probe)
{
	return probe->probe.kind != FM_PROBE_ALWAYS && probe->took_part && probe->count.hits == 0;
}

size_t report_probes_missed(const struct report_probe *probes, size_t count)
{
	size_t missed = 0;

	for (size_t i = 0; i < count; i++)
		missed += report_probe_missed(&probes[i]);
	return missed;
}

void report_probes_text(FILE *out, const struct report_probe *probes, size_t count)
{
	size_t hit = 0, never = 0, absent = 0;

	for (size_t i = 0; i < count; i++) {
		const struct report_probe *probe = &probes[i];

		hit += probe->count.hits > 0;
		absent += probe->count.hits == 0 && !probe->took_part;
		never += probe->count.hits == 0 && probe->took_part && probe->probe.kind == FM_PROBE_ALWAYS;
		if (!report_probe_missed(probe))
			continue;
		fprintf(out, "probe never hit: %s \"%s\" at %s:%u", fm_sim_probe_kind_name(probe->probe.kind),
			probe->probe.claim, probe->probe.file, probe->probe.line);
		if (probe->count.misses)
			fprintf(out, " (looked at %" PRIu64 " times)", probe->count.misses);
		putc('\n', out);
	}
	fprintf(out, "probes: %zu hit, %zu never hit", hit, report_probes_missed(probes, count));
	if (never)
		fprintf(out, ", %zu always never looked at", never);
	if (absent)
		fprintf(out, ", %zu in files that took no part", absent);
	putc('\n', out);
}

void report_probes_json(FILE *out, const struct report_probe *probes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		report_json_open(out, "probe");
		report_json_field(out, "kind", fm_sim_probe_kind_name(probes[i].probe.kind));
		report_json_field(out, "claim", probes[i].probe.claim);
		report_json_field(out, "file", probes[i].probe.file);
		report_json_number(out, "line", probes[i].probe.line);
		report_json_number(out, "hits", probes[i].count.hits);
		report_json_number(out, "misses", probes[i].count.misses);
		report_json_flag(out, "took_part", probes[i].took_part);
		report_json_close(out);
	}
}
