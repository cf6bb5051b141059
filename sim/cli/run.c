/*
 * run: scenarios under many seeds. A line a scenario as they are decided, the totals, and last the report of each failure,
 * so that the last line of a failing run is the one to paste. Output files are opened before anything runs: a run of an
 * hour must not find out at its end that it has nowhere to go.
 */
#include "campaign.h"
#include "guard.h"
#include "progress.h"
#include "status.h"
#include "verbs.h"

#include "reports/json.h"
#include "reports/junit.h"
#include "reports/text.h"

#include <errno.h>
#include <string.h>

/* Where the results go. */
struct outputs {
	const struct run_options *options;
	struct progress progress;
	unsigned name_columns;
	bool colour;
	FILE *json;
	FILE *junit;
};

static bool open_file(FILE **file, const char *path, struct cli_error *error)
{
	*file = path ? fopen(path, "we") : NULL;
	return *file || !path || cli_fail(error, "cannot write '%s': %s", path, strerror(errno));
}

/* false: what was written did not arrive. */
static bool close_file(FILE *file, const char *path, struct cli_error *error)
{
	bool bad;

	if (!file)
		return true;
	errno = 0;
	bad = ferror(file) != 0;
	if (fclose(file) == 0 && !bad)
		return true;
	return cli_fail(error, "cannot write '%s': %s", path, errno ? strerror(errno) : "an earlier write failed");
}

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

static void print_end(const struct outputs *outputs, const struct report_suite *suite)
{
	static char buffer[REPORT_TEXT_BYTES];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_totals(&text, suite);
	if (!outputs->options->quiet)
		fputs(buffer, stdout);
	for (size_t i = 0; i < suite->count; i++) {
		const struct report_scenario *scenario = &suite->scenarios[i];

		if (scenario->verdict != REPORT_FAILED && scenario->verdict != REPORT_UNDETERMINED)
			continue;
		report_text_init(&text, buffer, sizeof(buffer));
		report_failure(&text, &scenario->failure);
		printf("\n%s", buffer);
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
	if (outputs->json)
		report_json_end(outputs->json, &campaign->suite, status);
	if (outputs->junit)
		report_junit(outputs->junit, &campaign->suite);
	print_end(outputs, &campaign->suite);
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
	if (!open_file(&outputs.json, options->json, &error) || !open_file(&outputs.junit, options->junit, &error)) {
		cli_print_error(program, &error);
		goto close_files;
	}
	if (campaign_open(&campaign, program, options, selection)) {
		status = run_campaign(&campaign, &outputs);
	} else {
		cli_fail(&error, "no memory");
		cli_print_error(program, &error);
	}
	campaign_close(&campaign);

close_files:
	if (!close_file(outputs.json, options->json, &error) || !close_file(outputs.junit, options->junit, &error)) {
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
