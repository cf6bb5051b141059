/*
 * A fork for each run costs some 0.2 ms, and buys that crashes can be shrunk, that what a failed run left behind reaches
 * no other, and that a run that turns without end is simply killed. The draws come back in memory that both share.
 */
#include "shrink_run.h"
#include "batch.h"
#include "guard.h"
#include "sanitizer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define DRAWS_MAX ((size_t)1 << 22)
#define LIMIT_MIN_NS (500 * FM_MS)
#define LIMIT_TIMES 20 /* what the original took */

struct shrunk_shared {
	bool ended;
	struct fm_sim_result result;
	struct report_needs needs; /* where it was asked to tell */
	struct fm_sim_tape tape; /* its records lie behind it; written as they are drawn, for runs that end without a word */
	struct fm_sim_draw_record records[DRAWS_MAX];
};

/* Of the child: for its handlers. */
static struct shrink_run *running;

bool shrink_run_open(struct shrink_run *run, const struct token *token)
{
	void *shared = mmap(NULL, sizeof(*run->shared), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	*run = (struct shrink_run){ .token = token, .limit_ns = FM_NS_MAX, .ends_ns = FM_NS_MAX };
	if (shared == MAP_FAILED)
		return false;
	run->shared = shared;
	sanitizer_warm();
	run->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	return true;
}

void shrink_run_close(struct shrink_run *run)
{
	if (run->null_fd >= 0)
		close(run->null_fd);
	munmap(run->shared, sizeof(*run->shared));
}

static void hand_over(void) __attribute__((noreturn));

static void hand_over(void)
{
	running->shared->ended = true;
	_exit(0);
}

static void on_failure(struct guard *guard)
{
	(void)guard;
	hand_over();
}

/* The kernel ends what takes too long. */
static void limit(fm_ns limit_ns)
{
	const struct itimerval timer = { .it_value = { .tv_sec = (time_t)(limit_ns / FM_SEC),
						       .tv_usec = (suseconds_t)(limit_ns % FM_SEC / FM_US) } };

	if (limit_ns == FM_NS_MAX)
		return;
	signal(SIGALRM, SIG_DFL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

static void work(struct shrink_run *run, const struct fm_sim_tape *tape, bool lenient, fm_ns limit_ns)
	__attribute__((noreturn));

static void work(struct shrink_run *run, const struct fm_sim_tape *tape, bool lenient, fm_ns limit_ns)
{
	static struct guard guard;
	const struct fm_sim_options options = {
		.seed = run->token->seed,
		.strategy = run->token->strategy,
		.profile = run->token->profile,
		.no_claims = run->token->no_claims,
		.replay = tape,
		.lenient = lenient,
		.record = &run->shared->tape,
		.tell = run->tells ? report_needs_add : NULL,
		.tell_arg = &run->shared->needs,
	};

	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	for (int fd = 0; fd <= STDERR_FILENO && run->null_fd >= 0; fd++)
		dup2(run->null_fd, fd);
	running = run;
	guard = (struct guard){ .result = &run->shared->result, .report = on_failure };
	guard_arm(&guard);
	limit(limit_ns);
	guard_enter();
	fm_sim_run(run->token->scenario, &options, &run->shared->result);
	guard_leave();
	hand_over();
}

bool shrink_run_once(struct shrink_run *run, const struct fm_sim_tape *tape, bool lenient,
		     const struct fm_sim_tape **record, struct fm_sim_result *result)
{
	const fm_ns now_ns = cli_clock();
	const pid_t parent = getpid();
	const fm_ns left_ns = run->ends_ns > now_ns ? run->ends_ns - now_ns : 0;
	int status = 0;
	pid_t pid;

	if (left_ns < FM_MS)
		return false;
	run->shared->ended = false;
	run->shared->tape = (struct fm_sim_tape){ .records = run->shared->records, .capacity = DRAWS_MAX, .fixed = true };
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		work(run, tape, lenient, run->limit_ns < left_ns ? run->limit_ns : left_ns);
	}
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (run->shared->tape.full)
		return false;
	if (!run->shared->ended && WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		guard_hang(&run->shared->result);
	else if (!run->shared->ended)
		guard_crash(&run->shared->result, status);
	*result = run->shared->result;
	*record = &run->shared->tape;
	return true;
}

const char *shrink_refuses(const struct fm_sim_result *result)
{
	if (result->verdict == FM_SIM_DIVERGED)
		return "the tape is not this program's any more";
	if (strcmp(result->failure.oracle, "stuck") == 0)
		return "each try of a run that is stuck in real time would take as long";
	if (result_is_cpu_time(result))
		return "CPU time is never twice the same";
	return NULL;
}

static bool run_candidate(void *arg, const struct fm_sim_tape *candidate, const struct fm_sim_tape **record,
			  struct fm_sim_result *result)
{
	return shrink_run_once(arg, candidate, true, record, result);
}

/* What the least run needs: it runs once more, and tells. */
static void ask_needs(struct shrunk *shrunk, struct shrink_run *run)
{
	const struct fm_sim_tape *record;
	struct fm_sim_result again;

	run->tells = true;
	run->ends_ns = fm_ns_add(cli_clock(), run->limit_ns); /* of its own, also where the time is over */
	run->shared->needs = (struct report_needs){ .count = 0 };
	if (shrink_run_once(run, &shrunk->shrink.tape, true, &record, &again) &&
	    shrink_same_failure(&again, &shrunk->original))
		shrunk->needs = run->shared->needs;
	else
		shrunk->needs = (struct report_needs){ .unknown = true };
}

/* Its tape, run leniently, is the run. */
static bool repeats(struct shrunk *shrunk, struct shrink_run *run)
{
	const struct fm_sim_tape *record;
	struct fm_sim_result again;

	return shrink_run_once(run, &shrunk->shrink.tape, true, &record, &again) &&
	       shrink_same_failure(&again, &shrunk->original) && again.hash == shrunk->original.hash;
}

bool shrink_token(struct shrunk *shrunk, const struct token *token, const struct fm_sim_tape *tape,
		  fm_ns time_ns)
{
	const fm_ns began_ns = cli_clock();
	const struct fm_sim_tape *record;
	struct shrink_run run;
	bool good;

	*shrunk = (struct shrunk){ .shrink = { .run = run_candidate, .arg = &run } };
	if (!shrink_run_open(&run, token))
		return false;
	run.ends_ns = fm_ns_add(began_ns, time_ns);
	good = shrink_run_once(&run, tape, false, &record, &shrunk->original);
	if (good && shrunk->original.verdict == FM_SIM_FAILED && !shrink_refuses(&shrunk->original)) {
		run.limit_ns = fm_ns_add(LIMIT_MIN_NS, LIMIT_TIMES * (cli_clock() - began_ns));
		shrink_open(&shrunk->shrink, record, &shrunk->original);
		shrunk->from = shrunk->shrink.size;
		shrunk->repeats = repeats(shrunk, &run);
		if (shrunk->repeats) {
			shrink_all(&shrunk->shrink);
			ask_needs(shrunk, &run);
		}
		shrunk->to = shrunk->shrink.size;
	}
	shrunk->took_ns = cli_clock() - began_ns;
	shrink_run_close(&run);
	return good;
}
