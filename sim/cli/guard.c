/*
 * The handlers run on a stack of their own, in a process whose memory may be broken: they go through stages, and a
 * second signal while one stage is under way goes on with the next. What they cannot find out stays empty. Under a
 * sanitizer its own handlers stay, and its last word comes here. Time is counted in ticks that this process saw, so that
 * a machine that sleeps, or a stopped process, does not hang.
 */
#include "guard.h"
#include "ends.h"
#include "sanitizer.h"
#include "stack.h"

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
static pid_t armed_pid;
static volatile sig_atomic_t running;
static volatile sig_atomic_t stage;
static const void *interrupted_in; /* what the handler was given; NULL: it was no signal */
static volatile sig_atomic_t ticks;
static uint64_t beats_seen;

bool guard_sanitized(void)
{
	return sanitizer_linked();
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
	uint64_t limit_ms;

	sim__own_depth++; /* in a run the environment is another */
	limit_ms = guard_hang_ms();
	sim__own_depth--;
	blank(result, "stuck");
	snprintf(result->failure.cause, sizeof(result->failure.cause), "a run took longer than %llu ms of real time",
		 (unsigned long long)limit_ms);
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

/* UBSan has the whole path where the compiler was told to shorten it for everybody else. */
static bool ends_in_file(const char *path, const char *file)
{
	const size_t length = strlen(path), end = strlen(file);

	return length > end && path[length - end - 1] == '/' && strcmp(path + length - end, file) == 0;
}

static void trace_back(struct fm_sim_result *result)
{
	struct fm_task *task = sim__here ? fm_task_current() : NULL;
	struct sim_text text = { result->failure.text + strlen(result->failure.text),
				 result->failure.text + sizeof(result->failure.text) };
	const struct fm_await_site *site;
	const struct fm_future *leaf;

	if (sim__here && sim__here->tell_program)
		sim__here->tell_program(sim__here, &result->failure);
	if (!task)
		return;
	sim__text(&text, "task '%s' was being polled, after this await:\n", fm_task_name(task));
	sim__backtrace(&text, fm_task_future(task), 2);
	site = sim__innermost(fm_task_future(task), &leaf);
	if (!site)
		return;
	if (!result->failure.file[0]) {
		snprintf(result->failure.file, sizeof(result->failure.file), "%s", site->file);
		result->failure.line = site->line;
	} else if (ends_in_file(result->failure.file, site->file)) {
		snprintf(result->failure.file, sizeof(result->failure.file), "%s", site->file);
	}
}

static void unwind(struct fm_sim_result *result)
{
	struct sim_text text = { result->failure.text + strlen(result->failure.text),
				 result->failure.text + sizeof(result->failure.text) };

	if (armed->tells_stack && interrupted_in)
		stack_tell(&text, interrupted_in);
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
		unwind(armed->result);
	}
	if (stage == 3) {
		stage = 4;
		fflush(NULL);
	}
	if (stage == 4) {
		stage = 5;
		armed->report(armed);
	}
	_exit(1);
}

static void on_deadly(int signo, siginfo_t *info, void *context)
{
	(void)info;
	if (!running) {
		signal(signo, SIG_DFL);
		raise(signo);
		return;
	}
	if (stage == 0) {
		name_signal(armed->result, signo);
		interrupted_in = context;
	}
	go_through_stages();
}

static void on_tick(int signo, siginfo_t *info, void *context)
{
	const int saved_errno = errno;

	(void)signo, (void)info;
	if (stage > 0)
		go_through_stages();
	if (!running || (armed->beats && *armed->beats != beats_seen)) {
		ticks = 0;
		beats_seen = armed->beats ? *armed->beats : 0;
	} else if (++ticks >= TICKS) {
		guard_hang(armed->result);
		interrupted_in = context;
		go_through_stages();
	}
	errno = saved_errno;
}

/* Rather than a child's of the program. */
static bool is_ours(void)
{
	pid_t pid;

	sim__own_depth++;
	pid = getpid();
	sim__own_depth--;
	return pid == armed_pid;
}

void guard_end(const char *cause, const char *file, unsigned line)
{
	if (!running || stage > 0 || !is_ours())
		return;
	blank(armed->result, "crash");
	snprintf(armed->result->failure.cause, sizeof(armed->result->failure.cause), "%s", cause);
	snprintf(armed->result->failure.file, sizeof(armed->result->failure.file), "%s", file);
	armed->result->failure.line = line;
	go_through_stages();
}

static void on_exit_of_program(void)
{
	guard_end("the program called exit()", "", 0);
}

static void on_sanitizer(void)
{
	if (!running || stage > 0)
		return;
	blank(armed->result, "");
	sanitizer_tell(&armed->result->failure);
	go_through_stages();
}

static void handle(int signo, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler,
				    .sa_flags = SA_ONSTACK | SA_NODEFER | SA_RESTART | SA_SIGINFO };

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

/* A sanitizer has a handler for it, which says more than ours. */
static bool is_taken(int signo)
{
	struct sigaction action;

	return guard_sanitized() && sigaction(signo, NULL, &action) == 0 && action.sa_handler != SIG_DFL;
}

void guard_arm(struct guard *guard)
{
	static const int deadly[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS };
	static char stack_memory[STACK_BYTES];
	const stack_t stack = { .ss_sp = stack_memory, .ss_size = sizeof(stack_memory) };
	static bool once;

	armed = guard;
	sigaltstack(&stack, NULL);
	sanitizer_watch(on_sanitizer);
	for (size_t i = 0; i < sizeof(deadly) / sizeof(deadly[0]); i++)
		if (!is_taken(deadly[i]))
			handle(deadly[i], on_deadly);
	handle(SIGABRT, on_deadly);
	watch_time();
	sim__cpu_watch(guard_cpu_scale());
	armed_pid = getpid();
	ends_link();
	if (guard->tells_stack)
		stack_warm();
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
