/*
 * Every call that is trapped, made once: scenario trap/ORACLE/CALL. Each is written so that nothing terrible
 * happens where the trap does not fire; the test (command.sh) then misses its verdict.
 */
#include "one_task.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* clang-format off */
#define TRAP(oracle, call, ...)                                                   \
	ONE_TASK(trap_##oracle##_##call, "trap/" #oracle "/" #call, "never " #call) \
	{                                                                         \
		(void)sim;                                                        \
		__VA_ARGS__;                                                      \
	}
/* clang-format on */

/* Of a call that may say that it failed: nobody cares. */
#define IGNORE(call)                   \
	do {                           \
		if ((call) == 0)       \
			errno = 0;     \
	} while (0)

static const struct timespec moment = { .tv_nsec = 1 };
static char *const no_arguments[] = { (char *)"true", NULL };

static void *no_thread(void *arg)
{
	return arg;
}

static int no_thrd(void *arg)
{
	return arg != NULL;
}

TRAP(escape, pthread_create, pthread_t thread; IGNORE(pthread_create(&thread, NULL, no_thread, NULL)))
TRAP(escape, thrd_create, thrd_t thread; IGNORE(thrd_create(&thread, no_thrd, NULL)))

static void leave(pid_t pid)
{
	if (pid == 0)
		_exit(0);
}

TRAP(escape, fork, leave(fork()))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
TRAP(escape, vfork, leave(vfork()))
#pragma GCC diagnostic pop
TRAP(escape, posix_spawn, pid_t pid; IGNORE(posix_spawn(&pid, "/bin/true", NULL, NULL, no_arguments, NULL)))
TRAP(escape, posix_spawnp, pid_t pid; IGNORE(posix_spawnp(&pid, "true", NULL, NULL, no_arguments, NULL)))
TRAP(escape, system, IGNORE(system("true")))
TRAP(escape, popen, FILE *pipe = popen("true", "r"); if (pipe) pclose(pipe))
TRAP(escape, execve, IGNORE(execve("/nowhere", no_arguments, NULL)))
TRAP(escape, execv, IGNORE(execv("/nowhere", no_arguments)))
TRAP(escape, execvp, IGNORE(execvp("/nowhere", no_arguments)))
TRAP(escape, daemon, IGNORE(daemon(1, 1)))
TRAP(escape, alarm, alarm(0))
TRAP(escape, setitimer, struct itimerval none = { .it_value = { 0 } }; setitimer(ITIMER_PROF, &none, NULL))
TRAP(escape, timer_create, timer_t timer; IGNORE(timer_create(CLOCK_MONOTONIC, NULL, &timer)))
TRAP(escape, timerfd_create, close(timerfd_create(CLOCK_MONOTONIC, 0)))

TRAP(escape, socket, close(socket(AF_INET, SOCK_STREAM, 0)))
TRAP(escape, socketpair, int fds[2]; IGNORE(socketpair(AF_UNIX, SOCK_STREAM, 0, fds)))
TRAP(escape, connect, struct sockaddr address = { 0 }; IGNORE(connect(-1, &address, sizeof(address))))
TRAP(escape, accept, IGNORE(accept(-1, NULL, NULL)))
TRAP(escape, accept4, IGNORE(accept4(-1, NULL, NULL, 0)))
TRAP(escape, getaddrinfo, struct addrinfo *found; IGNORE(getaddrinfo("127.0.0.1", NULL, NULL, &found)))
TRAP(escape, gethostbyname, gethostbyname("127.0.0.1"))
TRAP(escape, epoll_create, close(epoll_create(1)))
TRAP(escape, epoll_create1, close(epoll_create1(0)))
TRAP(escape, epoll_wait, struct epoll_event event; IGNORE(epoll_wait(-1, &event, 1, 0)))

static char generator[64];
TRAP(escape, initstate, initstate(1, generator, sizeof(generator)))
TRAP(escape, setstate, setstate(generator))
TRAP(escape, sysinfo, struct sysinfo info; IGNORE(sysinfo(&info)))
TRAP(escape, getloadavg, double load; IGNORE(getloadavg(&load, 1)))
TRAP(escape, open, close(open("/dev/urandom", O_RDONLY)))
TRAP(escape, openat, close(openat(AT_FDCWD, "/proc/self/stat", O_RDONLY)))
TRAP(escape, fopen, FILE *file = fopen("/dev/random", "r"); if (file) fclose(file))

TRAP(blocked, sleep, sleep(0))
TRAP(blocked, usleep, usleep(1))
TRAP(blocked, nanosleep, nanosleep(&moment, NULL))
TRAP(blocked, clock_nanosleep, clock_nanosleep(CLOCK_MONOTONIC, 0, &moment, NULL))
TRAP(blocked, thrd_sleep, thrd_sleep(&moment, NULL))
TRAP(blocked, poll, struct pollfd none = { .fd = -1 }; poll(&none, 1, 1))
TRAP(blocked, ppoll, struct pollfd none = { .fd = -1 }; ppoll(&none, 1, &moment, NULL))
TRAP(blocked, select, struct timeval wait = { .tv_usec = 1 }; select(0, NULL, NULL, NULL, &wait))
TRAP(blocked, wait, wait(NULL))
TRAP(blocked, waitpid, waitpid(-1, NULL, 0))

/* These would wait for ever: a second one ends them. The alarm is set where nobody looks. */
static void expire(int signo)
{
	(void)signo;
	_exit(0);
}

static void expiring(void)
{
	static const struct itimerval second = { .it_value = { .tv_sec = 1 } };

	signal(SIGALRM, expire);
	syscall(SYS_setitimer, ITIMER_REAL, &second, NULL);
}

TRAP(blocked, pause, expiring(); pause())
TRAP(blocked, sigsuspend, sigset_t none; sigemptyset(&none); expiring(); sigsuspend(&none))
TRAP(blocked, sigwait, sigset_t one; int signo; sigemptyset(&one); sigaddset(&one, SIGUSR1); expiring(); sigwait(&one, &signo))
TRAP(blocked, sem_wait, static sem_t taken; sem_init(&taken, 0, 0); expiring(); sem_wait(&taken))

static void pair(int fds[2])
{
	if (pipe(fds) != 0)
		fds[0] = fds[1] = -1;
	expiring();
}

TRAP(blocked, read, int fds[2]; char byte; pair(fds); IGNORE(read(fds[0], &byte, 1)))
TRAP(blocked, readv, int fds[2]; char byte; struct iovec part = { &byte, 1 }; pair(fds); IGNORE(readv(fds[0], &part, 1)))

/* A lock that is held on this thread already, and the same with a lock that is free but not let go. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;

TRAP(blocked, pthread_mutex_lock, pthread_mutex_lock(&mutex); expiring(); pthread_mutex_lock(&mutex))
TRAP(blocked, pthread_mutex_timedlock, pthread_mutex_lock(&mutex); expiring(); pthread_mutex_timedlock(&mutex, &moment))
TRAP(blocked, pthread_rwlock_wrlock, pthread_rwlock_rdlock(&rwlock); expiring(); pthread_rwlock_wrlock(&rwlock))
TRAP(blocked, pthread_rwlock_rdlock, pthread_rwlock_wrlock(&rwlock); expiring(); pthread_rwlock_rdlock(&rwlock))
TRAP(blocked, mtx_lock, static mtx_t lock; mtx_init(&lock, mtx_plain); mtx_lock(&lock); expiring(); mtx_lock(&lock))
TRAP(blocked, pthread_cond_wait, expiring(); pthread_cond_wait(&condition, &mutex))
TRAP(blocked, pthread_cond_timedwait, expiring(); pthread_cond_timedwait(&condition, &mutex, &moment))
TRAP(blocked, cnd_wait, static cnd_t cnd; static mtx_t lock; cnd_init(&cnd); mtx_init(&lock, mtx_plain); expiring(); cnd_wait(&cnd, &lock))
TRAP(blocked, pthread_barrier_wait, static pthread_barrier_t two; pthread_barrier_init(&two, NULL, 2); expiring(); pthread_barrier_wait(&two))

static void *own_end(void *arg)
{
	sleep(3);
	return arg;
}

/* Started in setup, where nobody minds. */
static pthread_t sleeper;

static void join(struct fm_sim *sim)
{
	(void)sim;
	expiring();
	pthread_join(sleeper, NULL);
}

static void join_thrd(struct fm_sim *sim)
{
	(void)sim;
	expiring();
	thrd_join(sleeper, NULL);
}

static void joined_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	pthread_create(&sleeper, NULL, own_end, NULL);
	fm_sim_start(one_task_new(fm_sim_host(sim, "left"), join));
}

