/*
 * Running a sweep: one process finds the points, then processes share them out and try them.
 *
 * A process goes on after a run that passed; after one that failed, or killed it, a new one takes over behind it. Everything is written
 * into memory that all share, so nothing is lost with a process.
 */
#include "sweep.h"

#include "guard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static size_t sweep_bytes(void)
{
	return sizeof(struct sweep) + SWEEP_POINTS_MAX * sizeof(struct sweep_point);
}

struct sweep *sweep_open(const struct fm_sim_scenario *scenario, bool allocations)
{
	struct sweep *sweep =
		mmap(NULL, sweep_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (sweep == MAP_FAILED)
		return NULL;
	sweep->scenario = scenario;
	sweep->allocations = allocations;
	return sweep;
}

void sweep_close(struct sweep *sweep)
{
	if (sweep)
		munmap(sweep, sweep_bytes());
}

struct finding {
	struct sweep *sweep;
	bool yields;
};

static struct sweep_point *new_point(struct sweep *sweep)
{
	if (sweep->count == SWEEP_POINTS_MAX) {
		sweep->cut++;
		return NULL;
	}
	return &sweep->points[sweep->count++];
}

/* With yield_always a point is only of interest where the plain run did not come by. */
static bool known(const struct sweep *sweep, const struct fm_sim_point *point)
{
	for (uint32_t i = 0; i < sweep->count; i++)
		if (!sweep->points[i].yields && memcmp(&sweep->points[i].point, point, sizeof(*point)) == 0)
			return true;
	return false;
}

static void on_visit(void *arg, const struct fm_sim_visit *visit)
{
	const struct finding *finding = arg;
	struct sweep_point *point;

	if (visit->point.times > SWEEP_TIMES || (finding->yields && known(finding->sweep, &visit->point)))
		return;
	point = new_point(finding->sweep);
	if (!point)
		return;
	point->point = visit->point;
	point->yields = finding->yields;
	point->cancellable = visit->cancellable;
	snprintf(point->task, sizeof(point->task), "%s", visit->task);
	snprintf(point->leaf, sizeof(point->leaf), "%s", visit->leaf);
	for (unsigned i = visit->depth; i-- > 0 && point->depth < SWEEP_STACK;)
		point->stack[point->depth++] = visit->stack[i];
	if (visit->point.how == FM_SIM_CANCEL_AWAIT && point->depth < SWEEP_STACK &&
	    (point->depth == 0 || point->stack[0] != visit->point.site))
		point->stack[point->depth++] = visit->point.site;
}

static void find_points(struct sweep *sweep)
{
	for (unsigned yields = 0; yields < 2 && sweep->base.verdict == FM_SIM_PASSED; yields++) {
		struct finding finding = { sweep, yields };
		const struct fm_sim_options options = {
			.strategy = FM_SIM_FIFO,
			.profile = FM_SIM_PROFILE_NONE,
			.yield_always = yields,
			.visit = sweep->allocations ? NULL : on_visit,
			.visit_arg = &finding,
		};

		fm_sim_run(sweep->scenario, &options, &sweep->base);
		for (uint64_t n = 1; sweep->allocations && !yields && n <= sweep->base.allocations; n++) {
			struct sweep_point *point = new_point(sweep);

			if (point)
				point->point.times = (uint32_t)n;
		}
	}
}

static void try_point(struct sweep *sweep, struct sweep_point *point)
{
	static struct fm_sim_result result;
	const struct fm_sim_options options = {
		.strategy = FM_SIM_FIFO,
		.profile = FM_SIM_PROFILE_NONE,
		.yield_always = point->yields,
		.cancel = sweep->allocations ? NULL : &point->point,
		.fail_allocation = sweep->allocations ? point->point.times : 0,
	};

	fm_sim_run(sweep->scenario, &options, &result);
	point->verdict = result.verdict;
	point->reached = result.cancelled;
	snprintf(point->oracle, sizeof(point->oracle), "%s", result.failure.oracle);
	if (result.verdict != FM_SIM_PASSED)
		snprintf(point->cause, sizeof(point->cause), "%.*s", (int)sizeof(point->cause) - 1, result.failure.cause);
	point->done = true;
}

static pid_t fork_quiet(void)
{
	fflush(NULL);
	return fork();
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
	if (share->next >= sweep->count)
		return;
	share->pid = fork_quiet();
	if (share->pid != 0)
		return;
	for (uint32_t i = share->next; i < sweep->count; i += jobs) {
		alarm(hang_s);
		try_point(sweep, &sweep->points[i]);
		if (sweep->points[i].verdict != FM_SIM_PASSED)
			_exit(0); /* its memory is suspect */
	}
	_exit(0);
}

bool sweep_run(struct sweep *sweep, unsigned jobs)
{
	struct share shares[64] = { 0 };
	pid_t finder = fork_quiet();
	int status = 0;
	pid_t ended;

	if (finder == 0) {
		find_points(sweep);
		_exit(0);
	}
	if (finder < 0 || waitpid(finder, &status, 0) < 0)
		return false;
	if (!WIFEXITED(status) || sweep->base.verdict != FM_SIM_PASSED) {
		if (!WIFEXITED(status)) {
			sweep->base.verdict = FM_SIM_FAILED;
			snprintf(sweep->base.failure.cause, sizeof(sweep->base.failure.cause),
				 "the process died of %s", strsignal(WTERMSIG(status)));
		}
		return false;
	}
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
	return true;
}
