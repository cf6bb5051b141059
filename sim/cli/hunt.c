/*
 * One worker at a time: each run depends on what those before it came to. What is known lies in shared memory, so a worker
 * that a run ends costs a fork and nothing else.
 */
#include "hunt.h"
#include "batch.h"
#include "guard.h"
#include "status.h"

#include <errno.h>
#include <fcntl.h>
#include <fm_sim/oracle.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct shared {
	volatile uint64_t beats;
	volatile bool running; /* a run is under way */
	bool over;
	struct fm_sim_result result;
};

/* Of the worker: for its handlers. */
static struct hunt *hunting;
static struct shared *shared;
static struct fm_sim_tape drawn;
static struct guard guard;

static volatile sig_atomic_t interrupted;

static bool is_worker;

/* The second one ends the command at once, and its worker with it; a worker hears the same from its terminal and from us. */
static void on_interrupt(int signo)
{
	if (interrupted && !is_worker) {
		signal(signo, SIG_DFL);
		raise(signo);
	}
	interrupted = 1;
}

static void on_failure(struct guard *of)
{
	(void)of;
	hunting->died(hunting->arg);
	finds_add(hunting->finds, &shared->result, &drawn);
	shared->running = false;
	_exit(0);
}

static void be_silent(void)
{
	const int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd <= STDERR_FILENO && null >= 0; fd++)
		dup2(null, fd);
}

static void work(void) __attribute__((noreturn));

static void work(void)
{
	be_silent();
	is_worker = true;
	guard = (struct guard){ .result = &shared->result, .beats = &shared->beats, .report = on_failure };
	guard_arm(&guard);
	while (!interrupted && cli_clock() < hunting->ends_ns) {
		struct fm_sim_options options = {
			.seed = hunting->token->seed,
			.strategy = hunting->token->strategy,
			.profile = hunting->token->profile,
			.no_claims = hunting->token->no_claims,
			.oracles_off = FM_SIM_ORACLE_BIT(FM_SIM_ORACLE_CPU_TIME), /* no two runs take the same */
			.record = &drawn,
		};

		if (!hunting->before(hunting->arg, &options)) {
			shared->over = true;
			break;
		}
		drawn.count = 0;
		shared->beats++;
		shared->running = true;
		guard_enter();
		fm_sim_run(hunting->token->scenario, &options, &shared->result);
		guard_leave();
		hunting->after(hunting->arg, &shared->result, &drawn);
		shared->running = false;
		if (shared->result.verdict != FM_SIM_PASSED && finds_add(hunting->finds, &shared->result, &drawn))
			break;
	}
	_exit(0);
}

/* Until a worker ends. false: there is none. */
static bool one_worker(void)
{
	const pid_t parent = getpid();
	int status = 0;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		work();
	}
	if (pid < 0)
		return false;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (interrupted)
			kill(pid, SIGINT);
	if (shared->running) {
		shared->running = false;
		guard_crash(&shared->result, status);
		hunting->died(hunting->arg);
		finds_add(hunting->finds, &shared->result, NULL);
	}
	return true;
}

int status_worse(int a, int b)
{
	static const int order[] = { CLI_HELD, CLI_INCOMPLETE, CLI_UNDETERMINED, CLI_BROKEN, CLI_USAGE };

	for (unsigned i = FM_COUNT_OF(order); i-- > 0;)
		if (a == order[i] || b == order[i])
			return order[i];
	return CLI_HELD;
}

enum hunt_end hunt(struct hunt *hunt)
{
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = SA_NODEFER }, before, before_term;
	enum hunt_end end = HUNT_NO_PROCESS;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return end;
	hunting = hunt;
	interrupted = 0;
	sigaction(SIGINT, &action, &before);
	sigaction(SIGTERM, &action, &before_term);
	for (;;) {
		if (!one_worker())
			break;
		end = shared->over ? HUNT_OVER : interrupted ? HUNT_INTERRUPTED : HUNT_TIME;
		if (shared->over || interrupted || cli_clock() >= hunt->ends_ns)
			break;
	}
	sigaction(SIGINT, &before, NULL);
	sigaction(SIGTERM, &before_term, NULL);
	munmap(shared, sizeof(*shared));
	return end;
}
