/*
 * Coverage files hold every site, also those never reached: any one of them has the denominator. Merging adds what has the same
 * file, line, ordinal and text; so files of two states of the sources do not add up, but stand beside each other.
 */
#include "coverage.h"
#include "json_read.h"
#include "json_write.h"

#include <stdlib.h>
#include <string.h>

static const char no_memory[] = "no memory";

static bool grow(struct report_coverage *coverage)
{
	const size_t capacity = coverage->capacity ? coverage->capacity * 2 : 256;
	struct report_site *bigger;

	if (coverage->count < coverage->capacity)
		return true;
	bigger = realloc(coverage->sites, capacity * sizeof(*bigger));
	if (!bigger)
		return false;
	coverage->sites = bigger;
	coverage->capacity = capacity;
	return true;
}

static void forget(struct report_site *site)
{
	free(site->file);
	free(site->what);
}

bool report_coverage_add(struct report_coverage *coverage, const struct fm_sim_site *site,
			 const uint64_t *counts)
{
	struct report_site copy = {
		strdup(site->file), strdup(site->what), site->line, site->ordinal, { 0 }
	};

	if (!copy.file || !copy.what || !grow(coverage)) {
		forget(&copy);
		return false;
	}
	memcpy(copy.counts, counts, sizeof(copy.counts));
	coverage->sites[coverage->count++] = copy;
	return true;
}

static int by_place(const void *a, const void *b)
{
	const struct report_site *x = a, *y = b;
	const int file = strcmp(x->file, y->file);

	if (file)
		return file;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->ordinal != y->ordinal)
		return x->ordinal < y->ordinal ? -1 : 1;
	return strcmp(x->what, y->what);
}

void report_coverage_merge(struct report_coverage *coverage)
{
	size_t kept = 0;

	if (coverage->count)
		qsort(coverage->sites, coverage->count, sizeof(*coverage->sites), by_place);
	for (size_t i = 0; i < coverage->count; i++) {
		struct report_site *site = &coverage->sites[i];

		if (kept == 0 || by_place(&coverage->sites[kept - 1], site) != 0) {
			coverage->sites[kept++] = *site;
			continue;
		}
		for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
			coverage->sites[kept - 1].counts[kind] += site->counts[kind];
		forget(site);
	}
	coverage->count = kept;
}

void report_coverage_free(struct report_coverage *coverage)
{
	for (size_t i = 0; i < coverage->count; i++)
		forget(&coverage->sites[i]);
	free(coverage->sites);
	*coverage = (struct report_coverage){ 0 };
}

static const char *take_site(struct report_coverage *coverage, const struct report_json *object)
{
	struct fm_sim_site site = { report_json_string_of(object, "file"),
				    report_json_string_of(object, "what"), 0, 0 };
	uint64_t counts[FM_SIM_COVERS] = { 0 }, line, ordinal;

	if (!site.file || !site.what || !report_json_number_of(object, "line", &line) ||
	    !report_json_number_of(object, "ordinal", &ordinal))
		return "a site without \"file\", \"line\", \"ordinal\" or \"what\"";
	site.line = (uint32_t)line;
	site.ordinal = (uint32_t)ordinal;
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		if (!report_json_number_of(object, fm_sim_cover_name(kind), &counts[kind]))
			return "a site without one of its counts";
	return report_coverage_add(coverage, &site, counts) ? NULL : no_memory;
}

const char *report_coverage_line(struct report_coverage *coverage, char *line)
{
	struct report_json object;
	const char *fault = report_json_parse(&object, line);
	const char *type = fault ? NULL : report_json_string_of(&object, "type");
	uint64_t runs;

	if (fault)
		return fault;
	if (strcmp(type, "site") == 0)
		return take_site(coverage, &object);
	if (strcmp(type, "coverage") == 0 && report_json_number_of(&object, "runs", &runs))
		coverage->runs += runs;
	else if (strcmp(type, "start") == 0 || strcmp(type, "result") == 0)
		return "it holds results (run --json), no coverage (run --coverage)";
	return NULL;
}

bool report_site_reached(const struct report_site *site)
{
	for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
		if (site->counts[kind])
			return true;
	return false;
}

size_t report_coverage_file_end(const struct report_coverage *coverage, size_t from)
{
	size_t end = from;

	while (end < coverage->count && strcmp(coverage->sites[end].file, coverage->sites[from].file) == 0)
		end++;
	return end;
}

struct report_coverage_sums report_coverage_sum(const struct report_coverage *coverage, size_t from,
						size_t to)
{
	struct report_coverage_sums sums = { .sites = to - from };

	for (size_t i = from; i < to; i++) {
		sums.reached += report_site_reached(&coverage->sites[i]);
		for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
			sums.kinds[kind] += coverage->sites[i].counts[kind] > 0;
	}
	return sums;
}

const char *report_cover_title(unsigned kind)
{
	static const char *const titles[] = { "ready at once",
					      "pending, then ready",
					      "cancelled there",
					      "woken for no reason",
					      "timed out",
					      "lagged",
					      "error" };

	return kind < FM_SIM_COVERS ? titles[kind] : "";
}

void report_coverage_json(FILE *out, const struct report_coverage *coverage)
{
	const struct report_coverage_sums sums = report_coverage_sum(coverage, 0, coverage->count);

	report_json_open(out, "coverage");
	report_json_number(out, "runs", coverage->runs);
	report_json_number(out, "sites", sums.sites);
	report_json_number(out, "reached", sums.reached);
	report_json_close(out);
	for (size_t i = 0; i < coverage->count; i++) {
		const struct report_site *site = &coverage->sites[i];

		report_json_open(out, "site");
		report_json_field(out, "file", site->file);
		report_json_number(out, "line", site->line);
		report_json_number(out, "ordinal", site->ordinal);
		report_json_field(out, "what", site->what);
		for (unsigned kind = 0; kind < FM_SIM_COVERS; kind++)
			report_json_number(out, fm_sim_cover_name(kind), site->counts[kind]);
		report_json_close(out);
	}
}
