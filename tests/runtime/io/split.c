/* The halves of a stream: what each may do, and what giving them up does to the peer. */
#include "hand.h"
#include "suite.h"

#include <fm/duplex.h>
#include <fm/split.h>

static struct hand hand;
static struct fm_duplex *mine;
static struct fm_duplex *theirs;
static struct fm_split split;
static unsigned released;
static char into[8];

static void on_released(struct fm_split *self)
{
	ck_assert_ptr_eq(self, &split);
	released++;
	fm_duplex_free(mine);
}

static void open_split(void)
{
	hand_open(&hand);
	ck_assert_int_eq(fm_duplex_new(4, &mine, &theirs), FM_OK);
	released = 0;
	fm_split_init(&split, fm_duplex_stream(mine), on_released);
}

static void close_split(void)
{
	fm_split_drop_reader(&split);
	fm_split_drop_writer(&split);
	ck_assert_uint_eq(released, 1);
	fm_duplex_free(theirs);
	hand_close(&hand);
}

static int read_status(struct fm_stream *stream, size_t *done)
{
	struct fm_read read;

	if (hand_poll(&hand, fm_read_init(&read, stream, into, sizeof(into))) == FM_PENDING) {
		fm_drop(&read.fut);
		return FM_ERR_AGAIN;
	}
	*done = read.done;
	return read.fut.status;
}

static int write_status(struct fm_stream *stream)
{
	struct fm_write write;

	ck_assert_int_eq(hand_poll(&hand, fm_write_init(&write, stream, "x", 1)), FM_READY);
	return write.fut.status;
}

START_TEST(each_half_does_its_own)
{
	struct fm_flush flush;
	size_t done;

	ck_assert_int_eq(write_status(&split.writer), FM_OK);
	ck_assert_int_eq(read_status(fm_duplex_stream(theirs), &done), FM_OK);
	ck_assert_int_eq(write_status(fm_duplex_stream(theirs)), FM_OK);
	ck_assert_int_eq(read_status(&split.reader, &done), FM_OK);
	ck_assert_int_eq(write_status(&split.reader), FM_ERR_UNSUPPORTED);
	ck_assert_int_eq(read_status(&split.writer, &done), FM_ERR_UNSUPPORTED);
	hand_poll(&hand, fm_flush_init(&flush, &split.writer));
	ck_assert_int_eq(flush.fut.status, FM_OK);
}
END_TEST

START_TEST(dropping_the_writer_ends_writing_and_no_more)
{
	struct fm_read peer_reads;
	size_t done = 9;

	hand_poll(&hand, fm_read_init(&peer_reads, fm_duplex_stream(theirs), into, 8));
	fm_stream_close(&split.writer);
	fm_split_drop_writer(&split);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(hand_poll(&hand, &peer_reads.fut), FM_READY);
	ck_assert_uint_eq(peer_reads.done, 0);
	ck_assert_int_eq(write_status(&split.writer), FM_ERR_CLOSED);
	ck_assert_int_eq(write_status(fm_duplex_stream(theirs)), FM_OK);
	ck_assert_int_eq(read_status(&split.reader, &done), FM_OK);
	ck_assert_uint_eq(done, 1);
	ck_assert_uint_eq(released, 0);
}
END_TEST

START_TEST(dropping_the_reader_first_leaves_the_writer_writing)
{
	size_t done;

	fm_split_drop_reader(&split);
	ck_assert_int_eq(read_status(&split.reader, &done), FM_ERR_CLOSED);
	ck_assert_int_eq(write_status(&split.writer), FM_OK);
	ck_assert_int_eq(write_status(fm_duplex_stream(theirs)), FM_OK);
	fm_split_drop_writer(&split);
	ck_assert_uint_eq(released, 1);
	ck_assert_int_eq(write_status(fm_duplex_stream(theirs)), FM_ERR_BROKEN_PIPE);
	ck_assert_int_eq(read_status(fm_duplex_stream(theirs), &done), FM_OK);
	ck_assert_uint_eq(done, 1);
	ck_assert_int_eq(read_status(fm_duplex_stream(theirs), &done), FM_OK);
	ck_assert_uint_eq(done, 0);
}
END_TEST

START_TEST(waiting_on_a_half_can_be_given_up)
{
	struct fm_read read;
	struct fm_write_all all;

	hand_poll(&hand, fm_read_init(&read, &split.reader, into, 8));
	hand_poll(&hand, fm_write_all_init(&all, &split.writer, "abcdef", 6));
	ck_assert_uint_eq(hand.waker.clones, 2);
	fm_drop(&read.fut);
	fm_drop(&all.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
}
END_TEST

static void give_up_reader(struct fm_wakeable *wakeable)
{
	(void)wakeable;
	fm_split_drop_reader(&split);
}

START_TEST(who_is_woken_by_the_end_may_give_up_the_reader)
{
	struct hand_waker waker;
	struct fm_waker_ops ops;
	struct fm_read read;

	hand_waker_init(&waker);
	ops = *waker.wakeable.ops;
	ops.wake = give_up_reader;
	waker.wakeable.ops = &ops;
	ck_assert_int_eq(hand_poll_as(&hand, fm_read_init(&read, fm_duplex_stream(theirs), into, 8), &waker), FM_PENDING);
	fm_split_drop_writer(&split);
	ck_assert_uint_eq(released, 1);
	fm_drop(&read.fut);
}
END_TEST

Suite *suite(void)
{
	Suite *suite = suite_create("split");
	TCase *tests = tcase_create("split");

	tcase_add_checked_fixture(tests, open_split, close_split);
	tcase_add_test(tests, each_half_does_its_own);
	tcase_add_test(tests, dropping_the_writer_ends_writing_and_no_more);
	tcase_add_test(tests, dropping_the_reader_first_leaves_the_writer_writing);
	tcase_add_test(tests, waiting_on_a_half_can_be_given_up);
	tcase_add_test(tests, who_is_woken_by_the_end_may_give_up_the_reader);
	suite_add_tcase(suite, tests);
	return suite;
}
