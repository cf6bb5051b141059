/*
 * Calls that put the whole thread to sleep until a time, a signal, a child or a descriptor: in a poll they fail
 * the run. With a timeout of 0 they only look, and are let through.
 */
#include "seam.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

ESCAPE_FILE(waits)

unsigned sleep(unsigned seconds) SEAM;
int usleep(useconds_t microseconds) SEAM;
int nanosleep(const struct timespec *length, struct timespec *left) SEAM;
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *length, struct timespec *left) SEAM;
int thrd_sleep(const struct timespec *length, struct timespec *left) SEAM;
int pause(void) SEAM;
int sigsuspend(const sigset_t *mask) SEAM;
int sigwait(const sigset_t *restrict set, int *restrict signo) SEAM;
int poll(struct pollfd *fds, nfds_t count, int timeout_ms) SEAM;
int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room) SEAM;
int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask) SEAM;
int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
	   struct timeval *restrict timeout) SEAM;
pid_t wait(int *status) SEAM;
pid_t waitpid(pid_t pid, int *status, int options) SEAM;

unsigned sleep(unsigned seconds)
{
	NEXT(sleep)
	BLOCKS(sleep);
	return next(seconds);
}

int usleep(useconds_t microseconds)
{
	NEXT(usleep)
	BLOCKS(usleep);
	return next(microseconds);
}

int nanosleep(const struct timespec *length, struct timespec *left)
{
	NEXT(nanosleep)
	BLOCKS(nanosleep);
	return next(length, left);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *length, struct timespec *left)
{
	NEXT(clock_nanosleep)
	BLOCKS(clock_nanosleep);
	return next(clock, flags, length, left);
}

int thrd_sleep(const struct timespec *length, struct timespec *left)
{
	NEXT(thrd_sleep)
	BLOCKS(thrd_sleep);
	return next(length, left);
}

int pause(void)
{
	NEXT(pause)
	BLOCKS(pause);
	return next();
}

int sigsuspend(const sigset_t *mask)
{
	NEXT(sigsuspend)
	BLOCKS(sigsuspend);
	return next(mask);
}

int sigwait(const sigset_t *restrict set, int *restrict signo)
{
	NEXT(sigwait)
	BLOCKS(sigwait);
	return next(set, signo);
}

int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	NEXT(poll)
	if (timeout_ms != 0)
		BLOCKS(poll);
	return next(fds, count, timeout_ms);
}

int __poll_chk(struct pollfd *fds, nfds_t count, int timeout_ms, size_t room)
{
	if (count > room / sizeof(*fds))
		abort();
	if (timeout_ms != 0)
		BLOCKS(poll);
	return poll(fds, count, timeout_ms);
}

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
	NEXT(ppoll)
	if (!timeout || timeout->tv_sec || timeout->tv_nsec)
		BLOCKS(ppoll);
	return next(fds, count, timeout, mask);
}

int select(int count, fd_set *restrict in, fd_set *restrict out, fd_set *restrict other,
	   struct timeval *restrict timeout)
{
	NEXT(select)
	if (!timeout || timeout->tv_sec || timeout->tv_usec)
		BLOCKS(select);
	return next(count, in, out, other, timeout);
}

pid_t wait(int *status)
{
	NEXT(wait)
	BLOCKS(wait);
	return next(status);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	NEXT(waitpid)
	if (!(options & WNOHANG))
		BLOCKS(waitpid);
	return next(pid, status, options);
}
