/*
 * A failure counts when a fresh process fails with the same oracle and the same hash. If not, the token is run in more
 * fresh processes, each with another salt. Where they differ among themselves, the program is not deterministic. Where
 * they agree, and runs behind the seeds that came before in the batch agree on something else, state leaked from one
 * run into the next. The event logs of one of each side give the first event that differs.
 */
#include "judge.h"
#include "batch.h"
#include "fresh.h"
#include "guard.h"
#include "sanitizer.h"

#include <stdlib.h>
#include <string.h>

#define OUTPUT_BYTES 8192
#define SANITIZER_BYTES 65536 /* as long as the report of one can be */
/* So many must agree: a program that looks at a coin rather than at what leaked is found out but once in 2,000 times. */
#define FRESH_RUNS 8
#define BATCH_RUNS 4

static const char leaked[] = "state leaked from an earlier run of the batch: fresh processes agree with each other";
static const char undetermined[] = "nondeterminism: two fresh processes did not do the same";
static const char once[] = "nondeterminism: the difference was seen once, and not again in fresh processes";

/* One run in a process of its own, behind `before` earlier seeds. */
static bool run_fresh(struct fresh *fresh, const struct judged *judged, enum fresh_kind kind, uint64_t salt,
		      uint64_t first)
{
	const uint32_t count = (uint32_t)(judged->token.seed - first) + 1;
	struct fresh_seed *last;

	if (!fresh_open(fresh, &judged->token, kind, salt, count))
		return false;
	for (uint32_t i = 0; i < count; i++)
		fresh->shared->seeds[i].seed = first + i;
	if (!fresh_start(fresh, judged->program)) {
		fresh_free(fresh);
		return false;
	}
	fresh_wait(fresh);
	last = &fresh->shared->seeds[count - 1];
	if (last->state == FRESH_UNKNOWN) {
		if (fresh->killed)
			guard_hang(&fresh->shared->result);
		else
			guard_crash(&fresh->shared->result, fresh->wait_status);
		last->state = FRESH_FAILED;
		last->hash = 0;
	}
	return true;
}

static bool is_hang(const struct fm_sim_result *result)
{
	return strcmp(result->failure.oracle, "stuck") == 0;
}

static bool same_result(const struct fm_sim_result *a, const struct fm_sim_result *b)
{
	/* CPU time is never twice the same, and the hash knows nothing of it; the worker has seen it more than once. */
	if (result_is_cpu_time(a) || result_is_cpu_time(b))
		return a->hash == b->hash && (a->verdict == b->verdict || a->verdict == FM_SIM_PASSED ||
					      b->verdict == FM_SIM_PASSED);
	if (a->verdict != b->verdict)
		return false;
	if (a->verdict != FM_SIM_PASSED && strcmp(a->failure.oracle, b->failure.oracle) != 0)
		return false;
	/* A hang is cut off by the real clock. */
	return a->hash == b->hash || (a->verdict != FM_SIM_PASSED && is_hang(a));
}

/* The next line of a log as a string; false: there is none. */
static bool next_line(char **log, char *line, size_t bytes)
{
	size_t length, kept;

	if (!*log || !**log)
		return false;
	length = strcspn(*log, "\n");
	kept = length < bytes ? length : bytes - 1;
	memcpy(line, *log, kept);
	line[kept] = '\0';
	*log += length + ((*log)[length] == '\n');
	return true;
}

static void compare_logs(struct report_difference *difference, char *one, char *other)
{
	uint64_t event = 0;

	difference->before[0] = '\0';
	for (;;) {
		bool more_one = next_line(&one, difference->one, sizeof(difference->one));
		bool more_other = next_line(&other, difference->other, sizeof(difference->other));

		event++;
		if (!more_one && !more_other)
			return;
		if (!more_one)
			strcpy(difference->one, "(it had ended)");
		if (!more_other)
			strcpy(difference->other, "(it had ended)");
		if (strcmp(difference->one, difference->other) != 0) {
			difference->event = event;
			return;
		}
		memcpy(difference->before, difference->one, sizeof(difference->before));
	}
}

/* One run with its log. */
struct logged {
	struct fm_sim_result result;
	char *log;
};

static bool run_logged(struct logged *logged, const struct judged *judged, uint64_t salt, uint64_t first)
{
	struct fresh fresh;

	logged->log = NULL;
	if (!run_fresh(&fresh, judged, FRESH_LOG, salt, first))
		return false;
	logged->result = fresh.shared->result;
	logged->log = fresh_output(&fresh, SIZE_MAX);
	fresh_free(&fresh);
	return true;
}

