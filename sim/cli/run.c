/*
 * run: scenarios under many seeds. A line a scenario as they are decided, the totals, and last the report of each failure,
 * so that the last line of a failing run is the one to paste. Output files are opened before anything runs: a run of an
 * hour must not find out at its end that it has nowhere to go.
 */
#include "campaign.h"
#include "files.h"
#include "guard.h"
#include "medians.h"
#include "pages.h"
#include "pin.h"
#include "progress.h"
#include "shrink_run.h"
#include "status.h"
#include "verbs.h"

#include "reports/json.h"
#include "reports/junit.h"
#include "reports/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define SHRINK_NS (2 * FM_SEC) /* for all failures of a call together */
#define SHRINK_LEAST_NS (5 * FM_MS)

/* Where the results go. */
struct outputs {
	const struct run_options *options;
	struct progress progress;
	unsigned name_columns;
	bool colour;
	FILE *json;
	FILE *junit;
	FILE *coverage;
	struct pages pages;
	struct report_coverage counted;
	struct report_probe *probes; /* where they were counted */
	size_t probes_count;
};

static void told(void *told_to, const struct report_scenario *report)
{
	struct outputs *outputs = told_to;
	char buffer[1024];
	struct report_text text;

	if (outputs->json) {
		report_json_scenario(outputs->json, report);
		fflush(outputs->json);
	}
	if (outputs->options->quiet)
		return;
	progress_clear(&outputs->progress);
	report_text_init(&text, buffer, sizeof(buffer));
	report_scenario_line(&text, report, outputs->name_columns, outputs->colour);
	fputs(buffer, stdout);
	fflush(stdout);
}

static void going_on(void *told_to, const struct report_suite *suite, size_t decided)
{
	struct outputs *outputs = told_to;

	if (decided == suite->count)
		progress_clear(&outputs->progress);
	else
		progress_draw(&outputs->progress, suite, decided);
}

static void print_probes(const struct outputs *outputs)
{
	if (!outputs->probes || !outputs->options->require_probes)
		return;
	if (!outputs->options->quiet || report_probes_missed(outputs->probes, outputs->probes_count))
		report_probes_text(stdout, outputs->probes, outputs->probes_count);
}

/* A share of the time for each of the failures that are still to be told. */
static void shrink_failure(struct report_failure *failure, fm_ns time_ns)
{
	struct cli_error error;
	struct shrunk shrunk;
	struct token token;

	if (time_ns < SHRINK_LEAST_NS || !token_parse(failure->again, &token, &error) ||
	    shrink_refuses(failure->result) || !shrink_token(&shrunk, &token, NULL, time_ns))
		return;
	if (shrunk.repeats && shrink_same_failure(&shrunk.original, failure->result)) {
		failure->shrunk = (struct report_shrunk){
			.draws = shrunk.to.nonzero,
			.draws_from = shrunk.from.nonzero,
			.steps = shrunk.to.steps,
			.steps_from = shrunk.from.steps,
			.incomplete = shrunk.shrink.stopped,
			.needs = shrunk.needs,
		};
		memcpy(failure->shrunk.program, shrunk.shrink.result.failure.program, sizeof(failure->shrunk.program));
	}
	shrink_close(&shrunk.shrink);
}

/* Each kind of failure, within the time for all. */
static void shrink_failures(struct campaign *campaign)
{
	const fm_ns until_ns = fm_ns_add(cli_clock(), campaign->suite.interrupted ? 0 : SHRINK_NS);
	size_t left = report_sum(&campaign->suite).groups;

	for (size_t i = 0; i < campaign->suite.count; i++) {
		struct report_scenario *scenario = &campaign->reports[i];

		for (size_t k = 0; k < scenario->groups_count; k++, left--)
			if (!scenario->groups[k].failure.difference && cli_clock() < until_ns)
				shrink_failure(&scenario->groups[k].failure, (until_ns - cli_clock()) / left);
		if (scenario->groups_count)
			scenario->failure = scenario->groups[0].failure;
	}
}

static void print_failure(const struct report_failure *failure)
{
	static char buffer[REPORT_TEXT_BYTES];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, failure);
	printf("\n%s", buffer);
}

static void pin_all(const struct campaign *campaign)
{
	const struct report_suite *suite = &campaign->suite;
	struct cli_error error;
	size_t added;

	for (size_t i = 0; i < suite->count; i++) {
		if (suite->scenarios[i].verdict != REPORT_FAILED)
			continue;
		if (!pin_failures(&suite->scenarios[i], &added, &error))
			cli_print_error(suite->program, &error);
		else if (!campaign->options->quiet)
			printf("pinned: %zu new of %s\n", added, suite->scenarios[i].scenario->name);
	}
}

static void print_end(const struct outputs *outputs, const struct report_suite *suite)
{
	char buffer[2048];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_totals(&text, suite);
	if (!outputs->options->quiet)
		fputs(buffer, stdout);
	print_probes(outputs);
	for (size_t i = 0; i < suite->count; i++) {
		const struct report_scenario *scenario = &suite->scenarios[i];

		for (size_t k = 0; k < scenario->groups_count; k++)
			print_failure(&scenario->groups[k].failure);
		if (scenario->other_failing_runs)
			printf("\n%s: %" PRIu64 " more failing runs, of still other kinds\n", scenario->scenario->name,
			       scenario->other_failing_runs);
		if (scenario->groups_count == 0 && scenario->verdict == REPORT_UNDETERMINED)
			print_failure(&scenario->failure);
	}
}

