/* The pipe in memory, and the futures over any stream: order of bytes, ends, closing, what a drop leaves. */
#include "hand.h"
#include "suite.h"

#include <fm/duplex.h>
#include <fm/stream.h>
#include <string.h>

static struct hand hand;
static struct fm_duplex *end_a;
static struct fm_duplex *end_b;
static struct fm_stream *a;
static struct fm_stream *b;
static char into[16];

static void open_pipe(void)
{
	hand_open(&hand);
	ck_assert_int_eq(fm_duplex_new(4, &end_a, &end_b), FM_OK);
	a = fm_duplex_stream(end_a);
	b = fm_duplex_stream(end_b);
}

static void close_pipe(void)
{
	fm_duplex_free(end_a);
	fm_duplex_free(end_b);
	hand_close(&hand);
}

static size_t write_now(struct fm_stream *stream, const char *text)
{
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, stream, text, strlen(text))), FM_READY);
	ck_assert_int_eq(write.fut.status, FM_OK);
	return write.done;
}

static void check_read(struct fm_stream *stream, size_t count, const char *expected)
{
	struct fm_read read;

	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, stream, into, count)), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_OK);
	ck_assert_uint_eq(read.done, strlen(expected));
	ck_assert(memcmp(into, expected, read.done) == 0);
}

START_TEST(bytes_go_round_the_ring_in_order)
{
	ck_assert_uint_eq(write_now(a, "abcdef"), 4);
	check_read(b, 3, "abc");
	ck_assert_uint_eq(write_now(a, "efg"), 3);
	check_read(b, 16, "defg");
	ck_assert_uint_eq(write_now(b, "back"), 4);
	check_read(a, 16, "back");
}
END_TEST

START_TEST(a_reader_waits_for_the_first_byte)
{
	struct fm_read read;

	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, b, into, 16)), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 1);
	write_now(a, "x");
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(hand.waker.clones, 0);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(read.done, 1);
}
END_TEST

START_TEST(a_writer_waits_for_room)
{
	struct fm_write write;

	write_now(a, "full");
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, a, "er", 2)), FM_PENDING);
	check_read(b, 1, "f");
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &write.fut), FM_READY);
	ck_assert_uint_eq(write.done, 1);
	check_read(b, 16, "ulle");
}
END_TEST

START_TEST(dropping_a_woken_reader_leaves_the_bytes_to_the_next)
{
	struct hand_waker other;
	struct fm_read first;
	struct fm_read second;

	hand_waker_init(&other);
	hand_poll(&hand, fm_read_init(&first, b, into, 16));
	hand_poll_as(&hand, fm_read_init(&second, b, into, 16), &other);
	write_now(a, "xy");
	fm_drop(&first.fut);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_int_eq(hand_poll_as(&hand, &second.fut, &other), FM_READY);
	ck_assert_uint_eq(second.done, 2);
	ck_assert_uint_eq(other.clones, 0);
}
END_TEST

START_TEST(of_no_bytes_both_are_ready_at_once)
{
	struct fm_read read;
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, a, NULL, 0)), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_OK);
	write_now(a, "full");
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, a, NULL, 0)), FM_READY);
	ck_assert_int_eq(write.fut.status, FM_OK);
	fm_stream_close(b);
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, a, NULL, 0)), FM_READY);
	ck_assert_int_eq(write.fut.status, FM_OK);
}
END_TEST

START_TEST(a_writer_that_waits_learns_that_its_reader_has_gone)
{
	struct fm_write_all all;

	hand_poll(&hand, fm_write_all_init(&all, a, "abcdef", 6));
	fm_duplex_free(end_b);
	end_b = NULL;
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &all.fut), FM_READY);
	ck_assert_int_eq(all.fut.status, FM_ERR_BROKEN_PIPE);
	ck_assert_uint_eq(all.done, 4);
}
END_TEST

START_TEST(a_reader_gets_what_is_left_and_then_the_end)
{
	struct fm_read read;

	write_now(a, "ab");
	fm_duplex_free(end_a);
	end_a = NULL;
	check_read(b, 1, "a");
	check_read(b, 16, "b");
	check_read(b, 16, "");
	check_read(b, 16, "");
	fm_stream_close(b);
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, b, into, 16)), FM_READY);
	ck_assert_int_eq(read.fut.status, FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_reader_that_waits_learns_of_the_end)
{
	struct fm_read read;

	hand_poll(&hand, fm_read_init(&read, b, into, 16));
	fm_stream_close(a);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(read.done, 0);
}
END_TEST

