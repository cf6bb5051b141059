/*
 * Handlers in the process itself see most ends, and see more of them; but not SIGKILL, _exit, or a hang that blocks signals,
 * nor the end that a sanitizer makes. The child says when it begins to report, in memory that both share; a child that
 * ended without a word is reported by its parent.
 */
#include "supervise.h"
#include "guard.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 20

static volatile int *said;

void supervise_said(void)
{
	if (said)
		*said = 1;
}

static bool debugged(void)
{
	char line[128];
	bool traced = false;
	FILE *status = fopen("/proc/self/status", "re");

	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "TracerPid:", 10) == 0)
			traced = atoi(line + 10) != 0;
	if (status)
		fclose(status);
	return traced;
}

/* Waits for the child; a true hang ends after twice the time that it had to notice itself. */
static int wait_for(pid_t pid, bool *killed)
{
	const uint64_t limit_ms = 2 * guard_hang_ms() + 2000;
	uint64_t waited_ms = 0;
	int status = 0;
	pid_t got;

	*killed = false;
	while ((got = waitpid(pid, &status, WNOHANG)) == 0 || (got < 0 && errno == EINTR)) {
		/* The first look comes at once, most replays being short. */
		poll(NULL, 0, waited_ms < LOOK_MS ? 1 : LOOK_MS);
		waited_ms += waited_ms < LOOK_MS ? 1 : LOOK_MS;
		if (waited_ms > limit_ms && !*said) {
			*killed = true;
			kill(pid, SIGKILL);
		}
	}
	return status;
}

int supervise(int (*work)(void), struct fm_sim_result *result)
{
	void *shared = mmap(NULL, sizeof(*said), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	const pid_t parent = getpid();
	bool killed;
	int status;
	pid_t pid;

	if (shared == MAP_FAILED || debugged())
		return work();
	said = shared;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return work();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		exit(work());
	}
	status = wait_for(pid, &killed);
	if (*said && WIFEXITED(status))
		return WEXITSTATUS(status);
	if (killed)
		guard_hang(result);
	else
		guard_crash(result, status);
	return -1;
}
