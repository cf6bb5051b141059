/*
 * replay: one run again, in a child that is watched, or under a debugger in this process. A run that crashes or hangs is
 * reported by the guard, from a signal handler: reports are made without memory and written with write.
 */
#include "files.h"
#include "guard.h"
#include "kept.h"
#include "options.h"
#include "status.h"
#include "supervise.h"
#include "tape_file.h"
#include "verbs.h"

#include "reports/story.h"
#include "reports/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DRAWS_MAX ((size_t)1 << 24)

/* What is drawn, as it is drawn. */
struct recorded {
	struct fm_sim_tape tape;
	struct fm_sim_draw_record records[DRAWS_MAX];
};

/* One replay: for the handlers it is reached from here. */
static struct replay {
	const char *program;
	struct replay_options options;
	struct token token;
	struct fm_sim_tape tape; /* replayed from, where the subject is a file */
	bool has_tape;
	struct fm_sim_tape kept; /* of the run that the token is of, as it was; no records: there is none */
	char kept_path[PATH_MAX];
	struct recorded *recorded; /* shared with the parent, which may be all that is left */
	struct fm_sim_result result;
	struct report_story story;
	FILE *out; /* where the tape goes; NULL: nowhere */
	FILE *html;
	FILE *perfetto;
} replay;

static char buffer[REPORT_TEXT_BYTES];

static void write_all(const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t written = write(STDOUT_FILENO, text, left);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			text += written;
			left -= (size_t)written;
		}
	}
}

static void make_report(void)
{
	const struct report_failure failure = {
		.program = replay.program,
		.again = replay.options.subject,
		.scenario = replay.token.scenario,
		.seed = replay.token.seed,
		.result = &replay.result,
	};
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_failure(&text, &failure);
}

static bool is_told(void)
{
	return replay.options.trace || replay.options.html || replay.options.perfetto;
}

/* Of runs that crash or hang, too: it ends where they did. */
static bool write_tape(void)
{
	struct cli_error error;

	if (!replay.out)
		return true;
	if (replay.recorded->tape.full)
		cli_fail(&error, "cannot write '%s': the run draws more often than a tape holds", replay.options.out);
	else if (tape_file_write(replay.out, replay.options.out, &replay.token, &replay.recorded->tape, &error))
		return true;
	cli_print_error(replay.program, &error);
	return false;
}

