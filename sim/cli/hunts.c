/*
 * Several hunts at once, each in a process that keeps its own workers. What they come to lies in memory that they share with
 * who started them. Ctrl-C is passed on, and all of them are waited for.
 */
#include "hunt.h"

#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define HUNTS_MAX 256

static volatile sig_atomic_t interrupted;

static void on_interrupt(int signo)
{
	(void)signo;
	interrupted = 1;
}

static pid_t start(struct hunt *one)
{
	const pid_t parent = getpid();
	const pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(getppid() == parent ? (int)hunt(one) : (int)HUNT_NO_PROCESS);
}

static enum hunt_end wait_for(const pid_t *pids, unsigned count, unsigned which)
{
	int status = 0;

	while (waitpid(pids[which], &status, 0) < 0 && errno == EINTR)
		for (unsigned i = which; interrupted && i < count; i++)
			kill(pids[i], SIGINT);
	return WIFEXITED(status) ? (enum hunt_end)WEXITSTATUS(status) : HUNT_NO_PROCESS;
}

enum hunt_end hunts(struct hunt *hunts, unsigned count)
{
	struct sigaction action = { .sa_handler = on_interrupt }, before;
	enum hunt_end worst = HUNT_OVER;
	pid_t pids[HUNTS_MAX];
	unsigned started = 0;

	if (count == 1)
		return hunt(&hunts[0]);
	fflush(NULL);
	interrupted = 0;
	sigaction(SIGINT, &action, &before);
	while (started < count && started < HUNTS_MAX && (pids[started] = start(&hunts[started])) > 0)
		started++;
	for (unsigned i = 0; i < started; i++) {
		const enum hunt_end end = wait_for(pids, started, i);

		worst = end > worst ? end : worst;
	}
	sigaction(SIGINT, &before, NULL);
	return started < count ? HUNT_NO_PROCESS : worst;
}
