/* What a run was worth: is a failure one, and if two runs of a token differ, why. */
#ifndef SIM_CLI_JUDGE_H
#define SIM_CLI_JUDGE_H

#include "token.h"

#include "reports/result.h"

/* A run in a batch, and the batch. */
struct judged {
	const char *program;
	struct token token;          /* of the run */
	uint64_t batch_first;        /* seed that the batch began with */
	struct fm_sim_result result; /* in the batch; of a pass only verdict and hash */
};

/* What is needed for a report; lives until judgement_free. */
struct judgement {
	char token[TOKEN_BYTES];
	struct fm_sim_result result;
	struct report_difference difference;
	char *output;
	bool same;    /* the fresh process did the same */
	bool tried;   /* false: no process could be had */
};

/* judge_failure -- run a failing token again in a fresh process; if that does not fail the same way, find out why. */
void judge_failure(struct judgement *judgement, const struct judged *judged);

/* judge_pass -- for a pass whose hash was another one in a fresh process. */
void judge_pass(struct judgement *judgement, const struct judged *judged);

void judgement_free(struct judgement *judgement);

/* For the report. Points into both. */
struct report_failure judgement_report(const struct judgement *judgement, const struct judged *judged);

#endif
