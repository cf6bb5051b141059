/*
 * Readiness over a device that the test holds in its hand. The device gives edges as epoll does: one when it
 * changes, and none for what was left lying; so a cleared bit of the wrong direction shows as a future that hangs.
 */
#include "hand.h"
#include "suite.h"

#include <fm/io.h>
#include <fm/stream.h>
#include <fm/tcp.h>
#include <string.h>

static struct {
	const char *bytes; /* to be read */
	size_t left;
	size_t chunk; /* most bytes of one read; 0: all */
	bool ended;
	size_t room; /* for writing */
	unsigned reads;
	unsigned writes;
	unsigned closes;
	unsigned resets;
} device;

static struct hand hand;
static struct fm_env_ops ops;
static struct fm_tcp tcp;
static char into[8];

static int device_read(struct fm_env *env, struct fm_io *io, void *bytes, size_t count, size_t *done)
{
	(void)env, (void)io;
	device.reads++;
	if (device.left == 0 && !device.ended)
		return FM_ERR_AGAIN;
	if (device.chunk && count > device.chunk)
		count = device.chunk;
	*done = count < device.left ? count : device.left;
	memcpy(bytes, device.bytes, *done);
	device.bytes += *done;
	device.left -= *done;
	return FM_OK;
}

static int device_write(struct fm_env *env, struct fm_io *io, const void *bytes, size_t count, size_t *done)
{
	(void)env, (void)io, (void)bytes;
	device.writes++;
	if (device.room == 0)
		return FM_ERR_AGAIN;
	*done = count < device.room ? count : device.room;
	device.room -= *done;
	return FM_OK;
}

static void device_close(struct fm_env *env, struct fm_io *io, bool reset)
{
	(void)env, (void)io;
	device.closes++;
	device.resets += reset;
}

static void open_device(void)
{
	hand_open(&hand);
	memset(&device, 0, sizeof(device));
	device.bytes = "";
	ops = *hand.env.ops;
	ops.io_read = device_read;
	ops.io_write = device_write;
	ops.io_close = device_close;
	hand.env.ops = &ops;
	fm_tcp_init(&tcp);
	tcp.io.env = &hand.env;
	tcp.io.handle = 1;
	tcp.io.ready = FM_IO_READABLE | FM_IO_WRITABLE;
}

static void close_device(void)
{
	fm_tcp_close(&tcp);
	hand_close(&hand);
}

static void arrives(const char *text)
{
	device.bytes = text;
	device.left = strlen(text);
}

static void check_read(const char *expected)
{
	struct fm_read read;

	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, sizeof(into))), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_OK);
	ck_assert_uint_eq(read.done, strlen(expected));
	ck_assert(memcmp(into, expected, read.done) == 0);
}

START_TEST(a_read_that_finds_nothing_leaves_the_writing_side_alone)
{
	struct fm_read read;
	struct fm_write write;

	device.room = 4;
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8)), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, &tcp.stream, "abc", 3)), FM_READY);
	ck_assert_uint_eq(write.done, 3);
	ck_assert_uint_eq(tcp.io.ready, FM_IO_WRITABLE);
	fm_drop(&read.fut);
}
END_TEST

START_TEST(a_write_that_finds_no_room_leaves_the_reading_side_alone)
{
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, &tcp.stream, "abc", 3)), FM_PENDING);
	ck_assert_uint_eq(tcp.io.ready, FM_IO_READABLE);
	arrives("xy");
	check_read("xy");
	fm_drop(&write.fut);
}
END_TEST

START_TEST(a_short_read_is_not_followed_by_a_try_before_the_next_edge)
{
	struct fm_read read;

	arrives("abc");
	check_read("abc");
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8)), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_PENDING);
	ck_assert_uint_eq(device.reads, 1);
	arrives("de");
	fm_io_event(&tcp.io, FM_IO_READABLE);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(read.done, 2);
}
END_TEST

START_TEST(a_full_read_may_have_left_something)
{
	arrives("abcdefghij");
	check_read("abcdefgh");
	check_read("ij");
	ck_assert_uint_eq(device.reads, 2);
}
END_TEST

