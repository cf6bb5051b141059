/* Lines: endings, limits, the end, and that neither a drop nor an error loses or repeats anything. */
#include "hand.h"
#include "suite.h"

#include <fm/duplex.h>
#include <fm/lines.h>
#include <string.h>

static struct hand hand;
static struct fm_duplex *end_a;
static struct fm_duplex *end_b;
static struct fm_lines lines;
static struct fm_next_line next;
static char buffer[8]; /* lines of up to 6 bytes */

static void open_lines(void)
{
	hand_open(&hand);
	ck_assert_int_eq(fm_duplex_new(64, &end_a, &end_b), FM_OK);
	fm_lines_init(&lines, fm_duplex_stream(end_b), buffer, sizeof(buffer));
}

static void close_lines(void)
{
	fm_duplex_free(end_a);
	fm_duplex_free(end_b);
	hand_close(&hand);
}

static void send_bytes(const char *bytes, size_t count)
{
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, fm_duplex_stream(end_a), bytes, count)),
			 FM_READY);
	ck_assert_uint_eq(write.done, count);
}

static void send_text(const char *text)
{
	send_bytes(text, strlen(text));
}

static void check_line(const char *expected)
{
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_READY);
	ck_assert_int_eq(next.fut.status, FM_OK);
	ck_assert_str_eq(next.line, expected);
	ck_assert_uint_eq(next.length, strlen(expected));
}

static void check_status(int status)
{
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_READY);
	ck_assert_str_eq(fm_status_name(next.fut.status), fm_status_name(status));
}

static void check_pending(void)
{
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_PENDING);
	fm_drop(&next.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
}

START_TEST(both_endings_are_stripped_and_nothing_else)
{
	send_text("one\ntwo\r\n\n\r\n\r\r\na\rb\n\n");
	check_line("one");
	check_line("two");
	check_line("");
	check_line("");
	check_line("\r");
	check_line("a\rb");
	check_line("");
	check_pending();
}
END_TEST

START_TEST(a_line_comes_in_pieces_and_waits_are_given_up_in_between)
{
	send_text("a");
	check_pending();
	send_text("b");
	check_pending();
	check_pending();
	send_text("c\r");
	check_pending();
	send_text("\nd");
	check_line("abc");
	check_pending();
	send_text("\n");
	check_line("d");
}
END_TEST

START_TEST(one_byte_at_a_time_loses_none)
{
	static const char text[] = "first\nsecond\r\n\nx\n";
	static const char *const expected[] = { "first", "second", "", "x" };
	size_t seen = 0;

	for (const char *at = text; *at; at++) {
		send_bytes(at, 1);
		if (hand_poll(&hand, fm_next_line_init(&next, &lines)) == FM_PENDING) {
			fm_drop(&next.fut);
			continue;
		}
		if (next.fut.status == FM_ERR_LINE_TOO_LONG) {
			ck_assert_str_eq(expected[seen++], "second"); /* with its "\r\n" it does not fit */
			continue;
		}
		ck_assert_str_eq(next.line, expected[seen++]);
	}
	ck_assert_uint_eq(seen, 4);
}
END_TEST

START_TEST(a_wake_brings_the_line)
{
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_PENDING);
	send_text("hi\n");
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &next.fut), FM_READY);
	ck_assert_str_eq(next.line, "hi");
}
END_TEST

