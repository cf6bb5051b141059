/*
 * Calls of the program under test that would stop its whole thread: seen before the C library sees them.
 *
 * Linked in with the command's main, as sim/core/interpose.c is. Outside of a simulated poll, and for what the simulator itself
 * calls, they are the library's own. A sanitizer has interceptors of its own for most of these, so they are left out there.
 */
#include "../check/blocking.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define LEFT_OUT
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define LEFT_OUT
#endif
#endif

void sim__link_calls(void)
{
}

#ifndef LEFT_OUT

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* The library's own function of that name. */
#define NEXT(name)                                                \
	static __typeof__(&name) next;                            \
	if (!next) {                                              \
		void *found = dlsym(RTLD_NEXT, #name);            \
		memcpy(&next, &found, sizeof(next));              \
	}

#define TRAP(name)                                                        \
	do {                                                              \
		if (sim__is_polling())                                  \
			sim__blocked(#name, __builtin_return_address(0)); \
	} while (0)

unsigned sleep(unsigned seconds)
{
	NEXT(sleep)
	TRAP(sleep);
	return next(seconds);
}

int usleep(useconds_t microseconds)
{
	NEXT(usleep)
	TRAP(usleep);
	return next(microseconds);
}

int nanosleep(const struct timespec *length, struct timespec *left)
{
	NEXT(nanosleep)
	TRAP(nanosleep);
	return next(length, left);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *length, struct timespec *left)
{
	NEXT(clock_nanosleep)
	TRAP(clock_nanosleep);
	return next(clock, flags, length, left);
}

int pause(void)
{
	NEXT(pause)
	TRAP(pause);
	return next();
}

/* With a timeout of 0 these only look. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	NEXT(poll)
	if (timeout_ms != 0)
		TRAP(poll);
	return next(fds, count, timeout_ms);
}

int select(int count, fd_set *read_fds, fd_set *write_fds, fd_set *except_fds, struct timeval *timeout)
{
	NEXT(select)
	if (!timeout || timeout->tv_sec || timeout->tv_usec)
		TRAP(select);
	return next(count, read_fds, write_fds, except_fds, timeout);
}

int pthread_join(pthread_t thread, void **result)
{
	NEXT(pthread_join)
	TRAP(pthread_join);
	return next(thread, result);
}

int pthread_cond_wait(pthread_cond_t *condition, pthread_mutex_t *mutex)
{
	NEXT(pthread_cond_wait)
	TRAP(pthread_cond_wait);
	return next(condition, mutex);
}

/* A lock that is free does not block; one that is held on the one thread there is, for ever. */
int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	NEXT(pthread_mutex_lock)
	int status;

	if (!sim__is_polling())
		return next(mutex);
	status = pthread_mutex_trylock(mutex);
	if (status == EBUSY)
		sim__blocked("pthread_mutex_lock", __builtin_return_address(0));
	if (status == 0)
		sim__lock_taken(mutex, __builtin_return_address(0));
	return status;
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	NEXT(pthread_mutex_unlock)
	if (sim__is_polling())
		sim__lock_released(mutex);
	return next(mutex);
}

/* A pipe, socket or terminal that was not made non-blocking may have to be waited for; a file is not. */
static bool may_wait(int fd)
{
	struct stat what;
	const int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && !(flags & O_NONBLOCK) && fstat(fd, &what) == 0 &&
	       (S_ISFIFO(what.st_mode) || S_ISSOCK(what.st_mode) || S_ISCHR(what.st_mode)) && !S_ISREG(what.st_mode);
}

ssize_t read(int fd, void *bytes, size_t count)
{
	NEXT(read)
	if (sim__is_polling() && may_wait(fd))
		sim__blocked("read", __builtin_return_address(0));
	return next(fd, bytes, count);
}

#endif
