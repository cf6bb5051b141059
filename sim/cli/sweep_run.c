/*
 * Trying the points of a sweep: processes share them out.
 *
 * A process goes on after a run that passed; after one that failed, or killed it, a new one takes over behind it. Everything is written
 * into memory that all share, so nothing is lost with a process.
 */
#include "sweep.h"

#include "guard.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t sweep_bytes(void)
{
	return sizeof(struct sweep) + SWEEP_POINTS_MAX * sizeof(struct sweep_point);
}

struct sweep *sweep_open(const struct fm_sim_scenario *scenario, struct fm_sim_coverage *coverage, bool allocations)
{
	struct sweep *sweep =
		mmap(NULL, sweep_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (sweep == MAP_FAILED)
		return NULL;
	sweep->scenario = scenario;
	sweep->coverage = coverage;
	sweep->allocations = allocations;
	return sweep;
}

void sweep_close(struct sweep *sweep)
{
	if (sweep)
		munmap(sweep, sweep_bytes());
}

/* What the text of a failure adds to its cause, in one line: who waits for whom; what was left. */
static void add_detail(struct sweep_point *point, const struct fm_sim_failure *failure)
{
	const bool leak = strcmp(failure->oracle, "leak") == 0;
	const char *graph = strstr(failure->text, "who waits for whom:\n");
	char task[64] = "";
	char *at = point->cause + strlen(point->cause);
	char *const end = point->cause + sizeof(point->cause);

	for (const char *line = graph ? graph : leak ? failure->text : ""; *line && at < end;) {
		const size_t length = strcspn(line, "\n");

		if (strncmp(line, " task #", 7) == 0)
			snprintf(task, sizeof(task), "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
		else if (strncmp(line, "  waits for ", 12) == 0)
			at += snprintf(at, (size_t)(end - at), "; %s %.*s", task, (int)length - 2, line + 2);
		else if (leak && line == failure->text && strncmp(line, "task #", 6) != 0)
			at += snprintf(at, (size_t)(end - at), "; %.*s", (int)length, line + strspn(line, " "));
		line += length + (line[length] == '\n');
		if (strncmp(line, "task #", 6) == 0)
			break; /* backtraces */
	}
}

static void try_point(struct sweep *sweep, struct sweep_point *point)
{
	static struct fm_sim_result result;
	struct fm_sim_options options = sweep_options(&point->base);

	options.cancel = sweep->allocations ? NULL : &point->point;
	options.no_claims &= !sweep->allocations;
	fm_sim_run(sweep->scenario, &options, &result);
	point->verdict = result.verdict;
	point->reached = result.cancelled || sweep->allocations;
	snprintf(point->oracle, sizeof(point->oracle), "%s", result.failure.oracle);
	if (result.verdict != FM_SIM_PASSED) {
		snprintf(point->cause, sizeof(point->cause), "%.*s", (int)sizeof(point->cause) - 1, result.failure.cause);
		add_detail(point, &result.failure);
	}
	point->done = true;
}

static volatile int *stop; /* all processes see it */

static void on_interrupt(int signo)
{
	(void)signo;
	*stop = 1;
}

bool sweep_watch_interrupts(void)
{
	const struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_RESETHAND | SA_RESTART };
	void *shared = mmap(NULL, sizeof(*stop), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (shared == MAP_FAILED)
		return false;
	stop = shared;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	return true;
}

bool sweep_interrupted(void)
{
	return *stop != 0;
}

static pid_t fork_quiet(void)
{
	const pid_t parent = getpid();
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid != 0)
		return pid;
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	return 0;
}

int sweep_child(void (*work)(void *arg), void *arg)
{
	const pid_t child = fork_quiet();
	int status = -1;

	if (child == 0) {
		alarm((unsigned)(guard_hang_ms() / 1000) + 1);
		work(arg);
		_exit(0);
	}
	return child < 0 || waitpid(child, &status, 0) < 0 ? -1 : status;
}

/* The point that a process was at when it died: a verdict like any other. */
static void note_death(struct sweep_point *point, int wait_status)
{
	if (point->done)
		return;
	point->done = true;
	point->reached = true;
	point->verdict = FM_SIM_FAILED;
	snprintf(point->oracle, sizeof(point->oracle), "%s",
		 WIFSIGNALED(wait_status) && WTERMSIG(wait_status) == SIGALRM ? "hang" : "crash");
	snprintf(point->cause, sizeof(point->cause), "the process died of %s",
		 WIFSIGNALED(wait_status) ? strsignal(WTERMSIG(wait_status)) : "an exit of its own");
}

struct share {
	pid_t pid; /* 0: has ended */
	uint32_t next; /* points are shared out like cards */
};

static void deal(struct sweep *sweep, struct share *share, unsigned jobs)
{
	const unsigned hang_s = (unsigned)(guard_hang_ms() / 1000) + 1;

	while (share->next < sweep->count && sweep->points[share->next].done)
		share->next += jobs;
	share->pid = 0;
	if (share->next >= sweep->count || sweep_interrupted())
		return;
	share->pid = fork_quiet();
	if (share->pid != 0)
		return;
	for (uint32_t i = share->next; i < sweep->count && !sweep_interrupted(); i += jobs) {
		alarm(hang_s);
		try_point(sweep, &sweep->points[i]);
		if (sweep->points[i].verdict != FM_SIM_PASSED)
			_exit(0); /* its memory is suspect */
	}
	_exit(0);
}

void sweep_try(struct sweep *sweep, unsigned jobs)
{
	struct share shares[64] = { 0 };
	int status = 0;
	pid_t ended;

	for (unsigned i = 0; i < jobs; i++) {
		shares[i].next = i;
		deal(sweep, &shares[i], jobs);
	}
	while ((ended = wait(&status)) > 0) {
		for (unsigned i = 0; i < jobs; i++) {
			if (shares[i].pid != ended)
				continue;
			while (shares[i].next < sweep->count && sweep->points[shares[i].next].done)
				shares[i].next += jobs;
			if (shares[i].next < sweep->count && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
				note_death(&sweep->points[shares[i].next], status);
			deal(sweep, &shares[i], jobs);
		}
	}
}
