#include "hand.h"

#include <check.h>
#include <fm/embed.h>
#include <fm/io.h>
#include <fm/signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct hand *hand_of(struct fm_env *env)
{
	return FM_CONTAINER_OF(env, struct hand, env);
}

static void hand_attach(struct fm_env *env)
{
	hand_of(env)->users++;
}

static void hand_detach(struct fm_env *env)
{
	hand_of(env)->users--;
}

static void *hand_alloc(struct fm_env *env, size_t bytes)
{
	struct hand *hand = hand_of(env);

	if (++hand->allocations == hand->fail_at)
		return NULL;
	hand->live_bytes += bytes;
	return malloc(bytes ? bytes : 1);
}

static void hand_free(struct fm_env *env, void *memory, size_t bytes)
{
	if (!memory)
		return;
	hand_of(env)->live_bytes -= bytes;
	free(memory);
}

static fm_ns hand_now(struct fm_env *env)
{
	return hand_of(env)->now_ns;
}

static int64_t hand_wall_ns(struct fm_env *env)
{
	return hand_of(env)->wall_ns;
}

static void hand_park(struct fm_env *env, fm_ns deadline_ns)
{
	struct hand *hand = hand_of(env);

	if (deadline_ns == 0)
		return;
	if (deadline_ns == FM_NS_MAX)
		ck_abort_msg("nothing can run any more, and no timer is armed: the test hangs");
	if (deadline_ns > hand->now_ns)
		hand->now_ns = deadline_ns;
}

static void hand_unpark(struct fm_env *env)
{
	(void)env;
}

static uint64_t hand_draw(struct fm_env *env, const struct fm_draw_site *site, uint64_t n)
{
	struct hand *hand = hand_of(env);

	(void)site;
	hand->draws++;
	return hand->draw % n;
}

static bool hand_charge(struct fm_env *env, const void *resource)
{
	struct hand *hand = hand_of(env);

	hand->charged = resource;
	if (hand->budget_refusals == 0)
		return true;
	hand->budget_refusals--;
	return false;
}

static void hand_entropy(struct fm_env *env, void *bytes, size_t count)
{
	(void)env;
	memset(bytes, 0x5a, count);
}

static void hand_fatal(struct fm_env *env, const struct fm_fatal *fatal)
{
	(void)env;
	fprintf(stderr, "fatal: %s\n", fatal->message);
	abort();
}

static int no_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr, uint32_t backlog)
{
	(void)env, (void)io, (void)addr, (void)backlog;
	return FM_ERR_UNSUPPORTED;
}

static int no_accept(struct fm_env *env, struct fm_io *listener, struct fm_io *io)
{
	(void)env, (void)listener, (void)io;
	return FM_ERR_UNSUPPORTED;
}

static int no_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *addr)
{
	(void)env, (void)io, (void)addr;
	return FM_ERR_UNSUPPORTED;
}

static int no_io(struct fm_env *env, struct fm_io *io)
{
	(void)env, (void)io;
	return FM_ERR_UNSUPPORTED;
}

static int no_address(struct fm_env *env, struct fm_io *io, bool of_peer, struct fm_addr *addr)
{
	(void)env, (void)io, (void)of_peer, (void)addr;
	return FM_ERR_UNSUPPORTED;
}

static int no_nodelay(struct fm_env *env, struct fm_io *io, bool on)
{
	(void)env, (void)io, (void)on;
	return FM_ERR_UNSUPPORTED;
}

static int no_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done)
{
	(void)env, (void)io, (void)bytes, (void)count, (void)done;
	return FM_ERR_UNSUPPORTED;
}

static int no_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done)
{
	(void)env, (void)io, (void)bytes, (void)count, (void)done;
	return FM_ERR_UNSUPPORTED;
}

static void no_close(struct fm_env *env, struct fm_io *io, bool reset)
{
	(void)env, (void)io, (void)reset;
}

static int no_watch(struct fm_env *env, struct fm_signal_watch *watch)
{
	(void)env, (void)watch;
	return FM_ERR_UNSUPPORTED;
}

