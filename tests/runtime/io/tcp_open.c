/* How TCP sockets of Linux are opened and closed: what fails, what stays queued, what is left behind. */
#include "pair.h"
#include "suite.h"

#include <fm/task.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

struct refused {
	struct fm_async async;
	struct pair pair;
	struct fm_tcp_connect connect;
	struct fm_addr addr;
};

static const struct fm_addr no_family = { .family = 7 };

FM_ASYNC(refused)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	/* Open already, then a port that is surely free now, then no address at all. */
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->pair.client, &self->pair.addr));
	ck_assert_int_eq(self->connect.fut.status, FM_ERR_INVALID);
	ck_assert(fm_tcp_is_open(&self->pair.client));
	pair_close(&self->pair);
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->pair.client, &self->pair.addr));
	ck_assert_int_eq(self->connect.fut.status, FM_ERR_REFUSED);
	ck_assert(!fm_tcp_is_open(&self->pair.client));
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->pair.client, &no_family));
	ck_assert_int_eq(self->connect.fut.status, FM_ERR_ADDR_INVALID);
	ck_assert_int_eq(fm_tcp_listen(&self->pair.listener, &no_family, 1), FM_ERR_ADDR_INVALID);
	ck_assert_int_eq(fm_addr_parse(&self->addr, "192.0.2.1:0"), FM_OK); /* nobody's: for documents */
	ck_assert_int_eq(fm_tcp_listen(&self->pair.listener, &self->addr, 1), FM_ERR_ADDR_INVALID);
	FM_END;
}

START_TEST(connects_and_listens_that_fail_leave_nothing_open)
{
	RUN(refused);
}
END_TEST

struct in_use {
	struct fm_async async;
	struct pair pair;
	struct fm_tcp_listener second;
};

FM_ASYNC(in_use)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	fm_tcp_listener_init(&self->second);
	ck_assert_int_eq(fm_tcp_listen(&self->second, &self->pair.addr, 1), FM_ERR_ADDR_IN_USE);
	fm_tcp_close(&self->pair.server); /* closed first: its port lingers */
	fm_tcp_listener_close(&self->pair.listener);
	ck_assert_int_eq(fm_tcp_listen(&self->second, &self->pair.addr, 1), FM_OK);
	fm_tcp_listener_close(&self->second);
	fm_tcp_close(&self->pair.client);
	FM_END;
}

START_TEST(a_port_is_free_again_at_once)
{
	RUN(in_use);
}
END_TEST

/* An accept that is dropped while it waits, another that then gets the connection, one that sees the close. */
struct accepter {
	struct fm_async async;
	struct fm_tcp_listener *listener;
	struct fm_tcp tcp;
	struct fm_tcp_accept accept;
};

FM_ASYNC(accepter)
{
	FM_BEGIN;
	fm_tcp_init(&self->tcp);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, self->listener, &self->tcp));
	FM_RETURN(self->accept.fut.status);
	FM_END;
}

static struct fm_task *spawn_accepter(struct fm_tcp_listener *listener)
{
	struct accepter *accepter = fm_task_alloc(sizeof(*accepter), "accepter");

	ck_assert_ptr_nonnull(accepter);
	FM_ASYNC_INIT(accepter, accepter);
	accepter->listener = listener;
	return fm_task_spawn(accepter);
}

struct accepts {
	struct fm_async async;
	struct fm_tcp_listener listener;
	struct fm_tcp client;
	struct fm_addr addr;
	struct fm_task *tasks[3];
	struct fm_yield yield;
	struct fm_tcp_connect connect;
	struct fm_task_join join;
	int i;
};

FM_ASYNC(accepts)
{
	FM_BEGIN;
	self->addr = fm_addr_loopback(0);
	fm_tcp_listener_init(&self->listener);
	fm_tcp_init(&self->client);
	ck_assert_int_eq(fm_tcp_listen(&self->listener, &self->addr, 16), FM_OK);
	ck_assert_int_eq(fm_tcp_listener_address(&self->listener, &self->addr), FM_OK);
	for (self->i = 0; self->i < 3; self->i++)
		self->tasks[self->i] = spawn_accepter(&self->listener);
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_AWAIT(fm_yield_init(&self->yield));
	fm_task_abort(self->tasks[0]);
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->client, &self->addr));
	FM_AWAIT(fm_task_join_init(&self->join, self->tasks[1]));
	ck_assert_int_eq(self->join.fut.status, FM_OK);
	fm_tcp_listener_close(&self->listener);
	FM_AWAIT(fm_task_join_init(&self->join, self->tasks[2]));
	ck_assert_int_eq(self->join.fut.status, FM_ERR_CLOSED);
	FM_AWAIT(fm_task_join_init(&self->join, self->tasks[0]));
	ck_assert_int_eq(self->join.fut.status, FM_ERR_CANCELLED);
	fm_tcp_close(&((struct accepter *)fm_task_frame(self->tasks[1]))->tcp);
	fm_tcp_close(&self->client);
	for (self->i = 0; self->i < 3; self->i++)
		fm_task_detach(self->tasks[self->i]);
	FM_END;
}

START_TEST(an_accept_that_is_dropped_leaves_the_connection_to_the_next)
{
	RUN(accepts);
}
END_TEST

