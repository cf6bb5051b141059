/*
 * A range is run in a process of its own, batch after batch, as a campaign would run it, but alone: what is measured is the seed that
 * fails first, which no other process has a say in. A failure is not confirmed again: the campaign has done so for its own.
 */
#include "medians.h"
#include "batch.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

/* One batch in a forked process. False: a seed of it failed, which is *runs, counted from 1. */
static bool run_batch(struct batch *batch, uint64_t *runs)
{
	static const volatile int go_on;
	const pid_t parent = getpid();
	pid_t pid;

	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		batch_run(batch, &go_on);
	}
	if (pid < 0)
		return false;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*runs = (uint64_t)batch->passed + 1;
	return batch->passed == batch->count;
}

static uint64_t measure_range(struct batch *batch, const struct token *token, uint64_t first, uint64_t seeds)
{
	for (uint64_t done = 0; done < seeds; done += batch->count) {
		uint64_t runs = 0;

		batch->token = *token;
		batch->token.seed = batch->seed = first + done;
		batch->count = (uint32_t)(seeds - done < BATCH_SEEDS_MAX ? seeds - done : BATCH_SEEDS_MAX);
		batch->passed = 0;
		batch->failed = batch->ended = false;
		batch->isolate = false;
		batch->tally = NULL;
		if (!run_batch(batch, &runs))
			return runs ? done + runs : UINT64_MAX;
	}
	return UINT64_MAX;
}

static void measure(struct report_medians *medians, struct batch *batch, const struct token *token, uint64_t seeds)
{
	medians->measured = true;
	medians->found = 0;
	for (unsigned i = 0; i < REPORT_MEDIAN_OF; i++) {
		medians->runs[i] = measure_range(batch, token, token->seed + i * seeds, seeds);
		medians->found += medians->runs[i] != UINT64_MAX;
	}
}

struct report_medians *medians_measure(const struct campaign *campaign)
{
	struct report_medians *medians = calloc(campaign->suite.count, sizeof(*medians));
	struct batch *batch = batch_new();

	fflush(NULL);
	for (size_t i = 0; medians && batch && i < campaign->suite.count; i++)
		if (report_is_broken_twin(campaign->reports[i].scenario))
			measure(&medians[i], batch, &campaign->tracks[i].token, campaign->suite.seeds);
	if (!batch) {
		free(medians);
		medians = NULL;
	}
	batch_free(batch);
	return medians;
}
