/*
 * shrink: the least run that fails as this one does. What comes out counts only when a freshly executed process fails the
 * same way, with the same hash, from the tape. Status 1: here it is, and the claim is broken; 0: the run passes.
 */
#include "files.h"
#include "options.h"
#include "shrink_run.h"
#include "shrink_confirm.h"
#include "shrink_emit.h"
#include "status.h"
#include "tape_file.h"
#include "verbs.h"

#include "reports/text.h"

#include <inttypes.h>
#include <stdlib.h>

#define TIME_NS (9 * FM_SEC) /* the rest of ten seconds is for the confirmation */

static void print_draws(const struct fm_sim_tape *tape)
{
	printf("draws that are not 0:\n");
	for (size_t i = 0; i < tape->count; i++) {
		const struct fm_sim_draw_record *record = &tape->records[i];
		const struct fm_sim_tape_site *site = fm_sim_tape_site(tape, record->site);

		if (record->value != 0)
			printf("  draw %zu, %s: %s = %" PRIu32 "\n", i, site ? draw_domain_name(site->domain) : "?",
			       site ? site->name : "?", record->value);
	}
}

static void print_shrunk(const struct shrunk *shrunk, const struct token *token)
{
	const struct fm_sim_result *result = &shrunk->shrink.result;
	char took[32];

	printf("shrunk %s seed %" PRIu64 "\n", token->scenario->name, token->seed);
	printf("claim: %s\n", token->scenario->claim);
	printf("oracle: %s\n", result->failure.oracle);
	if (result->failure.file[0])
		printf("at: %s:%u\n", result->failure.file, result->failure.line);
	printf("cause: %s\n", result->failure.cause);
	if (result->failure.program[0])
		printf("program:\n%s", result->failure.program);
	printf("size: %" PRIu64 " of %" PRIu64 " draws that were not 0, %" PRIu64 " of %" PRIu64 " polls%s\n",
	       shrunk->to.nonzero, shrunk->from.nonzero, shrunk->to.steps, shrunk->from.steps,
	       shrunk->shrink.stopped ? "; time ran out, so it may not be the least" : "");
	printf("tried: %" PRIu64 " runs in %s\n", shrunk->shrink.runs, report_time(took, shrunk->took_ns));
	if (shrunk->to.nonzero)
		print_draws(&shrunk->shrink.tape);
	else
		printf("no draw is left: first in, first out, without faults, it fails\n");
}

static void print_paste(const char *program, const char *verb, const char *subject)
{
	static char buffer[TOKEN_BYTES + 4096];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_add(&text, "%s: ", verb);
	report_quoted(&text, program);
	report_add(&text, " %s ", verb);
	report_quoted(&text, subject);
	printf("%s\n", buffer);
}

/* Gives the status. */
static int tell(const char *program, const struct shrink_options *options, const struct token *token,
		const struct shrunk *shrunk)
{
	struct cli_error error;

	if (shrunk->original.verdict == FM_SIM_PASSED) {
		printf("passed %s seed %" PRIu64 ": there is nothing to shrink\n", token->scenario->name, token->seed);
		return CLI_HELD;
	}
	if (shrink_refuses(&shrunk->original)) {
		cli_fail(&error, "not shrunk: %s", shrink_refuses(&shrunk->original));
		cli_print_error(program, &error);
		return CLI_INCOMPLETE;
	}
	if (!shrunk->repeats || !shrink_confirm(program, token, &shrunk->shrink.tape, &shrunk->shrink.result)) {
		printf("NOT DETERMINISTIC %s seed %" PRIu64 ": its tape did not do the same again%s\n",
		       token->scenario->name, token->seed, shrunk->repeats ? " in a fresh process, once it was shrunk" : "");
		print_paste(program, "replay", options->subject);
		return CLI_UNDETERMINED;
	}
	print_shrunk(shrunk, token);
	printf("hash: %016" PRIx64 "\n", shrunk->shrink.result.hash);
	print_paste(program, "replay", options->out ? options->out : options->subject);
	return CLI_BROKEN;
}

/* What was asked for and did not come to be is taken away. */
static bool write_files(const struct shrink_options *options, const struct token *token, const struct shrunk *shrunk,
			FILE *out, FILE *emit, bool found, struct cli_error *error)
{
	const struct fm_sim_tape *tape = &shrunk->shrink.tape;
	bool good = true;

	if (out && !found) {
		fclose(out);
		file_forget(options->out);
	} else if (out) {
		good = tape_file_write(out, options->out, token, tape, error);
	}
	if (emit && found && !shrink_emit(emit, options->emit_c, token, tape, &shrunk->shrink.result))
		good = cli_fail(error, "cannot write '%s': a draw's site has no name", options->emit_c);
	if (!emit)
		return good;
	good = file_close(emit, options->emit_c, error) && good;
	if (!good || !found)
		file_forget(options->emit_c);
	return good;
}

static int shrink_subject(const char *program, const struct shrink_options *options, const struct token *token,
			  const struct fm_sim_tape *tape, FILE *out, FILE *emit)
{
	struct shrunk shrunk;
	struct cli_error error;
	int status = CLI_INCOMPLETE;

	if (shrink_token(&shrunk, token, tape, TIME_NS)) {
		status = tell(program, options, token, &shrunk);
	} else {
		cli_fail(&error, "not shrunk: the run takes too long, draws too often, or no process can be had");
		cli_print_error(program, &error);
	}
	if (!write_files(options, token, &shrunk, out, emit, status == CLI_BROKEN, &error)) {
		cli_print_error(program, &error);
		status = CLI_USAGE;
	}
	shrink_close(&shrunk.shrink);
	return status;
}

int verb_shrink(const char *program, char **argv)
{
	struct shrink_options options;
	struct fm_sim_tape tape = { .records = NULL };
	struct token token;
	struct cli_error error;
	FILE *out = NULL, *emit = NULL;
	bool is_token;
	int status = CLI_USAGE;

	if (!shrink_options_parse(&options, argv, &error))
		goto usage;
	is_token = options.subject[0] == '\0' || token_resembles(options.subject);
	if (is_token ? !token_parse(options.subject, &token, &error) :
		       !tape_file_read(options.subject, &token, &tape, &error))
		goto usage;
	if (!file_open(&emit, options.emit_c, &error))
		goto usage;
	if (options.out && !(out = tape_file_open(options.out, &error)))
		goto usage;
	status = shrink_subject(program, &options, &token, is_token ? NULL : &tape, out, emit);
	free(tape.records);
	return status;

usage:
	free(tape.records);
	cli_print_error(program, &error);
	return status;
}