START_TEST(after_a_hang_up_short_reads_go_on_to_the_end)
{
	device.chunk = 3;
	arrives("abcdefg");
	device.ended = true;
	fm_io_event(&tcp.io, FM_IO_READABLE | FM_IO_READ_CLOSED);
	check_read("abc");
	check_read("def");
	check_read("g");
	check_read("");
	check_read("");
}
END_TEST

START_TEST(the_end_of_the_stream_needs_no_edge_to_be_seen_again)
{
	device.ended = true;
	check_read("");
	check_read("");
}
END_TEST

START_TEST(a_read_that_stops_at_urgent_data_is_not_the_last)
{
	device.chunk = 2;
	arrives("abcd");
	fm_io_event(&tcp.io, FM_IO_READABLE | FM_IO_URGENT);
	check_read("ab");
	check_read("cd");
}
END_TEST

START_TEST(an_edge_without_cause_only_costs_a_try)
{
	struct fm_read read;

	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8)), FM_PENDING);
	fm_io_event(&tcp.io, FM_IO_READABLE);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_PENDING);
	arrives("a");
	fm_io_event(&tcp.io, FM_IO_READABLE);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(device.reads, 3);
}
END_TEST

START_TEST(an_edge_wakes_all_of_its_direction_and_the_newest_waker)
{
	struct hand_waker old_waker;
	struct hand_waker second_waker;
	struct hand_waker write_waker;
	struct fm_read first;
	struct fm_read second;
	struct fm_write write;

	hand_waker_init(&old_waker);
	hand_waker_init(&second_waker);
	hand_waker_init(&write_waker);
	hand_poll_as(&hand, fm_read_init(&first, &tcp.stream, into, 8), &old_waker);
	hand_poll(&hand, &first.fut);
	hand_poll_as(&hand, fm_read_init(&second, &tcp.stream, into, 8), &second_waker);
	hand_poll_as(&hand, fm_write_init(&write, &tcp.stream, "a", 1), &write_waker);
	arrives("ab");
	fm_io_event(&tcp.io, FM_IO_READABLE);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(second_waker.wakes, 1);
	ck_assert_uint_eq(old_waker.wakes + write_waker.wakes, 0);
	ck_assert_uint_eq(old_waker.clones, 0);
	fm_drop(&first.fut); /* woken, and gone before it could read: the other one does */
	ck_assert_int_eq(hand_poll_as(&hand, &second.fut, &second_waker), FM_READY);
	ck_assert_uint_eq(second.done, 2);
	fm_drop(&write.fut);
	ck_assert_uint_eq(second_waker.clones + write_waker.clones, 0);
}
END_TEST

START_TEST(a_refused_budget_transfers_nothing)
{
	struct fm_read read;
	struct fm_write write;

	arrives("abc");
	device.room = 9;
	hand.budget_refusals = 2;
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8)), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, &tcp.stream, "abc", 3)), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_uint_eq(device.reads + device.writes, 0);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_int_eq(hand_poll(&hand, &write.fut), FM_READY);
}
END_TEST

START_TEST(a_budget_is_asked_only_where_something_may_be_had)
{
	struct fm_read read;

	hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8));
	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_PENDING);
	ck_assert_uint_eq(hand.budget_refusals, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	fm_drop(&read.fut);
}
END_TEST

START_TEST(closing_wakes_both_directions)
{
	struct fm_read read;
	struct fm_write write;
	struct fm_flush flush;
	struct fm_shutdown shutdown;

	hand_poll(&hand, fm_read_init(&read, &tcp.stream, into, 8));
	hand_poll(&hand, fm_write_init(&write, &tcp.stream, "a", 1));
	fm_tcp_reset(&tcp);
	fm_tcp_close(&tcp);
	ck_assert_uint_eq(device.closes, 1);
	ck_assert_uint_eq(device.resets, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_ERR_CLOSED);
	ck_assert_int_eq(hand_poll(&hand, &write.fut), FM_READY);
	ck_assert_int_eq(write.fut.status, FM_ERR_CLOSED);
	hand_poll(&hand, fm_flush_init(&flush, &tcp.stream));
	ck_assert_int_eq(flush.fut.status, FM_ERR_CLOSED);
	hand_poll(&hand, fm_shutdown_init(&shutdown, &tcp.stream));
	ck_assert_int_eq(shutdown.fut.status, FM_ERR_CLOSED);
}
END_TEST

