/*
 * Threads and processes of the program's own, and signals in real time: none of them can be simulated, so a poll
 * that asks for one fails the run and is named. Outside of a poll they are the C library's; vfork is fork there,
 * which POSIX lets it be, since a function in between must not return from it twice.
 */
#include "seam.h"

#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

ESCAPE_FILE(threads)

#define THREAD "a thread of its own runs when the kernel lets it, which no seed decides"
#define PROCESS "another process is outside of the simulated world"
#define SIGNAL "its signal comes in real time; wait with fm_sleep"

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict how, void *(*run)(void *),
		   void *restrict arg) SEAM;
int thrd_create(thrd_t *thread, thrd_start_t run, void *arg) SEAM;
pid_t fork(void) SEAM;
pid_t vfork(void) SEAM;
int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict files,
		const posix_spawnattr_t *restrict how, char *const argv[restrict], char *const env[restrict]) SEAM;
int posix_spawnp(pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *restrict files,
		 const posix_spawnattr_t *restrict how, char *const argv[restrict], char *const env[restrict]) SEAM;
int system(const char *command) SEAM;
FILE *popen(const char *command, const char *mode) SEAM;
int execve(const char *path, char *const argv[], char *const env[]) SEAM;
int execv(const char *path, char *const argv[]) SEAM;
int execvp(const char *file, char *const argv[]) SEAM;
int daemon(int stay, int keep) SEAM;
unsigned alarm(unsigned seconds) SEAM;
int setitimer(__itimer_which_t which, const struct itimerval *restrict value, struct itimerval *restrict old) SEAM;
int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer) SEAM;
int timerfd_create(clockid_t clock, int flags) SEAM;

int pthread_create(pthread_t *restrict thread, const pthread_attr_t *restrict how, void *(*run)(void *),
		   void *restrict arg)
{
	NEXT(pthread_create)
	ESCAPES(pthread_create, THREAD);
	return next(thread, how, run, arg);
}

int thrd_create(thrd_t *thread, thrd_start_t run, void *arg)
{
	NEXT(thrd_create)
	ESCAPES(thrd_create, THREAD);
	return next(thread, run, arg);
}

pid_t fork(void)
{
	NEXT(fork)
	ESCAPES(fork, PROCESS);
	return next();
}

pid_t vfork(void)
{
	ESCAPES(vfork, PROCESS);
	return fork();
}

int posix_spawn(pid_t *restrict pid, const char *restrict path, const posix_spawn_file_actions_t *restrict files,
		const posix_spawnattr_t *restrict how, char *const argv[restrict], char *const env[restrict])
{
	NEXT(posix_spawn)
	ESCAPES(posix_spawn, PROCESS);
	return next(pid, path, files, how, argv, env);
}

int posix_spawnp(pid_t *restrict pid, const char *restrict file, const posix_spawn_file_actions_t *restrict files,
		 const posix_spawnattr_t *restrict how, char *const argv[restrict], char *const env[restrict])
{
	NEXT(posix_spawnp)
	ESCAPES(posix_spawnp, PROCESS);
	return next(pid, file, files, how, argv, env);
}

int system(const char *command)
{
	NEXT(system)
	ESCAPES(system, PROCESS);
	return next(command);
}

FILE *popen(const char *command, const char *mode)
{
	NEXT(popen)
	ESCAPES(popen, PROCESS);
	return next(command, mode);
}

int execve(const char *path, char *const argv[], char *const env[])
{
	NEXT(execve)
	ESCAPES(execve, PROCESS);
	return next(path, argv, env);
}

int execv(const char *path, char *const argv[])
{
	NEXT(execv)
	ESCAPES(execv, PROCESS);
	return next(path, argv);
}

int execvp(const char *file, char *const argv[])
{
	NEXT(execvp)
	ESCAPES(execvp, PROCESS);
	return next(file, argv);
}

int daemon(int stay, int keep)
{
	NEXT(daemon)
	ESCAPES(daemon, PROCESS);
	return next(stay, keep);
}

unsigned alarm(unsigned seconds)
{
	NEXT(alarm)
	ESCAPES(alarm, SIGNAL);
	return next(seconds);
}

int setitimer(__itimer_which_t which, const struct itimerval *restrict value, struct itimerval *restrict old)
{
	NEXT(setitimer)
	ESCAPES(setitimer, SIGNAL);
	return next(which, value, old);
}

int timer_create(clockid_t clock, struct sigevent *restrict event, timer_t *restrict timer)
{
	NEXT(timer_create)
	ESCAPES(timer_create, SIGNAL);
	return next(clock, event, timer);
}

int timerfd_create(clockid_t clock, int flags)
{
	NEXT(timerfd_create)
	ESCAPES(timerfd_create, "it tells of real time; wait with fm_sleep");
	return next(clock, flags);
}