/* Without descriptors a connection stays queued; with one given back it comes. */
struct exhausted {
	struct fm_async async;
	struct fm_tcp_listener listener;
	struct fm_tcp client;
	struct fm_tcp server;
	struct fm_addr addr;
	struct fm_tcp_connect connect;
	struct fm_tcp_accept accept;
	struct rlimit limit;
};

static void allow_descriptors(struct exhausted *self, rlim_t count)
{
	struct rlimit limit = self->limit;

	limit.rlim_cur = count;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

FM_ASYNC(exhausted)
{
	FM_BEGIN;
	self->addr = fm_addr_loopback(0);
	fm_tcp_listener_init(&self->listener);
	fm_tcp_init(&self->client);
	fm_tcp_init(&self->server);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &self->limit), 0);
	ck_assert_int_eq(fm_tcp_listen(&self->listener, &self->addr, 16), FM_OK);
	ck_assert_int_eq(fm_tcp_listener_address(&self->listener, &self->addr), FM_OK);
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->client, &self->addr));
	allow_descriptors(self, 0);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->server));
	ck_assert_int_eq(self->accept.fut.status, FM_ERR_TOO_MANY_FILES);
	ck_assert(!fm_tcp_is_open(&self->server));
	FM_AWAIT(fm_tcp_connect_init(&self->connect, &self->server, &self->addr));
	ck_assert_int_eq(self->connect.fut.status, FM_ERR_TOO_MANY_FILES);
	allow_descriptors(self, self->limit.rlim_cur);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->server));
	ck_assert_int_eq(self->accept.fut.status, FM_OK);
	FM_AWAIT(fm_tcp_accept_init(&self->accept, &self->listener, &self->server));
	ck_assert_int_eq(self->accept.fut.status, FM_ERR_INVALID);
	fm_tcp_close(&self->client);
	fm_tcp_close(&self->server);
	fm_tcp_listener_close(&self->listener);
	FM_END;
}

START_TEST(without_descriptors_a_connection_stays_queued)
{
	RUN(exhausted);
}
END_TEST

/* A connect dropped on its way closes its socket: no descriptor is left. */
struct dropped {
	struct fm_async async;
	struct fm_tcp_listener listener;
	struct fm_tcp client;
	struct fm_addr addr;
	struct fm_tcp_connect connect;
	int lowest;
};

static int lowest_descriptor(void)
{
	const int fd = dup(0);

	close(fd);
	return fd;
}

FM_ASYNC(dropped)
{
	FM_BEGIN;
	self->addr = fm_addr_loopback(0);
	fm_tcp_listener_init(&self->listener);
	fm_tcp_init(&self->client);
	ck_assert_int_eq(fm_tcp_listen(&self->listener, &self->addr, 16), FM_OK);
	ck_assert_int_eq(fm_tcp_listener_address(&self->listener, &self->addr), FM_OK);
	self->lowest = lowest_descriptor();
	fm_drop(fm_tcp_connect_init(&self->connect, &self->client, &self->addr));
	ck_assert_int_eq(fm_poll(fm_tcp_connect_init(&self->connect, &self->client, &self->addr), cx),
			 FM_PENDING);
	ck_assert(fm_tcp_is_open(&self->client));
	fm_drop(&self->connect.fut);
	ck_assert(!fm_tcp_is_open(&self->client));
	ck_assert_int_eq(lowest_descriptor(), self->lowest);
	fm_tcp_listener_close(&self->listener);
	FM_END;
}

START_TEST(a_dropped_connect_closes_its_socket)
{
	RUN(dropped);
}
END_TEST

/* A descriptor that lives on elsewhere (a forked child's) after its io was closed must not speak to that io. */
struct closed_elsewhere {
	struct fm_async async;
	struct pair pair;
	struct fm_write_all write_all;
	struct fm_yield yield;
	int elsewhere;
	int turns;
};

FM_ASYNC(closed_elsewhere)
{
	FM_BEGIN;
	FM_AWAIT(FM_ASYNC_INIT(&self->pair, pair));
	self->elsewhere = dup((int)self->pair.server.io.handle);
	fm_tcp_close(&self->pair.server);
	FM_AWAIT(fm_write_all_init(&self->write_all, &self->pair.client.stream, "abc", 3));
	for (self->turns = 0; self->turns < 200; self->turns++)
		FM_AWAIT(fm_yield_init(&self->yield));
	ck_assert_uint_eq(self->pair.server.io.ready, 0);
	close(self->elsewhere);
	pair_close(&self->pair);
	FM_END;
}

START_TEST(a_closed_io_hears_of_nothing_any_more)
{
	RUN(closed_elsewhere);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("tcp open");
	TCase *tests = tcase_create("tcp open");

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, connects_and_listens_that_fail_leave_nothing_open);
	tcase_add_test(tests, a_port_is_free_again_at_once);
	tcase_add_test(tests, an_accept_that_is_dropped_leaves_the_connection_to_the_next);
	tcase_add_test(tests, without_descriptors_a_connection_stays_queued);
	tcase_add_test(tests, a_dropped_connect_closes_its_socket);
	tcase_add_test(tests, a_closed_io_hears_of_nothing_any_more);
	suite_add_tcase(suite, tests);
	return suite;
}
