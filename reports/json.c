/*
 * JSON lines. Every object has "v", the version of this format, and "type". Seeds and counts are numbers; hashes are
 * strings, since many readers of JSON keep only 53 bits. Bytes that are no UTF-8 become U+FFFD.
 */
#include "json.h"
#include "utf8.h"

#include <inttypes.h>
#include <string.h>

static void string(FILE *out, const char *text)
{
	putc('"', out);
	while (*text) {
		unsigned char c = (unsigned char)*text;
		size_t length = report_utf8_length(text);

		if (length == 0)
			fputs("\\ufffd", out);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c == '\n')
			fputs("\\n", out);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else
			fwrite(text, 1, length, out);
		text += length ? length : 1;
	}
	putc('"', out);
}

static void field(FILE *out, const char *name, const char *text)
{
	fprintf(out, ",\"%s\":", name);
	if (text)
		string(out, text);
	else
		fputs("null", out);
}

static void number(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, ",\"%s\":%" PRIu64, name, value);
}

static void hash(FILE *out, const char *name, uint64_t value)
{
	fprintf(out, ",\"%s\":\"%016" PRIx64 "\"", name, value);
}

static void open_object(FILE *out, const char *type)
{
	fprintf(out, "{\"v\":1,\"type\":\"%s\"", type);
}

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
			string(out, tag);
			comma = ",";
		}
		text += length + (text[length] == ' ');
	}
	putc(']', out);
}

void report_json_listed(FILE *out, const struct fm_sim_scenario *scenario)
{
	open_object(out, "scenario");
	field(out, "name", scenario->name);
	field(out, "claim", scenario->claim);
	tags(out, scenario->tags);
	field(out, "file", scenario->file);
	fputs("}\n", out);
}

void report_json_start(FILE *out, const struct report_suite *suite)
{
	open_object(out, "start");
	field(out, "program", suite->program);
	number(out, "scenarios", suite->count);
	number(out, "seed_first", suite->seed_first);
	number(out, "seeds", suite->seeds);
	field(out, "strategy", suite->strategy);
	field(out, "faults", suite->profile);
	number(out, "jobs", suite->jobs);
	fputs("}\n", out);
}

static void difference(FILE *out, const struct report_difference *difference)
{
	field(out, "kind", difference->kind);
	number(out, "event", difference->event);
	field(out, "one", difference->one);
	field(out, "other", difference->other);
	hash(out, "one_hash", difference->one_hash);
	hash(out, "other_hash", difference->other_hash);
}

static void failed(FILE *out, const struct report_failure *failure)
{
	const struct fm_sim_result *result = failure->result;

	number(out, "seed", failure->seed);
	field(out, "token", failure->again);
	hash(out, "hash", result->hash);
	if (failure->difference)
		difference(out, failure->difference);
	if (result->verdict == FM_SIM_PASSED)
		return;
	field(out, "oracle", result->failure.oracle);
	field(out, "cause", result->failure.cause);
	field(out, "file", result->failure.file[0] ? result->failure.file : NULL);
	number(out, "line", result->failure.line);
	field(out, "task", result->failure.task[0] ? result->failure.task : NULL);
	field(out, "text", result->failure.text);
	field(out, "output", failure->output);
}

void report_json_scenario(FILE *out, const struct report_scenario *scenario)
{
	open_object(out, "result");
	field(out, "name", scenario->scenario->name);
	field(out, "claim", scenario->scenario->claim);
	field(out, "verdict", report_verdict_name(scenario->verdict));
	number(out, "runs", scenario->runs);
	number(out, "rechecked", scenario->rechecked);
	number(out, "distinct", scenario->distinct);
	number(out, "polls", scenario->steps);
	number(out, "virtual_ns", scenario->virtual_ns);
	number(out, "busy_ns", scenario->busy_ns);
	if (scenario->one_seed && scenario->verdict == REPORT_PASSED)
		hash(out, "hash", scenario->hash);
	if (scenario->verdict == REPORT_FAILED || scenario->verdict == REPORT_UNDETERMINED)
		failed(out, &scenario->failure);
	fputs("}\n", out);
}

void report_json_end(FILE *out, const struct report_suite *suite, int status)
{
	open_object(out, "end");
	number(out, "passed", report_count(suite, REPORT_PASSED));
	number(out, "failed", report_count(suite, REPORT_FAILED));
	number(out, "not_deterministic", report_count(suite, REPORT_UNDETERMINED));
	number(out, "incomplete", report_count(suite, REPORT_INCOMPLETE));
	number(out, "not_run", report_count(suite, REPORT_NOT_RUN));
	number(out, "real_ns", suite->real_ns);
	number(out, "status", (uint64_t)status);
	fputs("}\n", out);
}
