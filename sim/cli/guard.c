/*
 * The handlers run on a stack of their own, in a process whose memory may be broken: they go through stages, and a
 * second signal while one stage is under way goes on with the next. What they cannot find out stays empty. Under a
 * sanitizer its own handlers stay, and its last word comes here. Time is counted in ticks that this process saw, so that
 * a machine that sleeps, or a stopped process, does not hang.
 */
#include "guard.h"

#include "sim/check/cpu.h"
#include "sim/core/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define HANG_MS 30000
#define TICKS 6 /* without a beat */
#define STACK_BYTES (256 * 1024)

static struct guard *armed;
static volatile sig_atomic_t running;
static volatile sig_atomic_t stage;
static volatile sig_atomic_t ticks;
static uint64_t beats_seen;

/* Present where a sanitizer is linked in. */
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

bool guard_sanitized(void)
{
	return __sanitizer_set_death_callback != NULL;
}

bool guard_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload && (strstr(preload, "/valgrind/") || strstr(preload, "vgpreload"));
}

uint64_t guard_hang_ms(void)
{
	const char *text = getenv("FERMATA_HANG_MS");
	uint64_t limit_ms = text ? strtoull(text, NULL, 10) : 0;

	if (limit_ms == 0 || limit_ms > 1000000000)
		limit_ms = guard_sanitized() || guard_valgrind() ? 10 * HANG_MS : HANG_MS;
	return limit_ms;
}

static void blank(struct fm_sim_result *result, const char *oracle)
{
	memset(result, 0, sizeof(*result));
	result->verdict = FM_SIM_FAILED;
	snprintf(result->failure.oracle, sizeof(result->failure.oracle), "%s", oracle);
}

void guard_hang(struct fm_sim_result *result)
{
	blank(result, "stuck");
	snprintf(result->failure.cause, sizeof(result->failure.cause), "a run took longer than %llu ms of real time",
		 (unsigned long long)guard_hang_ms());
}

static void name_signal(struct fm_sim_result *result, int signo)
{
	const char *name = sigabbrev_np(signo);

	blank(result, "crash");
	snprintf(result->failure.cause, sizeof(result->failure.cause), "the program died of SIG%s (%s)",
		 name ? name : "?", sigdescr_np(signo) ? sigdescr_np(signo) : "unknown");
}

void guard_crash(struct fm_sim_result *result, int wait_status)
{
	if (WIFSIGNALED(wait_status)) {
		name_signal(result, WTERMSIG(wait_status));
		return;
	}
	blank(result, "crash");
	snprintf(result->failure.cause, sizeof(result->failure.cause),
		 "the program ended the process with exit status %d", WEXITSTATUS(wait_status));
}

/* Which task ran, and how far the run had come. */
static void locate(struct fm_sim_result *result)
{
	struct fm_sim *sim = sim__here;
	struct fm_task *task;

	if (!sim)
		return;
	result->hash = sim->hash;
	result->steps = fm_sim_steps(sim);
	result->virtual_ns = fm_sim_elapsed(sim);
	task = fm_task_current();
	if (!task)
		return;
	snprintf(result->failure.task, sizeof(result->failure.task), "%s", fm_task_name(task));
}

static void trace_back(struct fm_sim_result *result)
{
	struct fm_task *task = sim__here ? fm_task_current() : NULL;
	struct sim_text text = { result->failure.text, result->failure.text + sizeof(result->failure.text) };
	const struct fm_await_site *site;
	const struct fm_future *leaf;

	if (sim__here && sim__here->tell_program)
		sim__here->tell_program(sim__here, &result->failure);
	if (!task)
		return;
	sim__text(&text, "task '%s' was being polled, after this await:\n", fm_task_name(task));
	sim__backtrace(&text, fm_task_future(task), 2);
	site = sim__innermost(fm_task_future(task), &leaf);
	if (site) {
		snprintf(result->failure.file, sizeof(result->failure.file), "%s", site->file);
		result->failure.line = site->line;
	}
}

static void last_chance(void)
{
	static const struct itimerval second = { .it_value = { .tv_sec = 1 } };

	setitimer(ITIMER_REAL, &second, NULL);
}

/* Each stage may be where the next signal comes from, which then goes on with the one after it. */
static void go_through_stages(void)
{
	sim__own_depth++; /* what is asked of the C library from here on is not the program's */
	last_chance();
	if (stage == 0) {
		stage = 1;
		locate(armed->result);
	}
	if (stage == 1) {
		stage = 2;
		trace_back(armed->result);
	}
	if (stage == 2) {
		stage = 3;
		fflush(NULL);
	}
	if (stage == 3) {
		stage = 4;
		armed->report(armed);
	}
	_exit(1);
}

static void on_deadly(int signo)
{
	if (!running) {
		signal(signo, SIG_DFL);
		raise(signo);
		return;
	}
	if (stage == 0)
		name_signal(armed->result, signo);
	go_through_stages();
}

static void on_tick(int signo)
{
	const int saved_errno = errno;

	(void)signo;
	if (stage > 0)
		go_through_stages();
	if (!running || (armed->beats && *armed->beats != beats_seen)) {
		ticks = 0;
		beats_seen = armed->beats ? *armed->beats : 0;
	} else if (++ticks >= TICKS) {
		guard_hang(armed->result);
		go_through_stages();
	}
	errno = saved_errno;
}

static void on_exit_of_program(void)
{
	if (!running || stage > 0)
		return;
	blank(armed->result, "crash");
	snprintf(armed->result->failure.cause, sizeof(armed->result->failure.cause), "the program called exit()");
	go_through_stages();
}

static void on_sanitizer(void)
{
	if (!running || stage > 0)
		return;
	blank(armed->result, "crash");
	snprintf(armed->result->failure.cause, sizeof(armed->result->failure.cause),
		 "a sanitizer found an error, which it describes itself");
	go_through_stages();
}

static void handle(int signo, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART };

	sigaction(signo, &action, NULL);
}

static void watch_time(void)
{
	const uint64_t tick_ms = guard_hang_ms() / TICKS + 1;
	const struct timeval every = { .tv_sec = (time_t)(tick_ms / 1000),
				       .tv_usec = (suseconds_t)(tick_ms % 1000 * 1000) };
	const struct itimerval timer = { .it_interval = every, .it_value = every };

	handle(SIGALRM, on_tick);
	setitimer(ITIMER_REAL, &timer, NULL);
}

unsigned guard_cpu_scale(void)
{
	const char *text = getenv("FERMATA_CPU_SCALE");

	if (text)
		return (unsigned)strtoul(text, NULL, 10) % 10000;
	return guard_valgrind() ? 0 : guard_sanitized() ? 10 : 1;
}

void guard_arm(struct guard *guard)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	static char stack_memory[STACK_BYTES];
	const stack_t stack = { .ss_sp = stack_memory, .ss_size = sizeof(stack_memory) };
	static bool once;

	armed = guard;
	sigaltstack(&stack, NULL);
	if (guard_sanitized())
		__sanitizer_set_death_callback(on_sanitizer);
	else
		for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
			handle(deadly[i], on_deadly);
	handle(SIGABRT, on_deadly);
	watch_time();
	sim__cpu_watch(guard_cpu_scale());
	if (!once)
		atexit(on_exit_of_program);
	once = true;
}

void guard_enter(void)
{
	running = 1;
}

void guard_leave(void)
{
	running = 0;
}
