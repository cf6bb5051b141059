/*
 * Merging adds up runs and probes; a verdict is as bad as the worst shard's. A shard that ends without its last line was
 * killed or cut, and makes the whole incomplete.
 */
#include "merged.h"
#include "json_read.h"

#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "no memory";

static bool grow(void **items, size_t count, size_t *capacity, size_t bytes)
{
	const size_t wanted = *capacity ? *capacity * 2 : 64;
	void *bigger;

	if (count < *capacity)
		return true;
	bigger = realloc(*items, wanted * bytes);
	if (!bigger)
		return false;
	*items = bigger;
	*capacity = wanted;
	return true;
}

static char *copy(const char *text)
{
	return text ? strdup(text) : NULL;
}

static struct report_merged_scenario *scenario_of(struct report_merged *merged, const char *name)
{
	struct report_merged_scenario *scenario;

	for (size_t i = 0; i < merged->count; i++)
		if (strcmp(merged->scenarios[i].name, name) == 0)
			return &merged->scenarios[i];
	if (!grow((void **)&merged->scenarios, merged->count, &merged->capacity, sizeof(*scenario)))
		return NULL;
	scenario = &merged->scenarios[merged->count];
	*scenario = (struct report_merged_scenario){ .name = strdup(name) };
	merged->count += scenario->name != NULL;
	return scenario->name ? scenario : NULL;
}

static void forget_failure(struct report_merged_scenario *scenario)
{
	free(scenario->program);
	free(scenario->token);
	free(scenario->oracle);
	free(scenario->cause);
	free(scenario->file);
}

/* The first failure is told; a difference only while there is no failure. */
static void take_failure(struct report_merged_scenario *scenario, enum report_verdict verdict,
			 const struct report_json *object, const char *program)
{
	if ((verdict != REPORT_FAILED && verdict != REPORT_UNDETERMINED) || scenario->told == REPORT_FAILED ||
	    scenario->told == verdict)
		return;
	forget_failure(scenario);
	scenario->told = verdict;
	scenario->program = copy(program);
	scenario->token = copy(report_json_string_of(object, "token"));
	scenario->oracle = copy(report_json_string_of(object, "oracle"));
	scenario->cause = copy(report_json_string_of(object, verdict == REPORT_FAILED ? "cause" : "kind"));
	scenario->file = copy(report_json_string_of(object, "file"));
	if (!report_json_number_of(object, "line", &scenario->line))
		scenario->line = 0;
}

static const char *take_result(struct report_merged *merged, const struct report_json *object)
{
	const char *name = report_json_string_of(object, "name");
	const char *said = report_json_string_of(object, "verdict");
	uint64_t runs, rechecked, polls, virtual_ns, busy_ns;
	struct report_merged_scenario *scenario;
	unsigned verdict = 0;

	while (said && verdict <= REPORT_NOT_RUN && strcmp(report_verdict_name(verdict), said) != 0)
		verdict++;
	if (!name || !said || verdict > REPORT_NOT_RUN || !report_json_number_of(object, "runs", &runs) ||
	    !report_json_number_of(object, "rechecked", &rechecked) ||
	    !report_json_number_of(object, "polls", &polls) ||
	    !report_json_number_of(object, "virtual_ns", &virtual_ns) ||
	    !report_json_number_of(object, "busy_ns", &busy_ns))
		return "a result without its name, verdict or counts";
	scenario = scenario_of(merged, name);
	if (!scenario)
		return no_memory;
	if (!scenario->claim)
		scenario->claim = copy(report_json_string_of(object, "claim"));
	scenario->verdicts[verdict]++;
	scenario->runs += runs;
	scenario->rechecked += rechecked;
	scenario->polls += polls;
	scenario->virtual_ns = fm_ns_add(scenario->virtual_ns, virtual_ns);
	scenario->busy_ns = fm_ns_add(scenario->busy_ns, busy_ns);
	take_failure(scenario, verdict, object, merged->program);
	return NULL;
}

static bool same_probe(const struct fm_sim_probe *a, const struct fm_sim_probe *b)
{
	return a->line == b->line && a->kind == b->kind && strcmp(a->file, b->file) == 0 &&
	       strcmp(a->claim, b->claim) == 0;
}

static struct report_probe *probe_of(struct report_merged *merged, const struct fm_sim_probe *wanted)
{
	struct report_probe *probe;