START_TEST(the_last_line_needs_no_ending)
{
	send_text("a\nb\r");
	fm_stream_close(fm_duplex_stream(end_a));
	check_line("a");
	check_line("b\r");
	check_status(FM_ERR_CLOSED);
	check_status(FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_last_line_fills_the_buffer_to_the_byte)
{
	send_text("1234567");
	check_status(FM_ERR_LINE_TOO_LONG); /* nobody knows yet that it is the last */
	send_text("89\n123456\n123456");
	fm_stream_close(fm_duplex_stream(end_a));
	check_line("123456");
	check_line("123456");
	check_status(FM_ERR_CLOSED);
}
END_TEST

START_TEST(nothing_at_all_is_no_line)
{
	fm_stream_close(fm_duplex_stream(end_a));
	check_status(FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_line_too_long_is_one_error_and_the_next_line_comes)
{
	send_text("ok\n1234567890123456789012345\nfine\n");
	check_line("ok");
	check_status(FM_ERR_LINE_TOO_LONG);
	check_line("fine");
	send_text("12345678\n\n123456789");
	check_status(FM_ERR_LINE_TOO_LONG);
	check_line("");
	check_status(FM_ERR_LINE_TOO_LONG);
	check_pending();
	send_text("0");
	check_pending();
	fm_stream_close(fm_duplex_stream(end_a));
	check_status(FM_ERR_CLOSED);
}
END_TEST

START_TEST(the_rest_is_skipped_across_drops)
{
	send_text("12345678");
	check_status(FM_ERR_LINE_TOO_LONG);
	check_pending();
	send_text("90\nab");
	check_pending();
	send_text("c\n");
	check_line("abc");
}
END_TEST

START_TEST(a_refused_budget_keeps_the_line)
{
	send_text("abc\ndef\n");
	hand.budget_refusals = 1; /* of the read */
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_PENDING);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &next.fut), FM_READY);
	ck_assert_str_eq(next.line, "abc");
	send_text("x\n");
	check_line("def");
	send_text("yz\n");
	check_line("x");
	ck_assert_int_eq(lines.end > lines.start, 0);
	hand.budget_refusals = 0;
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_READY);
	ck_assert_str_eq(next.line, "yz");
	send_text("p\nq\n");
	check_line("p");
	hand.budget_refusals = 1; /* of a line that is in the buffer already */
	ck_assert_int_eq(hand_poll(&hand, fm_next_line_init(&next, &lines)), FM_PENDING);
	fm_drop(&next.fut);
	check_line("q");
}
END_TEST

START_TEST(a_line_that_another_receiver_fetched_leaves_no_waiter)
{
	struct hand_waker other;
	struct fm_next_line second;

	hand_waker_init(&other);
	hand_poll(&hand, fm_next_line_init(&next, &lines));
	hand_poll_as(&hand, fm_next_line_init(&second, &lines), &other);
	send_text("a\nb\n");
	ck_assert_int_eq(hand_poll(&hand, &next.fut), FM_READY);
	ck_assert_str_eq(next.line, "a");
	ck_assert_int_eq(hand_poll_as(&hand, &second.fut, &other), FM_READY);
	ck_assert_str_eq(second.line, "b");
	ck_assert_uint_eq(other.clones + hand.waker.clones, 0);
}
END_TEST

START_TEST(a_failing_stream_fails_once)
{
	send_text("part");
	check_pending();
	fm_stream_close(fm_duplex_stream(end_b));
	check_status(FM_ERR_CLOSED);
	check_status(FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_buffer_must_have_room_for_a_byte)
{
	fm_lines_init(&lines, fm_duplex_stream(end_b), buffer, 1);
	check_status(FM_ERR_INVALID);
	fm_lines_init(&lines, fm_duplex_stream(end_b), buffer, 2);
	send_text("\n\n");
	check_line("");
	check_line("");
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("lines");
	TCase *tests = tcase_create("lines");

	tcase_add_checked_fixture(tests, open_lines, close_lines);
	tcase_add_test(tests, both_endings_are_stripped_and_nothing_else);
	tcase_add_test(tests, a_line_comes_in_pieces_and_waits_are_given_up_in_between);
	tcase_add_test(tests, one_byte_at_a_time_loses_none);
	tcase_add_test(tests, a_wake_brings_the_line);
	tcase_add_test(tests, the_last_line_needs_no_ending);
	tcase_add_test(tests, a_last_line_fills_the_buffer_to_the_byte);
	tcase_add_test(tests, nothing_at_all_is_no_line);
	tcase_add_test(tests, a_line_too_long_is_one_error_and_the_next_line_comes);
	tcase_add_test(tests, the_rest_is_skipped_across_drops);
	tcase_add_test(tests, a_refused_budget_keeps_the_line);
	tcase_add_test(tests, a_line_that_another_receiver_fetched_leaves_no_waiter);
	tcase_add_test(tests, a_failing_stream_fails_once);
	tcase_add_test(tests, a_buffer_must_have_room_for_a_byte);
	suite_add_tcase(suite, tests);
	return suite;
}
