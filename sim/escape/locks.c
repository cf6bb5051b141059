/*
 * Locks of threads. One that is free does not block; one that is held, on the one thread there is, does for ever.
 * What a poll takes is remembered until it is let go (sim/check/blocking.c). Under TSan and MSan, which have to
 * see locks themselves, they are left alone.
 */
#include "seam.h"

ESCAPE_FILE(locks)

#ifndef LOCKS_ARE_WATCHED

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <threads.h>

int pthread_mutex_lock(pthread_mutex_t *mutex) SEAM;
int pthread_mutex_trylock(pthread_mutex_t *mutex) SEAM;
int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until) SEAM;
int pthread_mutex_unlock(pthread_mutex_t *mutex) SEAM;
int pthread_rwlock_rdlock(pthread_rwlock_t *lock) SEAM;
int pthread_rwlock_wrlock(pthread_rwlock_t *lock) SEAM;
int pthread_rwlock_unlock(pthread_rwlock_t *lock) SEAM;
int mtx_lock(mtx_t *mutex) SEAM;
int mtx_unlock(mtx_t *mutex) SEAM;
int sem_wait(sem_t *semaphore) SEAM;
int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex) SEAM;
int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict until) SEAM;
int cnd_wait(cnd_t *condition, mtx_t *mutex) SEAM;
int pthread_barrier_wait(pthread_barrier_t *barrier) SEAM;
int pthread_join(pthread_t thread, void **result) SEAM;
int thrd_join(thrd_t thread, int *result) SEAM;

/* What trying said, for a call that would wait. */
static int tried(int status, const char *call, const void *lock, const void *caller)
{
	if (status == EBUSY)
		sim__blocked(call, caller);
	if (status == 0)
		sim__lock_taken(lock, call, caller);
	return status;
}

static int try_mutex(pthread_mutex_t *mutex)
{
	static __typeof__(&pthread_mutex_trylock) next;

	if (!next) {
		void *found = dlsym(RTLD_NEXT, "pthread_mutex_trylock");

		memcpy(&next, &found, sizeof(next));
	}
	return next(mutex);
}

int pthread_mutex_lock(pthread_mutex_t *mutex)
{
	NEXT(pthread_mutex_lock)

	if (!sim__minds_blocking())
		return next(mutex);
	return tried(try_mutex(mutex), "pthread_mutex_lock", mutex, __builtin_return_address(0));
}

int pthread_mutex_trylock(pthread_mutex_t *mutex)
{
	const int status = try_mutex(mutex);

	if (status == 0 && sim__minds_blocking())
		sim__lock_taken(mutex, "pthread_mutex_trylock", __builtin_return_address(0));
	return status;
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict until)
{
	NEXT(pthread_mutex_timedlock)

	if (!sim__minds_blocking())
		return next(mutex, until);
	return tried(try_mutex(mutex), "pthread_mutex_timedlock", mutex, __builtin_return_address(0));
}

int pthread_mutex_unlock(pthread_mutex_t *mutex)
{
	NEXT(pthread_mutex_unlock)

	if (sim__minds_blocking())
		sim__lock_released(mutex);
	return next(mutex);
}

int pthread_rwlock_rdlock(pthread_rwlock_t *lock)
{
	NEXT(pthread_rwlock_rdlock)

	if (!sim__minds_blocking())
		return next(lock);
	return tried(pthread_rwlock_tryrdlock(lock), "pthread_rwlock_rdlock", lock, __builtin_return_address(0));
}

int pthread_rwlock_wrlock(pthread_rwlock_t *lock)
{
	NEXT(pthread_rwlock_wrlock)

	if (!sim__minds_blocking())
		return next(lock);
	return tried(pthread_rwlock_trywrlock(lock), "pthread_rwlock_wrlock", lock, __builtin_return_address(0));
}

int pthread_rwlock_unlock(pthread_rwlock_t *lock)
{
	NEXT(pthread_rwlock_unlock)

	if (sim__minds_blocking())
		sim__lock_released(lock);
	return next(lock);
}

int mtx_lock(mtx_t *mutex)
{
	NEXT(mtx_lock)
	int status;

	if (!sim__minds_blocking())
		return next(mutex);
	status = mtx_trylock(mutex);
	tried(status == thrd_busy ? EBUSY : status == thrd_success ? 0 : EINVAL, "mtx_lock", mutex,
	      __builtin_return_address(0));
	return status;
}

int mtx_unlock(mtx_t *mutex)
{
	NEXT(mtx_unlock)

	if (sim__minds_blocking())
		sim__lock_released(mutex);
	return next(mutex);
}

/* A semaphore is no lock: who takes one may well wait with it. */
int sem_wait(sem_t *semaphore)
{
	NEXT(sem_wait)

	if (!sim__minds_blocking())
		return next(semaphore);
	if (sem_trywait(semaphore) == 0)
		return 0;
	if (errno == EAGAIN)
		sim__blocked("sem_wait", __builtin_return_address(0));
	return -1;
}

int pthread_cond_wait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex)
{
	NEXT(pthread_cond_wait)
	BLOCKS(pthread_cond_wait);
	return next(condition, mutex);
}

int pthread_cond_timedwait(pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex,
			   const struct timespec *restrict until)
{
	NEXT(pthread_cond_timedwait)
	BLOCKS(pthread_cond_timedwait);
	return next(condition, mutex, until);
}

int cnd_wait(cnd_t *condition, mtx_t *mutex)
{
	NEXT(cnd_wait)
	BLOCKS(cnd_wait);
	return next(condition, mutex);
}

int pthread_barrier_wait(pthread_barrier_t *barrier)
{
	NEXT(pthread_barrier_wait)
	BLOCKS(pthread_barrier_wait);
	return next(barrier);
}

int pthread_join(pthread_t thread, void **result)
{
	NEXT(pthread_join)
	BLOCKS(pthread_join);
	return next(thread, result);
}

int thrd_join(thrd_t thread, int *result)
{
	NEXT(thrd_join)
	BLOCKS(thrd_join);
	return next(thread, result);
}

#endif