START_TEST(futures_on_an_end_that_is_closed_under_them)
{
	struct fm_read read;
	struct fm_write_all all;

	hand_poll(&hand, fm_read_init(&read, a, into, 16));
	hand_poll(&hand, fm_write_all_init(&all, a, "abcdef", 6));
	fm_stream_close(a);
	fm_stream_close(a);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	hand_poll(&hand, &read.fut);
	ck_assert_int_eq(read.fut.status, FM_ERR_CLOSED);
	hand_poll(&hand, &all.fut);
	ck_assert_int_eq(all.fut.status, FM_ERR_CLOSED);
}
END_TEST

START_TEST(shutting_down_ends_one_direction)
{
	struct fm_shutdown shutdown;
	struct fm_write write;
	struct fm_read read;

	write_now(a, "ab");
	hand_poll(&hand, fm_read_init(&read, a, into, 16));
	ck_assert_int_eq(hand_poll(&hand, fm_shutdown_init(&shutdown, a)), FM_READY);
	ck_assert_int_eq(shutdown.fut.status, FM_OK);
	hand_poll(&hand, fm_shutdown_init(&shutdown, a));
	ck_assert_int_eq(shutdown.fut.status, FM_OK);
	hand_poll(&hand, fm_write_init(&write, a, "c", 1));
	ck_assert_int_eq(write.fut.status, FM_ERR_BROKEN_PIPE);
	check_read(b, 16, "ab");
	check_read(b, 16, "");
	write_now(b, "z");
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(read.done, 1);
}
END_TEST

START_TEST(read_exact_keeps_count_of_what_it_took)
{
	struct fm_read_exact exact;

	write_now(a, "abc");
	ck_assert_int_eq(hand_poll(&hand, fm_read_exact_init(&exact, b, into, 5)), FM_PENDING);
	fm_drop(&exact.fut);
	ck_assert_uint_eq(exact.done, 3);
	write_now(a, "def");
	ck_assert_int_eq(hand_poll(&hand, fm_read_exact_init(&exact, b, into + 3, 2)), FM_READY);
	ck_assert(memcmp(into, "abcde", 5) == 0);
	fm_stream_close(a);
	ck_assert_int_eq(hand_poll(&hand, fm_read_exact_init(&exact, b, into, 2)), FM_READY);
	ck_assert_int_eq(exact.fut.status, FM_ERR_EOF);
	ck_assert_uint_eq(exact.done, 1);
	ck_assert_int_eq(hand_poll(&hand, fm_read_exact_init(&exact, b, into, 0)), FM_READY);
	ck_assert_int_eq(exact.fut.status, FM_OK);
}
END_TEST

START_TEST(a_refused_budget_changes_nothing)
{
	struct fm_write write;
	struct fm_read read;
	struct fm_shutdown shutdown;

	hand.budget_refusals = 1;
	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, a, "ab", 2)), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, fm_read_init(&read, b, into, 16)), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &write.fut), FM_READY);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 2;
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_PENDING);
	ck_assert_int_eq(hand_poll(&hand, fm_shutdown_init(&shutdown, a)), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_int_eq(hand_poll(&hand, &read.fut), FM_READY);
	ck_assert_uint_eq(read.done, 2);
	fm_drop(&shutdown.fut);
	write_now(a, "c");
}
END_TEST

START_TEST(no_memory_and_no_capacity_are_errors)
{
	struct fm_duplex *c = NULL;
	struct fm_duplex *d = NULL;

	ck_assert_int_eq(fm_duplex_new(0, &c, &d), FM_ERR_INVALID);
	ck_assert_int_eq(fm_duplex_new(SIZE_MAX, &c, &d), FM_ERR_INVALID);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_duplex_new(1, &c, &d), FM_ERR_NOMEM);
	ck_assert(c == NULL && d == NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("duplex");
	TCase *tests = tcase_create("duplex");

	tcase_add_checked_fixture(tests, open_pipe, close_pipe);
	tcase_add_test(tests, bytes_go_round_the_ring_in_order);
	tcase_add_test(tests, a_reader_waits_for_the_first_byte);
	tcase_add_test(tests, a_writer_waits_for_room);
	tcase_add_test(tests, dropping_a_woken_reader_leaves_the_bytes_to_the_next);
	tcase_add_test(tests, of_no_bytes_both_are_ready_at_once);
	tcase_add_test(tests, a_writer_that_waits_learns_that_its_reader_has_gone);
	tcase_add_test(tests, a_reader_gets_what_is_left_and_then_the_end);
	tcase_add_test(tests, a_reader_that_waits_learns_of_the_end);
	tcase_add_test(tests, futures_on_an_end_that_is_closed_under_them);
	tcase_add_test(tests, shutting_down_ends_one_direction);
	tcase_add_test(tests, read_exact_keeps_count_of_what_it_took);
	tcase_add_test(tests, a_refused_budget_changes_nothing);
	tcase_add_test(tests, no_memory_and_no_capacity_are_errors);
	suite_add_tcase(suite, tests);
	return suite;
}
