/*
 * The text report. A failing run takes few lines before the details: what broke, where, why; then the backtraces and
 * the graph as the simulator wrote them; then what the program itself printed; last the hash and the line to paste.
 */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void report_text_init(struct report_text *text, char *buffer, size_t bytes)
{
	text->at = buffer;
	text->end = buffer + bytes;
	buffer[0] = '\0';
}

void report_add(struct report_text *text, const char *format, ...)
{
	size_t room = (size_t)(text->end - text->at);
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text->at, room, format, args);
	va_end(args);
	if (length > 0)
		text->at += (size_t)length < room ? (size_t)length : room - 1;
}

char *report_number(char *out, uint64_t number)
{
	char digits[24];
	int length = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	char *at = out;

	for (int i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			*at++ = ',';
		*at++ = digits[i];
	}
	*at = '\0';
	return out;
}

char *report_time(char *out, fm_ns length_ns)
{
	static const struct {
		fm_ns ns;
		const char *name;
	} units[] = { { 24 * FM_HOUR, "d" }, { FM_HOUR, "h" }, { FM_MIN, "min" }, { FM_SEC, "s" },
		      { FM_MS, "ms" },	     { FM_US, "us" },  { 1, "ns" } };
	size_t i = 0;

	while (i < sizeof(units) / sizeof(units[0]) - 1 && length_ns < units[i].ns)
		i++;
	if (length_ns / units[i].ns >= 100 || units[i].ns == 1)
		snprintf(out, 32, "%" PRIu64 " %s", length_ns / units[i].ns, units[i].name);
	else
		snprintf(out, 32, "%" PRIu64 ".%" PRIu64 " %s", length_ns / units[i].ns,
			 length_ns % units[i].ns / (units[i].ns / 10), units[i].name);
	return out;
}

void report_quoted(struct report_text *text, const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789./_-+=:,@%";

	if (word[0] != '\0' && word[strspn(word, safe)] == '\0') {
		report_add(text, "%s", word);
		return;
	}
	report_add(text, "'");
	for (; *word; word++) {
		if (*word == '\'')
			report_add(text, "'\\''");
		else
			report_add(text, "%c", *word);
	}
	report_add(text, "'");
}

/* Lines of another's text, each behind two spaces. */
static void indented(struct report_text *text, const char *lines)
{
	while (*lines) {
		size_t length = strcspn(lines, "\n");

		report_add(text, "  %.*s\n", (int)length, lines);
		lines += length + (lines[length] == '\n');
	}
}

static void difference(struct report_text *text, const struct report_difference *difference)
{
	report_add(text, "kind: %s\n", difference->kind);
	if (difference->event == 0) {
		report_add(text, "first differing event: none, the two runs made for the log were the same\n");
	} else {
		report_add(text, "first differing event: number %" PRIu64 "\n", difference->event);
		if (difference->before[0])
			report_add(text, "  before it:  %s\n", difference->before);
		report_add(text, "  one run:    %s\n", difference->one);
		report_add(text, "  the other:  %s\n", difference->other);
	}
	report_add(text, "hashes: %016" PRIx64 " and %016" PRIx64 "\n", difference->one_hash, difference->other_hash);
}

static unsigned lines_of(const char *text)
{
	unsigned lines = 0;

	for (; text && *text; text++)
		lines += *text == '\n';
	return lines;
}

void report_replay_line(struct report_text *text, const struct report_failure *failure)
{
	report_add(text, "replay: ");
	report_quoted(text, failure->program);
	report_add(text, " replay ");
	report_quoted(text, failure->again);
	report_add(text, "\n");
}

/* A report that is longer than the first screen says what to paste there already. */
#define LINES_BESIDES 11
#define FIRST_LINES 22

static bool is_long(const struct report_failure *failure)
{
	const unsigned needs = failure->shrunk.draws_from ? report_needs_lines(&failure->shrunk.needs) : 0;

	return LINES_BESIDES + needs + lines_of(failure->result->failure.text) + lines_of(failure->result->failure.program) +
		       lines_of(failure->output) > FIRST_LINES;
}