/* Said once: some bugs are then somebody else's to find. */
static void say_what_is_left_out(const char *program)
{
	struct cli_error note;

	if (!guard_sanitized() && !guard_valgrind())
		return;
	cli_fail(&note, "malloc belongs to %s here, and what the program takes from it is left to it",
		 guard_sanitized() ? "a sanitizer" : "Valgrind");
	cli_print_error(program, &note);
}

/* Each site, with what was counted there. */
static void take_coverage(const struct campaign *campaign, struct outputs *outputs)
{
	struct report_coverage *coverage = &outputs->counted;

	coverage->runs = report_sum(&campaign->suite).runs;
	if (tally_coverage(&campaign->tally, coverage) && outputs->coverage)
		report_coverage_json(outputs->coverage, coverage);
}

/* What was counted beside. Probes are judged only where all that was asked for was run, and held. */
static int judge_tally(const struct campaign *campaign, struct outputs *outputs, int status)
{
	if (campaign->tally.probes_wanted)
		outputs->probes = tally_probes(&campaign->tally, &outputs->probes_count);
	if (outputs->coverage || outputs->pages.folder)
		take_coverage(campaign, outputs);
	if (!outputs->probes)
		return status;
	if (outputs->json)
		report_probes_json(outputs->json, outputs->probes, outputs->probes_count);
	if (status == CLI_HELD && outputs->options->require_probes &&
	    report_probes_missed(outputs->probes, outputs->probes_count))
		return CLI_BROKEN;
	return status;
}

/* Where bugs were to be found it is the table that is looked for; a single one has said all in its report. */
static bool has_table(const struct campaign *campaign)
{
	const size_t bugs = report_bugs_count(&campaign->suite);

	return bugs > 1 || (bugs == 1 && campaign->options->medians);
}

static void print_bugs(const struct campaign *campaign)
{
	const bool measures = campaign->options->medians;
	struct report_medians *medians;

	if (!has_table(campaign))
		return;
	fflush(stdout);
	medians = measures ? medians_measure(campaign) : NULL;
	report_bugs_text(stdout, &campaign->suite, medians);
	free(medians);
}

static int run_campaign(struct campaign *campaign, struct outputs *outputs)
{
	const struct run_options *options = outputs->options;
	const char *program = campaign->suite.program;
	struct cli_error error;
	int status;

	campaign->decided = told;
	campaign->going_on = going_on;
	campaign->told_to = outputs;
	if (!options->quiet)
		say_what_is_left_out(program);
	progress_open(&outputs->progress, !options->quiet);
	if (outputs->json)
		report_json_start(outputs->json, &campaign->suite);
	if (!campaign_run(campaign)) {
		cli_fail(&error, "cannot start processes: %s", strerror(errno));
		cli_print_error(program, &error);
	}
	status = campaign_status(campaign);
	if (campaign->pool.tally)
		status = judge_tally(campaign, outputs, status);
	shrink_failures(campaign);
	if (outputs->json) {
		report_json_groups(outputs->json, &campaign->suite);
		report_json_growth(outputs->json, &campaign->suite);
		report_json_end(outputs->json, &campaign->suite, status);
	}
	if (outputs->junit)
		report_junit(outputs->junit, &campaign->suite);
	if (options->pin)
		pin_all(campaign);
	pages_write(&outputs->pages, &campaign->suite, &outputs->counted, outputs->probes, outputs->probes_count);
	print_end(outputs, &campaign->suite);
	report_tokens(stdout, &campaign->suite, !has_table(campaign));
	print_bugs(campaign);
	report_coverage_free(&outputs->counted);
	free(outputs->probes);
	return status;
}

static int run_selection(const char *program, const struct run_options *options, const struct selection *selection)
{
	struct outputs outputs = { .options = options, .colour = terminal_has_colour(stdout) };
	struct campaign campaign;
	struct cli_error error;
	int status = CLI_USAGE;

	for (size_t i = 0; i < selection->count; i++)
		if (strlen(selection->scenarios[i]->name) > outputs.name_columns)
			outputs.name_columns = (unsigned)strlen(selection->scenarios[i]->name);
	if (!file_open(&outputs.json, options->json, &error) || !file_open(&outputs.junit, options->junit, &error) ||
	    !file_open(&outputs.coverage, options->coverage, &error) ||
	    !pages_open(&outputs.pages, options->html, &error)) {
		cli_print_error(program, &error);
		goto close_files;
	}
	if (campaign_open(&campaign, program, options, selection, &error)) {
		status = run_campaign(&campaign, &outputs);
	} else {
		cli_print_error(program, &error);
	}
	campaign_close(&campaign);

close_files:
	if (!file_close(outputs.json, options->json, &error) || !file_close(outputs.junit, options->junit, &error) ||
	    !file_close(outputs.coverage, options->coverage, &error) || !pages_close(&outputs.pages, &error)) {
		cli_print_error(program, &error);
		status = status == CLI_BROKEN ? CLI_BROKEN : CLI_USAGE;
	}
	return status;
}

int verb_run(const char *program, char **argv)
{
	struct run_options options;
	struct selection selection;
	struct cli_error error;
	int status;

	if (!run_options_parse(&options, argv, &error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	if (!selection_make(&selection, options.patterns, options.patterns_count, &error)) {
		cli_print_error(program, &error);
		return CLI_NOTHING;
	}
	status = run_selection(program, &options, &selection);
	selection_free(&selection);
	return status;
}