	for (size_t i = 0; i < merged->probes_count; i++)
		if (same_probe(&merged->probes[i].probe, wanted))
			return &merged->probes[i];
	if (!grow((void **)&merged->probes, merged->probes_count, &merged->probes_capacity, sizeof(*probe)))
		return NULL;
	probe = &merged->probes[merged->probes_count];
	*probe = (struct report_probe){ .probe = *wanted };
	probe->probe.file = strdup(wanted->file);
	probe->probe.claim = strdup(wanted->claim);
	merged->probes_count++;
	return probe->probe.file && probe->probe.claim ? probe : NULL;
}

static const char *take_probe(struct report_merged *merged, const struct report_json *object)
{
	struct fm_sim_probe wanted = { report_json_string_of(object, "file"),
				       report_json_string_of(object, "claim"), 0, 0 };
	const char *kind = report_json_string_of(object, "kind");
	struct report_probe *probe;
	uint64_t line, hits, misses;
	unsigned number = 0;

	while (kind && fm_sim_probe_kind_name(number) && strcmp(fm_sim_probe_kind_name(number), kind) != 0)
		number++;
	if (!kind || !fm_sim_probe_kind_name(number) || !wanted.file || !wanted.claim ||
	    !report_json_number_of(object, "line", &line) || !report_json_number_of(object, "hits", &hits) ||
	    !report_json_number_of(object, "misses", &misses))
		return "a probe without its kind, claim, place or counts";
	wanted.line = (uint32_t)line;
	wanted.kind = (enum fm_probe_kind)number;
	probe = probe_of(merged, &wanted);
	if (!probe)
		return no_memory;
	probe->count.hits += hits;
	probe->count.misses += misses;
	probe->took_part = probe->took_part || report_json_flag_of(object, "took_part");
	return NULL;
}

const char *report_merged_line(struct report_merged *merged, char *line)
{
	struct report_json object;
	const char *fault = report_json_parse(&object, line);
	const char *type = fault ? NULL : report_json_string_of(&object, "type");

	if (fault)
		return fault;
	if (strcmp(type, "start") == 0) {
		report_merged_end(merged);
		merged->program = copy(report_json_string_of(&object, "program"));
		merged->begun = true;
		merged->shards++;
	} else if (!merged->begun) {
		return "it does not begin as results do (run --json)";
	} else if (strcmp(type, "result") == 0) {
		return take_result(merged, &object);
	} else if (strcmp(type, "probe") == 0) {
		return take_probe(merged, &object);
	} else if (strcmp(type, "end") == 0) {
		merged->begun = false;
	}
	return NULL;
}

void report_merged_end(struct report_merged *merged)
{
	merged->unended += merged->begun;
	merged->begun = false;
	free(merged->program);
	merged->program = NULL;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct report_merged_scenario *)a)->name,
		      ((const struct report_merged_scenario *)b)->name);
}

static int by_place(const void *a, const void *b)
{
	const struct fm_sim_probe *x = &((const struct report_probe *)a)->probe;
	const struct fm_sim_probe *y = &((const struct report_probe *)b)->probe;
	const int file = strcmp(x->file, y->file);

	if (file)
		return file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->claim, y->claim);
}

void report_merged_sort(struct report_merged *merged)
{
	if (merged->count)
		qsort(merged->scenarios, merged->count, sizeof(*merged->scenarios), by_name);
	if (merged->probes_count)
		qsort(merged->probes, merged->probes_count, sizeof(*merged->probes), by_place);
}

void report_merged_free(struct report_merged *merged)
{
	for (size_t i = 0; i < merged->count; i++) {
		forget_failure(&merged->scenarios[i]);
		free(merged->scenarios[i].name);
		free(merged->scenarios[i].claim);
	}
	for (size_t i = 0; i < merged->probes_count; i++) {
		free((char *)merged->probes[i].probe.file);
		free((char *)merged->probes[i].probe.claim);
	}
	free(merged->scenarios);
	free(merged->probes);
	free(merged->program);
	*merged = (struct report_merged){ 0 };
}

enum report_verdict report_merged_verdict(const struct report_merged_scenario *scenario)
{
	static const enum report_verdict worst_first[] = { REPORT_FAILED, REPORT_UNDETERMINED,
							   REPORT_INCOMPLETE };

	for (size_t i = 0; i < FM_COUNT_OF(worst_first); i++)
		if (scenario->verdicts[worst_first[i]])
			return worst_first[i];
	if (!scenario->verdicts[REPORT_PASSED])
		return REPORT_NOT_RUN;
	return scenario->verdicts[REPORT_NOT_RUN] ? REPORT_INCOMPLETE : REPORT_PASSED;
}

size_t report_merged_count(const struct report_merged *merged, enum report_verdict verdict)
{
	size_t count = 0;

	for (size_t i = 0; i < merged->count; i++)
		count += report_merged_verdict(&merged->scenarios[i]) == verdict;
	return count;
}
