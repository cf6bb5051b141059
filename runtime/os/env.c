/*
 * The Linux environment: clocks, parking on epoll, draws from a generator seeded by the kernel.
 *
 * One for each thread that runs executors. It lasts until its owner and its last executor have let go, since a waker
 * may be dropped by another thread after that.
 */
#include "internal.h"

#include <fm/async.h>
#include <fm/task.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_A_LOOK 256

static struct fm__os_env *os_env(struct fm_env *env)
{
	return FM_CONTAINER_OF(env, struct fm__os_env, env);
}

static fm_ns clock_ns(clockid_t clock)
{
	struct timespec at;

	clock_gettime(clock, &at);
	return (fm_ns)at.tv_sec * FM_SEC + (fm_ns)at.tv_nsec;
}

static fm_ns os_now(struct fm_env *env)
{
	(void)env;
	return clock_ns(CLOCK_MONOTONIC);
}

static int64_t os_wall_ns(struct fm_env *env)
{
	(void)env;
	return (int64_t)clock_ns(CLOCK_REALTIME);
}

/* Milliseconds, rounded up, so that a timer never fires early; at most a day, which is only a longer loop. */
static int wait_ms(fm_ns now_ns, fm_ns deadline_ns)
{
	const fm_ns day_ms = 24 * 3600 * 1000;
	fm_ns ms;

	if (deadline_ns <= now_ns)
		return 0;
	ms = (deadline_ns - now_ns + FM_MS - 1) / FM_MS;
	return (int)(ms < day_ms ? ms : day_ms);
}

