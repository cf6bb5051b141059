/*
 * CPU time of a poll. A timer on the thread's own CPU clock ticks every 10 ms of it, and its handler looks which
 * poll is under way: the same one for as long as the bound, and it keeps everybody else from running. So a poll
 * costs nothing more; a bound is kept to within a tick, upwards. CPU time is never twice the same: the run goes
 * on, its hash knows nothing of it, and the command believes it only when it happens again.
 */
#include "cpu.h"

#include "../core/program.h"

#include <dlfcn.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define TICK_NS (10 * FM_MS)

/* The poll that the last tick saw: of this run, step, time and task. */
static _Thread_local struct {
	uint64_t run;
	uint64_t step;
	fm_ns now_ns;
	const struct fm_task *task;
	fm_ns since_ns; /* the thread's CPU time at the first tick that saw it */
} seen;

static _Thread_local unsigned bound_scale; /* 0: nobody watches */

static fm_ns cpu_clock(void)
{
	struct timespec now;

	/* Within a poll clock_gettime would give virtual time. */
	syscall(SYS_clock_gettime, CLOCK_THREAD_CPUTIME_ID, &now);
	return (fm_ns)now.tv_sec * FM_SEC + (fm_ns)now.tv_nsec;
}

static const void *place_of(const void *context)
{
#if defined(__x86_64__)
	return (const void *)((const ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (const void *)((const ucontext_t *)context)->uc_mcontext.pc;
#else
	(void)context;
	return NULL;
#endif
}

static fm_ns bound_ns(const struct fm_sim *sim)
{
	return (sim->scenario->poll_cpu_ns ? sim->scenario->poll_cpu_ns : FM_SIM_POLL_CPU_NS) * bound_scale;
}

static void note(struct fm_sim *sim, struct fm_task *task, const void *place)
{
	const struct fm_future *leaf;

	sim->hog.place = place;
	sim->hog.site = sim__innermost(fm_task_future(task), &leaf);
	snprintf(sim->hog.task, sizeof(sim->hog.task), "%s", fm_task_name(task));
}

static void on_tick(int signo, siginfo_t *info, void *context)
{
	struct fm_sim *sim = sim__here;
	struct fm_task *task = sim && sim->running ? fm_task_current() : NULL;
	fm_ns cpu_ns;

	(void)signo, (void)info;
	if (!task || sim__own_depth || sim->hog.site || sim->hog.place) {
		seen.task = NULL;
		return;
	}
	cpu_ns = cpu_clock();
	if (seen.task != task || seen.run != sim->number || seen.step != sim->steps || seen.now_ns != sim->now_ns) {
		seen.run = sim->number;
		seen.step = sim->steps;
		seen.now_ns = sim->now_ns;
		seen.task = task;
		seen.since_ns = cpu_ns;
	} else if (cpu_ns - seen.since_ns >= bound_ns(sim)) {
		note(sim, task, place_of(context));
	}
}

bool sim__cpu_watch(unsigned scale)
{
	const struct sigaction action = { .sa_sigaction = on_tick, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART };
	const struct timespec tick = { .tv_nsec = TICK_NS };
	const struct itimerspec every = { .it_interval = tick, .it_value = tick };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGVTALRM };
	static _Thread_local pid_t watched; /* a fork inherits no timer */
	timer_t timer;

	bound_scale = scale;
	if (scale == 0 || watched == getpid())
		return true;
	event.sigev_notify_thread_id = (pid_t)syscall(SYS_gettid);
	if (sigaction(SIGVTALRM, &action, NULL) != 0 || timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer) != 0 ||
	    timer_settime(timer, 0, &every, NULL) != 0)
		return false;
	watched = getpid();
	return true;
}

void sim__check_cpu(struct fm_sim *sim)
{
	struct fm_sim_failure *failure = &sim->result->failure;
	struct sim_text text;
	Dl_info info;

	if (FM_LIKELY(!sim->hog.site && !sim->hog.place) || sim->result->verdict != FM_SIM_PASSED ||
	    sim__is_off(sim, FM_SIM_ORACLE_CPU_TIME))
		return;
	sim->result->verdict = FM_SIM_FAILED;
	snprintf(failure->oracle, sizeof(failure->oracle), "%s", fm_sim_oracle_name(FM_SIM_ORACLE_CPU_TIME));
	snprintf(failure->cause, sizeof(failure->cause),
		 "a poll of task '%s' used more than %llu ms of CPU time: nobody else could run meanwhile", sim->hog.task,
		 (unsigned long long)(bound_ns(sim) / FM_MS));
	snprintf(failure->file, sizeof(failure->file), "%s", sim->hog.site ? sim->hog.site->file : "");
	failure->line = sim->hog.site ? sim->hog.site->line : 0;
	snprintf(failure->task, sizeof(failure->task), "%s", sim->hog.task);
	text = sim__failure_text(sim);
	if (sim->hog.site)
		sim__text(&text, "it had come to %s:%u: %s\n", sim->hog.site->file, sim->hog.site->line,
			  sim->hog.site->what);
	if (dladdr(sim->hog.place, &info) && info.dli_fname)
		sim__text(&text, "it was computing at %s+0x%lx (addr2line tells the line)\n", info.dli_fname,
			  (unsigned long)((const char *)sim->hog.place - (const char *)info.dli_fbase));
}
