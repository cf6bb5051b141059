/* The results of several shards (`run --json`), merged: what `report` tells. */
#ifndef REPORTS_MERGED_H
#define REPORTS_MERGED_H

#include "probes.h"
#include "result.h"

/* One scenario, over all shards. Strings are from malloc; NULL: there is none. */
struct report_merged_scenario {
	char *name;
	char *claim;
	uint64_t verdicts[REPORT_NOT_RUN + 1]; /* shards that said so */
	uint64_t runs;
	uint64_t rechecked;
	uint64_t polls;
	fm_ns virtual_ns;
	fm_ns busy_ns;
	/* Of the first shard that had a failure, or else a difference. */
	enum report_verdict told; /* which of the two; REPORT_PASSED: neither */
	char *program;
	char *token;
	char *oracle;
	char *cause;
	char *file;
	uint64_t line;
};

/* Zeroed, it is empty. */
struct report_merged {
	struct report_merged_scenario *scenarios; /* by name, once all is read */
	size_t count;
	size_t capacity;
	struct report_probe *probes;
	size_t probes_count;
	size_t probes_capacity;
	size_t shards;
	size_t unended; /* of them without their last line */
	bool begun;     /* a shard without its last line, so far */
	char *program;  /* of the shard being read */
};

/*
 * report_merged_line -- add what a line of a shard says; `line` is taken apart. report_merged_end: behind the last line
 * of each; report_merged_sort: behind the last shard.
 * Errors: a sentence; NULL: none.
 */
const char *report_merged_line(struct report_merged *merged, char *line);
void report_merged_end(struct report_merged *merged);
void report_merged_sort(struct report_merged *merged);
void report_merged_free(struct report_merged *merged);

/* Failed where any shard failed; incomplete where one did not run what another ran. */
enum report_verdict report_merged_verdict(const struct report_merged_scenario *scenario);
size_t report_merged_count(const struct report_merged *merged, enum report_verdict verdict);

void report_merged_text(FILE *out, const struct report_merged *merged);
void report_merged_html(FILE *out, const struct report_merged *merged);

#endif
