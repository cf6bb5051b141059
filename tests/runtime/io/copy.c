/* Copying between two pipes: all of it, in order, through a tiny buffer, and what a drop leaves where. */
#include "hand.h"
#include "suite.h"

#include <fm/copy.h>
#include <fm/duplex.h>
#include <string.h>

static struct hand hand;
static struct fm_duplex *ends[4]; /* source, from, to, sink */
static struct fm_copy copy;
static char buffer[4];
static char into[64];

static struct fm_stream *stream(int index)
{
	return fm_duplex_stream(ends[index]);
}

static void open_pipes(void)
{
	hand_open(&hand);
	ck_assert_int_eq(fm_duplex_new(16, &ends[0], &ends[1]), FM_OK);
	ck_assert_int_eq(fm_duplex_new(3, &ends[2], &ends[3]), FM_OK);
	fm_copy_init(&copy, stream(1), stream(2), buffer, sizeof(buffer));
}

static void close_pipes(void)
{
	fm_drop_if_live(&copy.fut);
	for (int i = 0; i < 4; i++)
		fm_duplex_free(ends[i]);
	hand_close(&hand);
}

static void give(const char *text)
{
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, stream(0), text, strlen(text))), FM_READY);
	ck_assert_uint_eq(write.done, strlen(text));
}

static size_t take(char *to)
{
	struct fm_read read;

	if (hand_poll(&hand, fm_read_init(&read, stream(3), to, 16)) == FM_PENDING) {
		fm_drop(&read.fut);
		return 0;
	}
	return read.done;
}

START_TEST(all_of_it_in_order)
{
	size_t got = 0;

	give("0123456789");
	fm_stream_close(stream(0));
	for (int i = 0; i < 20 && hand_poll(&hand, &copy.fut) == FM_PENDING; i++)
		got += take(into + got);
	ck_assert(fm_future_is_ready(&copy.fut));
	got += take(into + got);
	ck_assert_int_eq(copy.fut.status, FM_OK);
	ck_assert_ptr_null(copy.failed);
	ck_assert_uint_eq(copy.copied, 10);
	ck_assert_uint_eq(got, 10);
	ck_assert(memcmp(into, "0123456789", 10) == 0);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(a_drop_leaves_the_rest_in_the_buffer)
{
	give("abcdef");
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_PENDING);
	fm_drop(&copy.fut);
	ck_assert_uint_eq(copy.copied, 3);
	ck_assert_uint_eq(copy.filled - copy.at, 1);
	ck_assert_int_eq(buffer[copy.at], 'd');
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

START_TEST(the_failed_side_is_named)
{
	give("abcdef");
	hand_poll(&hand, &copy.fut);
	fm_stream_close(stream(3));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_READY);
	ck_assert_int_eq(copy.fut.status, FM_ERR_BROKEN_PIPE);
	ck_assert_ptr_eq(copy.failed, stream(2));
}
END_TEST

START_TEST(closed_while_it_waits_to_read)
{
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_PENDING);
	fm_stream_close(stream(1));
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_READY);
	ck_assert_int_eq(copy.fut.status, FM_ERR_CLOSED);
	ck_assert_ptr_eq(copy.failed, stream(1));
}
END_TEST

START_TEST(a_buffer_of_nothing_is_refused)
{
	ck_assert_int_eq(hand_poll(&hand, fm_copy_init(&copy, stream(1), stream(2), buffer, 0)), FM_READY);
	ck_assert_int_eq(copy.fut.status, FM_ERR_INVALID);
}
END_TEST

/* A stream that holds back what is written until it is flushed, and whose flush waits. */
static struct fm_waitq flushers;
static bool may_flush;
static unsigned flushes;

static int held_write(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)self;
	ck_assert_msg(!fm_waiter_queued(&op->waiter), "it still waits for a flush");
	op->done = op->count;
	return fm_coop(cx) ? FM_OK : FM_ERR_AGAIN;
}

static int held_flush(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)self;
	flushes++;
	if (!may_flush) {
		fm_waitq_wait(&flushers, &op->waiter, cx);
		return FM_ERR_AGAIN;
	}
	fm_waiter_leave(&op->waiter);
	return FM_OK;
}

static void held_cancel(struct fm_stream *self, struct fm_stream_op *op, struct fm_future *future)
{
	(void)self, (void)future;
	fm_waiter_leave(&op->waiter);
}

static const struct fm_stream_ops held_ops = {
	.poll_write = held_write,
	.poll_flush = held_flush,
	.cancel = held_cancel,
};

START_TEST(what_was_written_is_flushed_before_a_wait)
{
	struct fm_stream held = { &held_ops };

	fm_waitq_init(&flushers);
	flushes = 0;
	may_flush = false;
	give("ab");
	ck_assert_int_eq(hand_poll(&hand, fm_copy_init(&copy, stream(1), &held, buffer, 4)), FM_PENDING);
	ck_assert_uint_eq(flushes, 1);
	give("cd"); /* while the flush waits */
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_PENDING);
	ck_assert_uint_eq(copy.copied, 4);
	may_flush = true;
	fm_waitq_wake_all(&flushers);
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_PENDING);
	flushes = 0;
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_PENDING);
	ck_assert_uint_eq(flushes, 0);
	fm_stream_close(stream(0));
	ck_assert_int_eq(hand_poll(&hand, &copy.fut), FM_READY);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("copy");
	TCase *tests = tcase_create("copy");

	tcase_add_checked_fixture(tests, open_pipes, close_pipes);
	tcase_add_test(tests, all_of_it_in_order);
	tcase_add_test(tests, a_drop_leaves_the_rest_in_the_buffer);
	tcase_add_test(tests, the_failed_side_is_named);
	tcase_add_test(tests, closed_while_it_waits_to_read);
	tcase_add_test(tests, a_buffer_of_nothing_is_refused);
	tcase_add_test(tests, what_was_written_is_flushed_before_a_wait);
	suite_add_tcase(suite, tests);
	return suite;
}