static uint32_t readiness(uint32_t events)
{
	uint32_t ready = 0;

	if (FM_LIKELY(events == (EPOLLIN | EPOLLOUT)))
		return FM_IO_READABLE | FM_IO_WRITABLE;
	if (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		ready |= FM_IO_READABLE;
	if (events & (EPOLLOUT | EPOLLHUP | EPOLLERR))
		ready |= FM_IO_WRITABLE;
	if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
		ready |= FM_IO_READ_CLOSED;
	if (events & (EPOLLHUP | EPOLLERR))
		ready |= FM_IO_WRITE_CLOSED;
	if (events & EPOLLPRI)
		ready |= FM_IO_READABLE | FM_IO_URGENT;
	return ready;
}

static void os_park(struct fm_env *env, fm_ns deadline_ns)
{
	struct fm__os_env *self = os_env(env);
	struct epoll_event events[EVENTS_A_LOOK];
	int count;

	if (deadline_ns == 0 && self->sources == 0)
		return;
	count = epoll_wait(self->epoll, events, EVENTS_A_LOOK,
			   deadline_ns == 0	    ? 0 :
			   deadline_ns == FM_NS_MAX ? -1 :
						      wait_ms(os_now(env), deadline_ns));
	for (int i = 0; i < count; i++) {
		uint64_t drained;

		if (events[i].data.ptr == &self->wake)
			while (read(self->wake, &drained, sizeof(drained)) < 0 && errno == EINTR)
				;
		else if (events[i].data.ptr == &self->signal_fd)
			fm__os_signal_event(self);
		else
			fm_io_event(events[i].data.ptr, readiness(events[i].events));
	}
}

static void os_unpark(struct fm_env *env)
{
	const uint64_t one = 1;

	while (write(os_env(env)->wake, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

static uint64_t rotate_left(uint64_t x, unsigned by)
{
	return (x << by) | (x >> (64 - by));
}

/* xoshiro256** (Blackman and Vigna, 2018). */
static uint64_t next_random(uint64_t s[4])
{
	const uint64_t result = rotate_left(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotate_left(s[3], 45);
	return result;
}

static uint64_t os_draw(struct fm_env *env, const struct fm_draw_site *site, uint64_t n)
{
	struct fm__os_env *self = os_env(env);

	(void)site;
	if (self->plain_draws || n <= 1)
		return 0;
	return (uint64_t)(((unsigned __int128)next_random(self->draws) * n) >> 64);
}

static void os_entropy(struct fm_env *env, void *bytes, size_t count)
{
	char *at = bytes;

	(void)env;
	while (count) {
		const ssize_t got = getrandom(at, count < 256 ? count : 256, 0);

		if (got <= 0)
			continue;
		at += got;
		count -= (size_t)got;
	}
}

static void print_place(const struct fm_future *future, unsigned depth)
{
	struct fm_future *child = NULL;
	const struct fm_await_site *site;

	if (!future || !future->ops || depth > 32)
		return;
	fprintf(stderr, "  in %s\n", future->ops->name);
	if (!future->ops->inspect || !fm_future_live(future))
		return;
	site = future->ops->inspect(future, 0, &child);
	if (site)
		fprintf(stderr, "     at %s:%u: %s\n", site->file, site->line, site->what);
	print_place(child, depth + 1);
}

static void os_fatal(struct fm_env *env, const struct fm_fatal *fatal)
{
	static const char *const kinds[] = { "panic", "contract broken", "claim broken" };
	struct fm_task *task = fm_task_current();

	(void)env;
	fprintf(stderr, "fermata: %s: %s\n", kinds[fatal->kind], fatal->message);
	if (fatal->file)
		fprintf(stderr, "  at %s:%d\n", fatal->file, fatal->line);
	if (fatal->future)
		fprintf(stderr, "  future: %s\n",
			fatal->future->ops ? fatal->future->ops->name : "never initialised");
	if (task) {
		fprintf(stderr, "  task: %s\n", fm_task_name(task));
		print_place(fm_task_future(task), 0);
	}
	abort();
}

/* Never asked: the budget is a countdown here. */
static bool os_charge(struct fm_env *env, const void *resource)
{
	(void)env, (void)resource;
	return true;
}

static void os_attach(struct fm_env *env)
{
	atomic_fetch_add(&os_env(env)->users, 1);
}

static void os_detach(struct fm_env *env)
{
	struct fm__os_env *self = os_env(env);

	if (atomic_fetch_sub(&self->users, 1) != 1)
		return;
	fm__os_signal_close_all(self);
	close(self->epoll);
	close(self->wake);
	fm__os_memory_free_all(&self->memory);
	free(self);
}

static const struct fm_env_ops os_ops = {
	.name = "linux",
	.attach = os_attach,
	.detach = os_detach,
	.alloc = fm__os_alloc,
	.free = fm__os_free,
	.now = os_now,
	.wall_ns = os_wall_ns,
	.park = os_park,
	.unpark = os_unpark,
	.draw = os_draw,
	.charge = os_charge,
	.entropy = os_entropy,
	.fatal = os_fatal,
	.tcp_listen = fm__os_tcp_listen,
	.tcp_accept = fm__os_tcp_accept,
	.tcp_connect = fm__os_tcp_connect,
	.tcp_connected = fm__os_tcp_connected,
	.tcp_address = fm__os_tcp_address,
	.tcp_shutdown = fm__os_tcp_shutdown,
	.tcp_nodelay = fm__os_tcp_nodelay,
	.io_read = fm__os_io_read,
	.io_write = fm__os_io_write,
	.io_close = fm__os_io_close,
	.signal_watch = fm__os_signal_watch,
	.signal_unwatch = fm__os_signal_unwatch,
};

static int watch_wake(struct fm__os_env *self)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = &self->wake };

	return epoll_ctl(self->epoll, EPOLL_CTL_ADD, self->wake, &event);
}

struct fm_env *fm_os_env_new(void)
{
	struct fm__os_env *self = calloc(1, sizeof(*self));

	if (!self)
		return NULL;
	self->env.ops = &os_ops;
	atomic_init(&self->users, 1);
	fm__os_memory_init(&self->memory);
	os_entropy(&self->env, self->draws, sizeof(self->draws));
	self->signal_fd = -1;
	fm_list_init(&self->signal_watches);
	self->epoll = epoll_create1(EPOLL_CLOEXEC);
	if (self->epoll < 0)
		goto no_epoll;
	self->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (self->wake < 0)
		goto no_wake;
	if (watch_wake(self) < 0)
		goto not_watched;
	return &self->env;

not_watched:
	close(self->wake);
no_wake:
	close(self->epoll);
no_epoll:
	free(self);
	return NULL;
}

void fm_os_env_free(struct fm_env *env)
{
	os_detach(env);
}

void fm_os_env_plain(struct fm_env *env, bool plain)
{
	os_env(env)->plain_draws = plain;
}

int fm_run(struct fm_future *future)
{
	struct fm_executor_config config;
	struct fm_env *env = fm_os_env_new();
	struct fm_executor *executor;
	int status;

	if (!env)
		return errno == ENOMEM ? FM_ERR_NOMEM : FM_ERR_TOO_MANY_FILES;
	fm_executor_config_init(&config);
	executor = fm_executor_new(env, &config);
	if (!executor) {
		fm_os_env_free(env);
		return FM_ERR_NOMEM;
	}
	status = fm_block_on(executor, future);
	fm_executor_free(executor);
	fm_os_env_free(env);
	return status;
}
