/* Accepting and connecting over an environment in the test's hand: edges without cause, errors, drops, budgets. */
#include "hand.h"
#include "suite.h"

#include <fm/tcp.h>

static struct {
	unsigned queued;   /* connections to be accepted */
	int accept_fails;  /* with this status, once */
	int connected;     /* what tcp_connected says */
	int connect_first; /* what tcp_connect says */
	unsigned tries;
	unsigned open;
} net;

static struct hand hand;
static struct fm_env_ops ops;
static struct fm_tcp_listener listener;
static struct fm_tcp tcp;
static struct fm_tcp_accept accept;
static struct fm_tcp_connect connect;
static struct fm_addr addr;

static int opened(struct fm_env *env, struct fm_io *io, uint32_t ready)
{
	net.open++;
	io->env = env;
	io->handle = net.open;
	io->ready = ready;
	return FM_OK;
}

static int net_listen(struct fm_env *env, struct fm_io *io, const struct fm_addr *at, uint32_t backlog)
{
	(void)at, (void)backlog;
	return opened(env, io, FM_IO_READABLE);
}

static int net_accept(struct fm_env *env, struct fm_io *from, struct fm_io *io)
{
	const int failed = net.accept_fails;

	(void)from;
	net.tries++;
	net.accept_fails = FM_OK;
	if (failed)
		return failed;
	if (net.queued == 0)
		return FM_ERR_AGAIN;
	net.queued--;
	return opened(env, io, FM_IO_READABLE | FM_IO_WRITABLE);
}

static int net_connect(struct fm_env *env, struct fm_io *io, const struct fm_addr *to)
{
	(void)to;
	net.tries++;
	if (net.connect_first == FM_OK || net.connect_first == FM_ERR_AGAIN)
		opened(env, io, net.connect_first == FM_OK ? FM_IO_WRITABLE : 0);
	return net.connect_first;
}

static int net_connected(struct fm_env *env, struct fm_io *io)
{
	(void)env, (void)io;
	net.tries++;
	return net.connected;
}

static void net_close(struct fm_env *env, struct fm_io *io, bool reset)
{
	(void)env, (void)io, (void)reset;
	net.open--;
}

static void open_net(void)
{
	hand_open(&hand);
	net = (typeof(net)){ .connect_first = FM_ERR_AGAIN, .connected = FM_ERR_AGAIN };
	ops = *hand.env.ops;
	ops.tcp_listen = net_listen;
	ops.tcp_accept = net_accept;
	ops.tcp_connect = net_connect;
	ops.tcp_connected = net_connected;
	ops.io_close = net_close;
	hand.env.ops = &ops;
	addr = fm_addr_loopback(1);
	fm_tcp_init(&tcp);
	fm_tcp_listener_init(&listener);
	ck_assert_int_eq(fm_tcp_listen(&listener, &addr, 1), FM_OK);
}

static void close_net(void)
{
	fm_tcp_close(&tcp);
	fm_tcp_listener_close(&listener);
	ck_assert_uint_eq(net.open, 0);
	hand_close(&hand);
}

static enum fm_poll accept_once(void)
{
	return hand_poll(&hand, fm_tcp_accept_init(&accept, &listener, &tcp));
}

static enum fm_poll connect_once(void)
{
	return hand_poll(&hand, fm_tcp_connect_init(&connect, &tcp, &addr));
}

START_TEST(accept_tries_once_an_edge)
{
	ck_assert_int_eq(accept_once(), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &accept.fut), FM_PENDING);
	ck_assert_uint_eq(net.tries, 1);
	fm_io_event(&listener.io, FM_IO_READABLE); /* without cause */
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &accept.fut), FM_PENDING);
	net.queued = 1;
	fm_io_event(&listener.io, FM_IO_READABLE);
	ck_assert_int_eq(hand_poll(&hand, &accept.fut), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_OK);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(one_edge_may_bring_several_connections)
{
	net.queued = 2;
	ck_assert_int_eq(accept_once(), FM_READY);
	fm_tcp_close(&tcp);
	ck_assert_int_eq(accept_once(), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_OK);
}
END_TEST

START_TEST(an_accept_that_failed_is_followed_by_a_try)
{
	net.queued = 1;
	net.accept_fails = FM_ERR_ABORTED;
	ck_assert_int_eq(accept_once(), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_ERR_ABORTED);
	ck_assert_int_eq(accept_once(), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_OK);
}
END_TEST