static void thrd_joined_setup(struct fm_sim *sim, void *state)
{
	(void)state;
	pthread_create(&sleeper, NULL, own_end, NULL);
	fm_sim_start(one_task_new(fm_sim_host(sim, "left"), join_thrd));
}

FM_SCENARIO(trap_join) = {
	.name = "trap/blocked/pthread_join",
	.claim = "never pthread_join",
	.deadline_ns = FM_HOUR,
	.setup = joined_setup,
};

FM_SCENARIO(trap_thrd_join) = {
	.name = "trap/blocked/thrd_join",
	.claim = "never thrd_join",
	.deadline_ns = FM_HOUR,
	.setup = thrd_joined_setup,
};

#define HELD(call, ...) TRAP(lock, call, __VA_ARGS__)

static mtx_t held_mtx;

HELD(pthread_mutex_lock, pthread_mutex_lock(&mutex))
HELD(pthread_mutex_trylock, pthread_mutex_trylock(&mutex))
HELD(pthread_mutex_timedlock, pthread_mutex_timedlock(&mutex, &moment))
HELD(pthread_rwlock_rdlock, pthread_rwlock_rdlock(&rwlock))
HELD(pthread_rwlock_wrlock, pthread_rwlock_wrlock(&rwlock))
HELD(mtx_lock, mtx_init(&held_mtx, mtx_plain); mtx_lock(&held_mtx))