static void broken(struct report_text *text, const struct report_failure *of)
{
	const struct fm_sim_failure *failure = &of->result->failure;

	if (failure->oracle[0])
		report_add(text, "oracle: %s\n", failure->oracle);
	if (failure->file[0])
		report_add(text, "at: %s:%u\n", failure->file, failure->line);
	if (failure->task[0])
		report_add(text, "task: %s\n", failure->task);
	report_add(text, "cause: %s\n", failure->cause);
	if (failure->program[0] && !of->shrunk.program[0]) {
		report_add(text, "program:\n");
		indented(text, failure->program);
	}
	if (is_long(of))
		report_replay_line(text, of);
	if (failure->text[0])
		report_add(text, "%s%s", failure->text,
			   failure->text[strlen(failure->text) - 1] == '\n' ? "" : "\n");
}

/* "shrunk: 2 of 33 draws that were not 0, 6 of 14 polls: fermata shrink fm1..." */
static void shrunk(struct report_text *text, const struct report_failure *failure)
{
	const struct report_shrunk *less = &failure->shrunk;
	char number[32];

	if (!less->draws_from)
		return;
	report_add(text, "shrunk: %s%s", less->incomplete ? "at most " : "", report_number(number, less->draws));
	report_add(text, " of %s draws that were not 0", report_number(number, less->draws_from));
	report_add(text, ", %s", report_number(number, less->steps));
	report_add(text, " of %s polls: ", report_number(number, less->steps_from));
	report_quoted(text, failure->program);
	report_add(text, " shrink ");
	report_quoted(text, failure->again);
	report_add(text, "\n");
	/* A long list that was not shrunk to its end is a list of what the run had, not of what it needs. */
	if (!less->incomplete || less->needs.count <= REPORT_NEEDS_MAX)
		report_needs(text, &less->needs);
	if (less->program[0]) {
		report_add(text, "program, shrunk:\n");
		indented(text, less->program);
	}
}

/* "seen: 31 of 5,000 runs fail so; the least, seed 12, with 14 polls: fermata replay fm1..." */
static void seen(struct report_text *text, const struct report_failure *failure)
{
	char number[32];

	report_add(text, "seen: %s", report_number(number, failure->again_runs));
	report_add(text, " of %s runs", report_number(number, failure->of_runs));
	report_add(text, " fail so; the least, seed %" PRIu64, failure->least_seed);
	report_add(text, " with %s polls: ", report_number(number, failure->least_steps));
	report_quoted(text, failure->program);
	report_add(text, " replay ");
	report_quoted(text, failure->least);
	report_add(text, "\n");
}

static const char *headline(const struct report_failure *failure)
{
	if (failure->difference)
		return "NOT DETERMINISTIC";
	return failure->result->verdict == FM_SIM_DIVERGED ? "DIVERGED" : "FAILED";
}

void report_failure(struct report_text *text, const struct report_failure *failure)
{
	const struct fm_sim_result *result = failure->result;
	char steps[32], virtual_time[32];

	report_add(text, "%s %s seed %" PRIu64 "\n", headline(failure), failure->scenario->name, failure->seed);
	report_add(text, "claim: %s\n", failure->scenario->claim);
	if (failure->difference)
		difference(text, failure->difference);
	if (result->verdict != FM_SIM_PASSED) {
		broken(text, failure);
		report_add(text, "after: %s polls, %s of virtual time\n", report_number(steps, result->steps),
			   report_time(virtual_time, result->virtual_ns));
	}
	if (failure->output && failure->output[0]) {
		report_add(text, "printed:\n");
		indented(text, failure->output);
	}
	if (failure->again_runs)
		seen(text, failure);
	shrunk(text, failure);
	report_add(text, "hash: %016" PRIx64 "\n", result->hash);
	report_replay_line(text, failure);
}

static const char *mark(enum report_verdict verdict, bool colour)
{
	switch (verdict) {
	case REPORT_PASSED:
		return colour ? "\033[32mok  \033[0m" : "ok  ";
	case REPORT_FAILED:
		return colour ? "\033[31mFAIL\033[0m" : "FAIL";
	case REPORT_UNDETERMINED:
		return colour ? "\033[31mDIFF\033[0m" : "DIFF";
	case REPORT_INCOMPLETE:
		return colour ? "\033[33mpart\033[0m" : "part";
	case REPORT_NOT_RUN:
		break;
	}
	return "-   ";
}

