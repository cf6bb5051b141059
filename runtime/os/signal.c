/*
 * Signals of Linux: a handler marks the signal in every environment that watches it and writes the
 * environment's eventfd; the environment's own thread delivers.
 *
 * The handler walks a list without a lock. Who leaves that list waits until no handler is under way before
 * its descriptor is closed, so that a late write never meets a descriptor that means something else by
 * then.
 */
#include "internal.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SIGNALS_MAX 64

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of all below but the two atomics */
static struct {
	uint32_t watches; /* in all environments */
	struct sigaction before;
} actions[SIGNALS_MAX];
static struct fm__os_env *_Atomic listening; /* linked through signal_next */
static _Atomic uint32_t handlers;            /* under way */

static uint64_t bit_of(int signo)
{
	return (uint64_t)1 << (signo - 1);
}

static void handle(int signo)
{
	const int error = errno;
	const uint64_t one = 1;

	atomic_fetch_add(&handlers, 1);
	for (struct fm__os_env *env = atomic_load(&listening); env; env = atomic_load(&env->signal_next)) {
		if (!(atomic_load(&env->signals_watched) & bit_of(signo)))
			continue;
		atomic_fetch_or(&env->signals_pending, bit_of(signo));
		while (write(env->signal_fd, &one, sizeof(one)) < 0 && errno == EINTR)
			;
	}
	atomic_fetch_sub(&handlers, 1);
	errno = error;
}

/* Those that the kernel does not let go, and those that a return from a handler would only raise again. */
static bool can_be_watched(int signo)
{
	return signo >= 1 && signo <= SIGNALS_MAX && signo != SIGKILL && signo != SIGSTOP &&
	       signo != SIGSEGV && signo != SIGBUS && signo != SIGFPE && signo != SIGILL;
}

static bool watched_here(const struct fm__os_env *self, int signo)
{
	FM_LIST_FOR_EACH(node, &self->signal_watches)
	{
		if (FM_CONTAINER_OF(node, struct fm_signal_watch, link)->signo == signo)
			return true;
	}
	return false;
}

static int listen_here(struct fm__os_env *self)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = &self->signal_fd };
	const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0)
		return fm__os_status(errno);
	if (epoll_ctl(self->epoll, EPOLL_CTL_ADD, fd, &event) < 0) {
		const int error = errno;

		close(fd);
		return error == ENOSPC ? FM_ERR_TOO_MANY_FILES : fm__os_status(error);
	}
	self->signal_fd = fd;
	self->sources++;
	atomic_store(&self->signals_watched, 0);
	atomic_store(&self->signals_pending, 0);
	atomic_store(&self->signal_next, atomic_load(&listening));
	atomic_store(&listening, self);
	return FM_OK;
}

static void unlisten(struct fm__os_env *self)
{
	struct fm__os_env *before = atomic_load(&listening);

	if (before == self) {
		atomic_store(&listening, atomic_load(&self->signal_next));
	} else {
		while (atomic_load(&before->signal_next) != self)
			before = atomic_load(&before->signal_next);
		atomic_store(&before->signal_next, atomic_load(&self->signal_next));
	}
	while (atomic_load(&handlers) != 0)
		sched_yield();
	epoll_ctl(self->epoll, EPOLL_CTL_DEL, self->signal_fd, NULL);
	close(self->signal_fd);
	self->signal_fd = -1;
	self->sources--;
}

static int install(int signo)
{
	struct sigaction action = { .sa_handler = handle, .sa_flags = SA_RESTART | SA_ONSTACK };

	sigfillset(&action.sa_mask);
	if (actions[signo - 1].watches == 0 && sigaction(signo, &action, &actions[signo - 1].before) < 0)
		return fm__os_status(errno);
	actions[signo - 1].watches++;
	return FM_OK;
}

static void uninstall(int signo)
{
	struct sigaction now;

	if (--actions[signo - 1].watches != 0)
		return;
	/* Who replaced ours meanwhile keeps what is theirs. */
	if (sigaction(signo, NULL, &now) == 0 && now.sa_handler == handle)
		sigaction(signo, &actions[signo - 1].before, NULL);
}

static void forget_here(struct fm__os_env *self, int signo)
{
	if (!watched_here(self, signo)) {
		atomic_fetch_and(&self->signals_watched, ~bit_of(signo));
		atomic_fetch_and(&self->signals_pending, ~bit_of(signo));
	}
	if (fm_list_empty(&self->signal_watches))
		unlisten(self);
}

int fm__os_signal_watch(struct fm_env *env, struct fm_signal_watch *watch)
{
	struct fm__os_env *self = FM_CONTAINER_OF(env, struct fm__os_env, env);
	int status = FM_OK;

	if (!can_be_watched(watch->signo))
		return FM_ERR_INVALID;
	pthread_mutex_lock(&lock);
	if (self->signal_fd < 0)
		status = listen_here(self);
	if (status == FM_OK) {
		/* Marked before the handler is there: from then on none may be lost. */
		atomic_fetch_or(&self->signals_watched, bit_of(watch->signo));
		status = install(watch->signo);
		if (status == FM_OK)
			fm_list_push_back(&self->signal_watches, &watch->link);
		else
			forget_here(self, watch->signo);
	}
	pthread_mutex_unlock(&lock);
	return status;
}

void fm__os_signal_unwatch(struct fm_env *env, struct fm_signal_watch *watch)
{
	struct fm__os_env *self = FM_CONTAINER_OF(env, struct fm__os_env, env);

	pthread_mutex_lock(&lock);
	fm_list_unlink(&watch->link);
	uninstall(watch->signo);
	forget_here(self, watch->signo);
	pthread_mutex_unlock(&lock);
}

/* In the order in which the watches were opened. */
void fm__os_signal_event(struct fm__os_env *self)
{
	uint64_t drained;
	uint64_t pending;

	while (read(self->signal_fd, &drained, sizeof(drained)) < 0 && errno == EINTR)
		;
	pending = atomic_exchange(&self->signals_pending, 0);
	FM_LIST_FOR_EACH(node, &self->signal_watches)
	{
		struct fm_signal_watch *watch = FM_CONTAINER_OF(node, struct fm_signal_watch, link);

		if (pending & bit_of(watch->signo))
			fm_signal_deliver(watch);
	}
}

void fm__os_signal_close_all(struct fm__os_env *self)
{
	while (!fm_list_empty(&self->signal_watches)) {
		struct fm_signal_watch *watch =
			FM_CONTAINER_OF(self->signal_watches.next, struct fm_signal_watch, link);

		fm__os_signal_unwatch(&self->env, watch);
		watch->env = NULL;
	}
}
