/*
 * JSON lines. Every object has "v", the version of this format, and "type". Seeds and counts are numbers; hashes are
 * strings, since many readers of JSON keep only 53 bits. Bytes that are no UTF-8 become U+FFFD.
 */
#include "json.h"
#include "json_write.h"

#include <string.h>

static void tags(FILE *out, const char *text)
{
	const char *comma = "";

	fputs(",\"tags\":[", out);
	while (text && *text) {
		size_t length = strcspn(text, " ");

		if (length > 0) {
			char tag[64];

			snprintf(tag, sizeof(tag), "%.*s", (int)length, text);
			fputs(comma, out);
			report_json_text(out, tag);
			comma = ",";
		}
		text += length + (text[length] == ' ');
	}
	putc(']', out);
}

void report_json_listed(FILE *out, const struct fm_sim_scenario *scenario)
{
	report_json_open(out, "scenario");
	report_json_field(out, "name", scenario->name);
	report_json_field(out, "claim", scenario->claim);
	tags(out, scenario->tags);
	report_json_field(out, "file", scenario->file);
	report_json_close(out);
}

void report_json_start(FILE *out, const struct report_suite *suite)
{
	report_json_open(out, "start");
	report_json_field(out, "program", suite->program);
	report_json_number(out, "scenarios", suite->count);
	report_json_number(out, "seed_first", suite->seed_first);
	report_json_number(out, "seeds", suite->seeds);
	report_json_field(out, "strategy", suite->strategy);
	report_json_field(out, "faults", suite->profile);
	report_json_number(out, "jobs", suite->jobs);
	report_json_close(out);
}

static void difference(FILE *out, const struct report_difference *difference)
{
	report_json_field(out, "kind", difference->kind);
	report_json_number(out, "event", difference->event);
	report_json_field(out, "one", difference->one);
	report_json_field(out, "other", difference->other);
	report_json_hash(out, "one_hash", difference->one_hash);
	report_json_hash(out, "other_hash", difference->other_hash);
}

static void failed(FILE *out, const struct report_failure *failure)
{
	const struct fm_sim_result *result = failure->result;

	report_json_number(out, "seed", failure->seed);
	report_json_field(out, "token", failure->again);
	report_json_hash(out, "hash", result->hash);
	if (failure->difference)
		difference(out, failure->difference);
	if (result->verdict == FM_SIM_PASSED)
		return;
	report_json_field(out, "oracle", result->failure.oracle);
	report_json_field(out, "cause", result->failure.cause);
	report_json_field(out, "file", result->failure.file[0] ? result->failure.file : NULL);
	report_json_number(out, "line", result->failure.line);
	report_json_field(out, "task", result->failure.task[0] ? result->failure.task : NULL);
	report_json_field(out, "text", result->failure.text);
	report_json_field(out, "output", failure->output);
}

void report_json_scenario(FILE *out, const struct report_scenario *scenario)
{
	report_json_open(out, "result");
	report_json_field(out, "name", scenario->scenario->name);
	report_json_field(out, "claim", scenario->scenario->claim);
	report_json_field(out, "verdict", report_verdict_name(scenario->verdict));
	report_json_number(out, "runs", scenario->runs);
	report_json_number(out, "rechecked", scenario->rechecked);
	report_json_number(out, "distinct", scenario->distinct);
	report_json_number(out, "polls", scenario->steps);
	report_json_number(out, "virtual_ns", scenario->virtual_ns);
	report_json_number(out, "busy_ns", scenario->busy_ns);
	report_json_number(out, "failing_runs", scenario->failing_runs);
	report_json_number(out, "ungrouped", scenario->other_failing_runs);
	if (scenario->one_seed && scenario->verdict == REPORT_PASSED)
		report_json_hash(out, "hash", scenario->hash);
	if (scenario->verdict == REPORT_FAILED || scenario->verdict == REPORT_UNDETERMINED)
		failed(out, &scenario->failure);
	report_json_close(out);
}

static void group(FILE *out, const struct report_scenario *scenario, const struct report_group *group)
{
	const struct report_failure *failure = &group->failure;
	const struct report_shrunk *shrunk = &failure->shrunk;

	report_json_open(out, "group");
	report_json_field(out, "name", scenario->scenario->name);
	report_json_flag(out, "confirmed", !failure->difference);
	report_json_field(out, "oracle", failure->result->failure.oracle);
	report_json_field(out, "file", failure->result->failure.file[0] ? failure->result->failure.file : NULL);
	report_json_number(out, "line", failure->result->failure.line);
	report_json_field(out, "cause", failure->result->failure.cause);
	report_json_number(out, "runs", group->runs);
	report_json_number(out, "seed", failure->seed);
	report_json_field(out, "token", failure->again);
	report_json_number(out, "polls", failure->result->steps);
	report_json_hash(out, "hash", failure->result->hash);
	report_json_number(out, "least_seed", failure->least_seed);
	report_json_field(out, "least_token", failure->least);
	report_json_number(out, "least_polls", failure->least_steps);
	if (shrunk->draws_from) {
		report_json_number(out, "shrunk_draws", shrunk->draws);
		report_json_number(out, "shrunk_draws_from", shrunk->draws_from);
		report_json_number(out, "shrunk_polls", shrunk->steps);
		report_json_number(out, "shrunk_polls_from", shrunk->steps_from);
		report_json_flag(out, "shrunk_to_the_least", !shrunk->incomplete);
	}
	report_json_close(out);
}

void report_json_groups(FILE *out, const struct report_suite *suite)
{
	for (size_t i = 0; i < suite->count; i++)
		for (size_t k = 0; k < suite->scenarios[i].groups_count; k++)
			group(out, &suite->scenarios[i], &suite->scenarios[i].groups[k]);
}

void report_json_growth(FILE *out, const struct report_suite *suite)
{
	for (size_t i = 0; i < suite->growth_count; i++) {
		const struct report_growth *growth = &suite->growth[i];

		report_json_open(out, "growth");
		report_json_number(out, "runs", growth->runs);
		report_json_number(out, "real_ns", growth->real_ns);
		report_json_number(out, "reached", growth->reached);
		report_json_number(out, "sites", growth->sites);
		report_json_close(out);
	}
}

void report_json_end(FILE *out, const struct report_suite *suite, int status)
{
	const struct report_sums sums = report_sum(suite);

	report_json_open(out, "end");
	report_json_number(out, "passed", report_count(suite, REPORT_PASSED));
	report_json_number(out, "failed", report_count(suite, REPORT_FAILED));
	report_json_number(out, "not_deterministic", report_count(suite, REPORT_UNDETERMINED));
	report_json_number(out, "incomplete", report_count(suite, REPORT_INCOMPLETE));
	report_json_number(out, "not_run", report_count(suite, REPORT_NOT_RUN));
	report_json_number(out, "runs", sums.runs);
	report_json_number(out, "distinct", sums.distinct);
	report_json_flag(out, "distinct_is_floor", sums.distinct_is_floor);
	report_json_number(out, "polls", sums.steps);
	report_json_number(out, "virtual_ns", sums.virtual_ns);
	report_json_number(out, "failing_runs", sums.failing_runs);
	report_json_number(out, "real_ns", suite->real_ns);
	report_json_number(out, "status", (uint64_t)status);
	report_json_close(out);
}