void report_scenario_line(struct report_text *text, const struct report_scenario *scenario, unsigned name_columns,
			  bool colour)
{
	const struct fm_sim_failure *failure;
	char runs[32], distinct[32], busy[32], virtual_time[32];

	report_add(text, "%s  %-*s  %9s runs", mark(scenario->verdict, colour), (int)name_columns,
		   scenario->scenario->name, report_number(runs, scenario->runs));
	report_add(text, "  %9s%s distinct", report_number(distinct, scenario->distinct),
		   scenario->distinct_is_floor ? "+" : "");
	report_add(text, "  %8s for %s virtual", report_time(busy, scenario->busy_ns),
		   report_time(virtual_time, scenario->virtual_ns));
	if (scenario->verdict == REPORT_FAILED) {
		failure = &scenario->failure.result->failure;
		report_add(text, "  seed %" PRIu64 ": %s", scenario->failure.seed, failure->oracle);
		if (failure->file[0])
			report_add(text, " at %s:%u", failure->file, failure->line);
		if (scenario->groups_count > 1)
			report_add(text, ", one of %zu kinds", scenario->groups_count);
	} else if (scenario->verdict == REPORT_UNDETERMINED) {
		report_add(text, "  seed %" PRIu64 ": not deterministic", scenario->failure.seed);
	}
	report_add(text, "\n");
	if (scenario->one_seed && scenario->verdict == REPORT_PASSED)
		report_add(text, "hash: %016" PRIx64 "\n", scenario->hash);
}

#define GROWTH_RUNS 100 /* fewer have no percents */

/* "awaits: 24 of 26 sites reached ...; with the first 1%: 17, ..., 100%: 24" */
static void growth(struct report_text *text, const struct report_suite *suite)
{
	static const unsigned percents[] = { 1, 2, 5, 10, 20, 50 };
	const struct report_growth *last;

	if (suite->growth_count == 0)
		return;
	last = &suite->growth[suite->growth_count - 1];
	report_add(text, "awaits: %zu of %zu sites reached in the files that took part", last->reached, last->sites);
	if (suite->coverage_every > 1)
		report_add(text, ", by one in %u of the runs", suite->coverage_every);
	if (report_sum(suite).runs < GROWTH_RUNS) {
		report_add(text, "\n");
		return;
	}
	report_add(text, "; with the first");
	for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
		report_add(text, " %u%%: %zu,", percents[i], report_growth_at(suite, percents[i])->reached);
	report_add(text, " 100%%: %zu\n", last->reached);
}

/* How often a thing happened in a second of real time. */
static uint64_t a_second(uint64_t number, fm_ns real_ns)
{
	return (uint64_t)((__uint128_t)number * FM_SEC / (real_ns ? real_ns : 1));
}

void report_totals(struct report_text *text, const struct report_suite *suite)
{
	static const enum report_verdict rare[] = { REPORT_UNDETERMINED, REPORT_INCOMPLETE, REPORT_NOT_RUN };
	const struct report_sums sums = report_sum(suite);
	char number[32];

	report_add(text, "%s%zu passed, %zu failed", suite->interrupted ? "interrupted: " : "",
		   report_count(suite, REPORT_PASSED), report_count(suite, REPORT_FAILED));
	for (size_t i = 0; i < sizeof(rare) / sizeof(rare[0]); i++)
		if (report_count(suite, rare[i]))
			report_add(text, ", %zu %s", report_count(suite, rare[i]), report_verdict_name(rare[i]));
	report_add(text, "; %s runs", report_number(number, sums.runs));
	report_add(text, " (%s a second)", report_number(number, a_second(sums.runs, suite->real_ns)));
	report_add(text, ", %s%s distinct", report_number(number, sums.distinct), sums.distinct_is_floor ? "+" : "");
	report_add(text, ", %s polls", report_number(number, sums.steps));
	report_add(text, ", %s checked again", report_number(number, sums.rechecked));
	report_add(text, ", %s virtual", report_time(number, sums.virtual_ns));
	report_add(text, " (%s a second)", report_time(number, a_second(sums.virtual_ns, suite->real_ns)));
	report_add(text, " in %s\n", report_time(number, suite->real_ns));
	if (suite->keeps_going && sums.failing_runs) {
		report_add(text, "failing: %s runs", report_number(number, sums.failing_runs));
		report_add(text, ", %zu %s (oracle and place)\n", sums.groups, sums.groups == 1 ? "kind" : "kinds");
	}
	growth(text, suite);
}