START_TEST(a_refused_budget_accepts_nothing)
{
	net.queued = 1;
	hand.budget_refusals = 1;
	ck_assert_int_eq(accept_once(), FM_PENDING);
	ck_assert_uint_eq(net.tries, 0);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&accept.fut);
	ck_assert_int_eq(accept_once(), FM_READY);
}
END_TEST

START_TEST(a_woken_accept_that_is_dropped_leaves_it_to_the_other)
{
	struct hand_waker other;
	struct fm_tcp_accept second;

	hand_waker_init(&other);
	accept_once();
	hand_poll_as(&hand, fm_tcp_accept_init(&second, &listener, &tcp), &other);
	net.queued = 1;
	fm_io_event(&listener.io, FM_IO_READABLE);
	fm_drop(&accept.fut);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_int_eq(hand_poll_as(&hand, &second.fut, &other), FM_READY);
	ck_assert_int_eq(second.fut.status, FM_OK);
	ck_assert_uint_eq(other.clones, 0);
}
END_TEST

START_TEST(closing_ends_the_accepts_that_wait)
{
	accept_once();
	fm_tcp_listener_close(&listener);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &accept.fut), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_ERR_CLOSED);
	ck_assert_int_eq(accept_once(), FM_READY);
	ck_assert_int_eq(accept.fut.status, FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_connect_believes_no_edge)
{
	ck_assert_int_eq(connect_once(), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_PENDING);
	ck_assert_uint_eq(net.tries, 1);
	fm_io_event(&tcp.io, FM_IO_WRITABLE | FM_IO_WRITE_CLOSED);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_PENDING);
	net.connected = FM_OK;
	fm_io_event(&tcp.io, FM_IO_WRITABLE);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_OK);
	ck_assert(fm_tcp_is_open(&tcp));
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(a_connect_that_fails_closes)
{
	connect_once();
	net.connected = FM_ERR_REFUSED;
	fm_io_event(&tcp.io, FM_IO_WRITE_CLOSED);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_ERR_REFUSED);
	ck_assert(!fm_tcp_is_open(&tcp));
	net.connect_first = FM_ERR_UNREACHABLE;
	ck_assert_int_eq(connect_once(), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_ERR_UNREACHABLE);
	net.connect_first = FM_OK;
	ck_assert_int_eq(connect_once(), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_OK);
}
END_TEST

START_TEST(a_dropped_connect_closes)
{
	connect_once();
	fm_io_event(&tcp.io, FM_IO_WRITABLE);
	fm_drop(&connect.fut);
	ck_assert(!fm_tcp_is_open(&tcp));
	fm_drop(fm_tcp_connect_init(&connect, &tcp, &addr));
	ck_assert_uint_eq(net.tries, 1);
}
END_TEST

START_TEST(a_connect_that_is_closed_under_it)
{
	connect_once();
	fm_tcp_close(&tcp);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_refused_budget_begins_and_ends_no_connect)
{
	hand.budget_refusals = 1;
	ck_assert_int_eq(connect_once(), FM_PENDING);
	ck_assert_uint_eq(net.tries, 0);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_PENDING);
	net.connected = FM_OK;
	fm_io_event(&tcp.io, FM_IO_WRITABLE);
	hand_wakes(&hand);
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &connect.fut), FM_READY);
	ck_assert_int_eq(connect.fut.status, FM_OK);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("net");
	TCase *tests = tcase_create("net");

	tcase_add_checked_fixture(tests, open_net, close_net);
	tcase_add_test(tests, accept_tries_once_an_edge);
	tcase_add_test(tests, one_edge_may_bring_several_connections);
	tcase_add_test(tests, an_accept_that_failed_is_followed_by_a_try);
	tcase_add_test(tests, a_refused_budget_accepts_nothing);
	tcase_add_test(tests, a_woken_accept_that_is_dropped_leaves_it_to_the_other);
	tcase_add_test(tests, closing_ends_the_accepts_that_wait);
	tcase_add_test(tests, a_connect_believes_no_edge);
	tcase_add_test(tests, a_connect_that_fails_closes);
	tcase_add_test(tests, a_dropped_connect_closes);
	tcase_add_test(tests, a_connect_that_is_closed_under_it);
	tcase_add_test(tests, a_refused_budget_begins_and_ends_no_connect);
	suite_add_tcase(suite, tests);
	return suite;
}