static void no_unwatch(struct fm_env *env, struct fm_signal_watch *watch)
{
	(void)env, (void)watch;
}

static const struct fm_env_ops hand_ops = {
	.name = "hand",
	.attach = hand_attach,
	.detach = hand_detach,
	.alloc = hand_alloc,
	.free = hand_free,
	.now = hand_now,
	.wall_ns = hand_wall_ns,
	.park = hand_park,
	.unpark = hand_unpark,
	.draw = hand_draw,
	.charge = hand_charge,
	.entropy = hand_entropy,
	.fatal = hand_fatal,
	.tcp_listen = no_listen,
	.tcp_accept = no_accept,
	.tcp_connect = no_connect,
	.tcp_connected = no_io,
	.tcp_address = no_address,
	.tcp_shutdown = no_io,
	.tcp_nodelay = no_nodelay,
	.io_read = no_read,
	.io_write = no_write,
	.io_close = no_close,
	.signal_watch = no_watch,
	.signal_unwatch = no_unwatch,
};

static struct hand_waker *waker_of(struct fm_wakeable *wakeable)
{
	return FM_CONTAINER_OF(wakeable, struct hand_waker, wakeable);
}

static struct fm_waker waker_clone(struct fm_wakeable *wakeable)
{
	waker_of(wakeable)->clones++;
	return fm_waker_of(wakeable);
}

static void waker_wake(struct fm_wakeable *wakeable)
{
	waker_of(wakeable)->wakes++;
}

static void waker_drop(struct fm_wakeable *wakeable)
{
	ck_assert_msg(waker_of(wakeable)->clones > 0, "a waker was dropped more often than it was cloned");
	waker_of(wakeable)->clones--;
}

static bool waker_will_wake(const struct fm_wakeable *wakeable, struct fm_waker other)
{
	return fm_waker_wakeable(other) == wakeable;
}

static const struct fm_waker_ops waker_ops = {
	.clone = waker_clone,
	.wake = waker_wake,
	.drop = waker_drop,
	.will_wake = waker_will_wake,
};

void hand_waker_init(struct hand_waker *waker)
{
	*waker = (struct hand_waker){ .wakeable = { &waker_ops } };
}

void hand_open(struct hand *hand)
{
	struct fm_executor_config config;

	memset(hand, 0, sizeof(*hand));
	hand->env.ops = &hand_ops;
	hand->env.budget_is_drawn = true;
	hand->now_ns = FM_SEC;
	hand_waker_init(&hand->waker);
	fm_executor_config_init(&config);
	hand->executor = fm_executor_new(&hand->env, &config);
	ck_assert_ptr_nonnull(hand->executor);
	hand->before = fm_executor_enter(hand->executor);
}

void hand_close(struct hand *hand)
{
	fm_executor_enter(hand->before);
	fm_executor_free(hand->executor);
	ck_assert_msg(hand->waker.clones == 0, "%u wakers are still held", hand->waker.clones);
	ck_assert_msg(hand->users == 0, "a task is still referred to");
	ck_assert_msg(hand->live_bytes == 0, "%zu bytes leaked", hand->live_bytes);
}

enum fm_poll hand_poll_as(struct hand *hand, struct fm_future *future, struct hand_waker *waker)
{
	struct fm_context cx = {
		.waker = fm_waker_of(&waker->wakeable),
		.executor = hand->executor,
	};

	return fm_poll(future, &cx);
}

enum fm_poll hand_poll(struct hand *hand, struct fm_future *future)
{
	return hand_poll_as(hand, future, &hand->waker);
}

unsigned hand_wakes(struct hand *hand)
{
	const unsigned wakes = hand->waker.wakes;

	hand->waker.wakes = 0;
	return wakes;
}

void hand_advance(struct hand *hand, fm_ns length_ns)
{
	hand->now_ns = fm_ns_add(hand->now_ns, length_ns);
	fm_executor_fire(hand->executor, hand->now_ns);
}

void hand_run_ready(struct hand *hand)
{
	struct fm_runq *runq = fm_executor_runq(hand->executor);

	while (fm_runq_ready(runq))
		fm_task_run(fm_runq_take(runq, 0));
}
