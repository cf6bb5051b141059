/*
 * The worker's side of a batch. The seed about to run is written down first, so that whatever happens has its name. A
 * worker that failed a run ends: what the failure left in its memory reaches no other run. It says nothing: the report
 * is made later by a fresh process.
 */
#include "batch.h"
#include "guard.h"

#include <fm_sim/oracle.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CPU_TIME_AGAIN 2

static struct batch *current;
static struct guard guard;
static fm_ns began_ns;

fm_ns cli_clock(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (fm_ns)now.tv_sec * FM_SEC + (fm_ns)now.tv_nsec;
}

bool result_is_cpu_time(const struct fm_sim_result *result)
{
	return result->verdict == FM_SIM_FAILED &&
	       strcmp(result->failure.oracle, fm_sim_oracle_name(FM_SIM_ORACLE_CPU_TIME)) == 0;
}

struct batch *batch_new(void)
{
	struct batch *batch = mmap(NULL, sizeof(*batch), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return batch == MAP_FAILED ? NULL : batch;
}

void batch_free(struct batch *batch)
{
	if (batch)
		munmap(batch, sizeof(*batch));
}

/* Nothing that the program prints in one of thousands of runs is of use. */
static void be_silent(void)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0)
		return;
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
}

static void on_failure(struct guard *of)
{
	(void)of;
	current->failed = true;
	current->busy_ns = cli_clock() - began_ns;
	_exit(0);
}

/* CPU time differs from run to run: only a poll that takes too much of it each time is a failure. */
static void confirm_cpu_time(struct batch *batch, struct fm_sim_options *options)
{
	options->coverage = NULL;
	for (unsigned i = 0; i < CPU_TIME_AGAIN && result_is_cpu_time(&batch->result); i++) {
		guard_enter();
		fm_sim_run(batch->token.scenario, options, &batch->result);
		guard_leave();
	}
}

/* Whether it passed. */
static bool run_one(struct batch *batch, uint32_t index)
{
	struct fm_sim_options options = {
		.seed = batch->seed,
		.strategy = batch->token.strategy,
		.profile = batch->token.profile,
		.no_claims = batch->token.no_claims,
		.coverage = batch->tally && tally_counts(batch->tally, batch->seed - batch->asked_first) ?
				    batch->tally->coverage : NULL,
	};

	guard_enter();
	fm_sim_run(batch->token.scenario, &options, &batch->result);
	guard_leave();
	if (batch->tally && batch->tally->probes_wanted)
		fm_sim_probes_take(batch->tally->probes);
	confirm_cpu_time(batch, &options);
	if (batch->result.verdict != FM_SIM_PASSED) {
		batch->failed = true;
		return false;
	}
	batch->hashes[index] = batch->result.hash;
	batch->steps += batch->result.steps;
	batch->virtual_ns = fm_ns_add(batch->virtual_ns, batch->result.virtual_ns);
	batch->passed = index + 1;
	return true;
}

static bool run_apart(struct batch *batch, uint32_t index)
{
	const pid_t parent = getpid();
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		guard_arm(&guard); /* timers do not outlive a fork */
		run_one(batch, index);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		_exit(1);
	if (!batch->failed && batch->passed == index) {
		guard_crash(&batch->result, status);
		batch->failed = true;
	}
	return !batch->failed;
}

void batch_run(struct batch *batch, const volatile int *stop)
{
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN); /* often sent to all of a group; the parent tells us to stop, or takes us with it */
	be_silent();
	current = batch;
	began_ns = cli_clock();
	guard = (struct guard){ .result = &batch->result, .beats = &batch->beats, .report = on_failure };
	guard_arm(&guard);
	for (uint32_t i = 0; i < batch->count && !*stop; i++) {
		batch->seed = batch->token.seed + i;
		batch->beats++;
		if (!(batch->isolate ? run_apart(batch, i) : run_one(batch, i)))
			break;
	}
	batch->busy_ns = cli_clock() - began_ns;
	batch->ended = true;
	_exit(0);
}