static void settle(struct report_difference *difference, const char *kind, struct logged *one, struct logged *other)
{
	difference->kind = kind;
	difference->one_hash = one->result.hash;
	difference->other_hash = other->result.hash;
	compare_logs(difference, one->log, other->log);
}

/* Each run of a hang takes as long as it takes to call it one. */
static unsigned wanted(const struct judged *judged, unsigned runs)
{
	return judged->result.verdict != FM_SIM_PASSED && is_hang(&judged->result) ? 2 : runs;
}

/* Fresh runs agree: do runs behind the earlier ones of the batch agree on something else? */
static void look_for_leak(struct report_difference *difference, const struct judged *judged, struct logged *fresh)
{
	struct logged behind[BATCH_RUNS] = { { .log = NULL } };
	bool agreed = judged->batch_first < judged->token.seed;

	for (unsigned i = 0; i < wanted(judged, BATCH_RUNS) && agreed; i++)
		agreed = run_logged(&behind[i], judged, 0, judged->batch_first) &&
			 !same_result(&behind[i].result, &fresh->result) &&
			 same_result(&behind[i].result, &behind[0].result);
	if (agreed) {
		settle(difference, leaked, &behind[0], fresh);
	} else {
		difference->kind = once;
		difference->one_hash = judged->result.hash;
		difference->other_hash = fresh->result.hash;
	}
	for (unsigned i = 0; i < BATCH_RUNS; i++)
		free(behind[i].log);
}

static void explain(struct report_difference *difference, const struct judged *judged)
{
	struct logged runs[FRESH_RUNS] = { { .log = NULL } };
	unsigned made = 0;
	bool agreed = true;

	memset(difference, 0, sizeof(*difference));
	while (made < wanted(judged, FRESH_RUNS) && agreed) {
		if (!run_logged(&runs[made], judged, fresh_salt(judged->token.seed, made + 1), judged->token.seed))
			break;
		made++;
		agreed = same_result(&runs[0].result, &runs[made - 1].result);
	}
	if (made < 2)
		difference->kind = "the runs differed, and no process could be started to find out why";
	else if (!agreed)
		settle(difference, undetermined, &runs[0], &runs[made - 1]);
	else
		look_for_leak(difference, judged, &runs[0]);
	for (unsigned i = 0; i < FRESH_RUNS; i++)
		free(runs[i].log);
}

static void begin(struct judgement *judgement, const struct judged *judged)
{
	memset(judgement, 0, sizeof(*judgement));
	token_format(&judged->token, judgement->token);
	judgement->result = judged->result;
}

/* Its end, without what a sanitizer adds, which is told in other words. */
static char *printed(const struct fresh *fresh)
{
	char *output = fresh_output(fresh, OUTPUT_BYTES + SANITIZER_BYTES);
	size_t length;

	sanitizer_cut(output);
	length = output ? strlen(output) : 0;
	if (length > OUTPUT_BYTES)
		memmove(output, output + length - OUTPUT_BYTES, OUTPUT_BYTES + 1);
	return output;
}

void judge_failure(struct judgement *judgement, const struct judged *judged)
{
	struct fresh fresh;

	begin(judgement, judged);
	judgement->tried = run_fresh(&fresh, judged, FRESH_REPORT, fresh_salt(judged->token.seed, 0),
				     judged->token.seed);
	if (judgement->tried) {
		judgement->same = same_result(&fresh.shared->result, &judged->result);
		judgement->output = printed(&fresh);
		if (judgement->same && fresh.shared->result.verdict != FM_SIM_PASSED)
			judgement->result = fresh.shared->result;
		fresh_free(&fresh);
	}
	if (!judgement->same)
		explain(&judgement->difference, judged);
}

void judge_pass(struct judgement *judgement, const struct judged *judged)
{
	begin(judgement, judged);
	judgement->tried = true;
	explain(&judgement->difference, judged);
}

void judgement_free(struct judgement *judgement)
{
	free(judgement->output);
	judgement->output = NULL;
}

struct report_failure judgement_report(const struct judgement *judgement, const struct judged *judged)
{
	return (struct report_failure){
		.program = judged->program,
		.again = judgement->token,
		.scenario = judged->token.scenario,
		.seed = judged->token.seed,
		.result = &judgement->result,
		.output = judgement->output,
		.difference = judgement->same ? NULL : &judgement->difference,
	};
}