static unsigned shutdowns;

static int device_shutdown(struct fm_env *env, struct fm_io *io)
{
	(void)env, (void)io;
	shutdowns++;
	return FM_OK;
}

START_TEST(shutting_down_ends_a_write_that_waits)
{
	struct fm_write write;
	struct fm_shutdown shutdown;

	shutdowns = 0;
	ops.tcp_shutdown = device_shutdown;
	hand_poll(&hand, fm_write_init(&write, &tcp.stream, "abc", 3));
	ck_assert_int_eq(hand_poll(&hand, fm_shutdown_init(&shutdown, &tcp.stream)), FM_READY);
	hand_poll(&hand, fm_shutdown_init(&shutdown, &tcp.stream));
	ck_assert_int_eq(shutdown.fut.status, FM_OK);
	ck_assert_uint_eq(shutdowns, 1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &write.fut), FM_READY);
	ck_assert_int_eq(write.fut.status, FM_ERR_BROKEN_PIPE);
	ck_assert_uint_eq(device.writes, 1);
}
END_TEST

START_TEST(of_no_bytes_both_are_ready_without_a_try)
{
	struct fm_read read;
	struct fm_write write;

	tcp.io.ready = 0;
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, &tcp.stream, NULL, 0)), FM_READY);
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, &tcp.stream, NULL, 0)), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_OK);
	ck_assert_int_eq(write.fut.status, FM_OK);
	ck_assert_uint_eq(device.reads + device.writes, 0);
}
END_TEST

START_TEST(write_all_goes_on_where_it_stopped_and_says_how_far_it_came)
{
	struct fm_write_all all;

	device.room = 2;
	ck_assert_int_eq(hand_poll(&hand, fm_write_all_init(&all, &tcp.stream, "abcdef", 6)), FM_PENDING);
	ck_assert_uint_eq(device.writes, 1); /* the short one says it: no room */
	device.room = 3;
	fm_io_event(&tcp.io, FM_IO_WRITABLE);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &all.fut), FM_PENDING);
	fm_drop(&all.fut);
	ck_assert_uint_eq(all.done, 5);
}
END_TEST

START_TEST(dropped_before_the_first_poll)
{
	struct fm_read read;
	struct fm_write_all all;

	fm_drop(fm_read_init(&read, &tcp.stream, into, 8));
	fm_drop(fm_write_all_init(&all, &tcp.stream, "a", 1));
	ck_assert_uint_eq(device.reads + device.writes, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("io");
	TCase *tests = tcase_create("io");

	tcase_add_checked_fixture(tests, open_device, close_device);
	tcase_add_test(tests, a_read_that_finds_nothing_leaves_the_writing_side_alone);
	tcase_add_test(tests, a_write_that_finds_no_room_leaves_the_reading_side_alone);
	tcase_add_test(tests, a_short_read_is_not_followed_by_a_try_before_the_next_edge);
	tcase_add_test(tests, a_full_read_may_have_left_something);
	tcase_add_test(tests, after_a_hang_up_short_reads_go_on_to_the_end);
	tcase_add_test(tests, the_end_of_the_stream_needs_no_edge_to_be_seen_again);
	tcase_add_test(tests, a_read_that_stops_at_urgent_data_is_not_the_last);
	tcase_add_test(tests, an_edge_without_cause_only_costs_a_try);
	tcase_add_test(tests, an_edge_wakes_all_of_its_direction_and_the_newest_waker);
	tcase_add_test(tests, a_refused_budget_transfers_nothing);
	tcase_add_test(tests, a_budget_is_asked_only_where_something_may_be_had);
	tcase_add_test(tests, closing_wakes_both_directions);
	tcase_add_test(tests, shutting_down_ends_a_write_that_waits);
	tcase_add_test(tests, of_no_bytes_both_are_ready_without_a_try);
	tcase_add_test(tests, write_all_goes_on_where_it_stopped_and_says_how_far_it_came);
	tcase_add_test(tests, dropped_before_the_first_poll);
	suite_add_tcase(suite, tests);
	return suite;
}