static bool open_record(struct cli_error *error)
{
	void *shared;

	if (!replay.options.out && !is_told())
		return true;
	shared = mmap(NULL, sizeof(*replay.recorded), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (shared == MAP_FAILED)
		return cli_fail(error, "no memory for the tape");
	replay.recorded = shared;
	replay.recorded->tape = (struct fm_sim_tape){ .records = replay.recorded->records, .capacity = DRAWS_MAX, .fixed = true };
	return true;
}

static void tell_story(void)
{
	if (!replay.options.trace)
		return;
	report_story(stdout, &replay.story, replay.result.failure.task, replay.options.trace_all);
	fflush(stdout);
}

/* The story in files, below the report that stands in the buffer. */
static bool write_story(void)
{
	const struct replay_options *options = &replay.options;
	struct cli_error error;
	bool good = true;

	if (replay.html)
		report_story_html(replay.html, &replay.story, replay.token.scenario, &replay.result, buffer,
				  options->trace_all);
	if (replay.perfetto)
		report_perfetto(replay.perfetto, &replay.story, replay.token.scenario, &replay.result);
	if (!file_close(replay.html, options->html, &error)) {
		cli_print_error(replay.program, &error);
		good = false;
	}
	if (!file_close(replay.perfetto, options->perfetto, &error)) {
		cli_print_error(replay.program, &error);
		good = false;
	}
	return good;
}

static void on_failure(struct guard *guard)
{
	(void)guard;
	supervise_said();
	make_report();
	tell_story();
	write_all(buffer);
	write_tape(); /* last: memory may be broken */
	write_story();
	_exit(CLI_BROKEN);
}

static void find_kept(void)
{
	if (!kept_read(&replay.token, &replay.kept, replay.kept_path))
		replay.kept.records = NULL;
}

static bool find_subject(struct cli_error *error)
{
	const char *subject = replay.options.subject;

	replay.has_tape = false;
	/* A file of such a name is found as "./fm1...". */
	if (subject[0] == '\0' || token_resembles(subject)) {
		if (!token_parse(subject, &replay.token, error))
			return false;
		find_kept();
		return true;
	}
	replay.has_tape = true;
	return tape_file_read(subject, &replay.token, &replay.tape, error);
}

static void make_passed(void)
{
	char steps[32], virtual_time[32];
	struct report_text text;

	report_text_init(&text, buffer, sizeof(buffer));
	report_add(&text, "passed %s seed %" PRIu64 "\n", replay.token.scenario->name, replay.token.seed);
	report_add(&text, "claim: %s\n", replay.token.scenario->claim);
	report_add(&text, "after: %s polls, %s of virtual time\n", report_number(steps, replay.result.steps),
		   report_time(virtual_time, replay.result.virtual_ns));
	report_add(&text, "hash: %016" PRIx64 "\n", replay.result.hash);
}

static void run_once(void)
{
	const char *salt = getenv("FERMATA_SALT");
	const bool is_kept = replay.kept.records != NULL;
	const struct fm_sim_options options = {
		.seed = replay.token.seed,
		.strategy = replay.token.strategy,
		.profile = replay.token.profile,
		.no_claims = replay.token.no_claims,
		.salt = salt ? strtoull(salt, NULL, 10) : 0,
		.tell = is_told() ? report_story_add : NULL,
		.tell_arg = &replay.story,
		/* Who goes on wants the failure of before, which the tape is nearer to than the seed. */
		.replay = replay.has_tape ? &replay.tape : is_kept && replay.options.lenient ? &replay.kept : NULL,
		.follow = is_kept ? &replay.kept : NULL,
		.lenient = replay.options.lenient,
		.record = replay.recorded ? &replay.recorded->tape : NULL,
	};
	struct guard guard = { .result = &replay.result, .tells_stack = true, .report = on_failure };

	guard_arm(&guard);
	guard_enter();
	fm_sim_run(replay.token.scenario, &options, &replay.result);
	guard_leave();
}

/* The run and its report. */
static int work(void)
{
	bool written;
	int status;

	run_once();
	supervise_said();
	tell_story();
	if (replay.result.verdict != FM_SIM_DIVERGED && replay.result.divergence.text[0])
		printf("diverged: %s\n", replay.result.divergence.text);
	if (replay.kept.records && replay.result.divergence.text[0])
		printf("the tape: %s, as this token's run was; the program has changed since%s\n", replay.kept_path,
		       replay.options.lenient ? "" : " (--lenient goes on with its draws)");
	if (replay.result.verdict == FM_SIM_PASSED) {
		make_passed();
		status = CLI_HELD;
	} else {
		make_report();
		status = CLI_BROKEN;
	}
	fputs(buffer, stdout);
	written = write_tape();
	written = write_story() && written;
	if (!written)
		status = status == CLI_BROKEN ? CLI_BROKEN : CLI_USAGE;
	free(replay.tape.records);
	free(replay.kept.records);
	report_story_free(&replay.story);
	return status;
}

int verb_replay(const char *program, char **argv)
{
	struct cli_error error;
	int status;

	replay.program = program;
	if (!replay_options_parse(&replay.options, argv, &error) || !find_subject(&error) ||
	    !open_record(&error) || (replay.options.out && !(replay.out = tape_file_open(replay.options.out, &error))) ||
	    !file_open(&replay.html, replay.options.html, &error) ||
	    !file_open(&replay.perfetto, replay.options.perfetto, &error)) {
		cli_print_error(program, &error);
		return CLI_USAGE;
	}
	status = supervise(work, &replay.result);
	if (status >= 0)
		return status;
	make_report();
	write_all(buffer);
	write_tape();
	write_story(); /* of a process that is gone nothing else is known but its end */
	return CLI_BROKEN;
}
