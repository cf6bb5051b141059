/* Oneshot: one item or the news that none comes, whoever lets go first, and 24 bytes of it. */
#include "chan.h"

#include <fm/oneshot.h>
#include <string.h>

static struct hand hand;
static struct fm_oneshot_tx tx;
static struct fm_oneshot_rx rx;
static struct fm_oneshot_recv recv_future;
static struct fm_oneshot_closed closed;
static uint64_t item, out;

static void open_hand(void)
{
	hand_open(&hand);
	items_dropped();
	item = 7;
	out = 0;
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void open_chan(void)
{
	ck_assert_int_eq(fm_oneshot_new(sizeof(item), &tx, &rx), FM_OK);
}

static void open_owning(void)
{
	ck_assert_int_eq(fm_oneshot_new_owning(sizeof(item), item_drop_counted, &tx, &rx), FM_OK);
}

static struct fm_future *receive(void)
{
	return fm_oneshot_recv_init(&recv_future, &rx);
}

START_TEST(is_small)
{
	const size_t before = hand.live_bytes;

	open_chan();
	ck_assert_uint_eq(hand.live_bytes - before, 24);
	fm_oneshot_tx_drop(&tx);
	fm_oneshot_rx_drop(&rx);
	ck_assert_uint_eq(hand.live_bytes, before);
	ck_assert_uint_eq(sizeof(struct fm_oneshot_recv), 24);
}
END_TEST

START_TEST(sent_before_received)
{
	open_chan();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	ck_assert_ptr_null(tx.chan);
	assert_ready(&hand, receive(), FM_OK);
	ck_assert_uint_eq(*(uint64_t *)fm_oneshot_peek(&recv_future), 7);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_OK);
	ck_assert_uint_eq(out, 7);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_ERR_EMPTY);
	ck_assert_ptr_null(fm_oneshot_peek(&recv_future));
}
END_TEST

START_TEST(a_send_wakes_the_newest_waker_only)
{
	struct hand_waker other;

	hand_waker_init(&other);
	open_chan();
	assert_pending(&hand, receive());
	ck_assert_int_eq(hand_poll_as(&hand, &recv_future.fut, &other), FM_PENDING);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_ERR_EMPTY);
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.wakes, 1);
	ck_assert_uint_eq(other.clones + hand.waker.clones, 0);
	assert_ready(&hand, &recv_future.fut, FM_OK);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_OK);
	ck_assert_uint_eq(out, 7);
}
END_TEST

START_TEST(a_sender_that_goes_closes)
{
	open_chan();
	assert_pending(&hand, receive());
	fm_oneshot_tx_drop(&tx);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &recv_future.fut, FM_ERR_CLOSED);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_ERR_EMPTY);
	fm_oneshot_tx_drop(&tx);
}
END_TEST

START_TEST(a_send_to_nobody_gives_the_item_back)
{
	open_owning();
	fm_oneshot_rx_drop(&rx);
	ck_assert(fm_oneshot_is_closed(&tx));
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_ERR_CLOSED);
	ck_assert_uint_eq(item, 7);
	ck_assert_uint_eq(items_dropped(), 0);
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_ERR_CLOSED);
}
END_TEST

START_TEST(a_receive_dropped_before_its_first_poll_closes)
{
	open_chan();
	assert_pending(&hand, fm_oneshot_closed_init(&closed, &tx));
	fm_drop(receive());
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &closed.fut, FM_OK);
	fm_oneshot_tx_drop(&tx);
}
END_TEST

START_TEST(an_item_nobody_takes_is_destroyed_once)
{
	open_owning();
	assert_pending(&hand, receive());
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	fm_drop(&recv_future.fut); /* woken, not polled */
	ck_assert_uint_eq(items_dropped(), 1);
	ck_assert_uint_eq(item_dropped_last, 7);

	open_owning();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	fm_oneshot_rx_drop(&rx);
	ck_assert_uint_eq(items_dropped(), 1);

	open_owning();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	assert_ready(&hand, receive(), FM_OK);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, NULL), FM_OK);
	ck_assert_uint_eq(items_dropped(), 1);

	open_owning();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_OK);
	ck_assert_uint_eq(items_dropped(), 0);
}
END_TEST

START_TEST(close_leaves_what_was_sent)
{
	open_chan();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	fm_oneshot_close(&rx);
	assert_ready(&hand, receive(), FM_OK);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_OK);
	ck_assert_uint_eq(out, 7);
}
END_TEST

START_TEST(close_ends_a_waiting_receive_and_later_sends)
{
	open_chan();
	assert_pending(&hand, receive());
	assert_pending(&hand, fm_oneshot_closed_init(&closed, &tx));
	fm_oneshot_recv_close(&recv_future);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_ERR_CLOSED);
	assert_ready(&hand, &closed.fut, FM_ERR_CLOSED);
	assert_ready(&hand, &recv_future.fut, FM_ERR_CLOSED);
}
END_TEST

START_TEST(close_needs_no_sender_to_go)
{
	open_chan();
	assert_pending(&hand, receive());
	fm_oneshot_recv_close(&recv_future);
	assert_ready(&hand, &recv_future.fut, FM_ERR_CLOSED);
	ck_assert(fm_oneshot_is_closed(&tx));
	fm_oneshot_tx_drop(&tx);
}
END_TEST

START_TEST(the_closed_wait_leaves_room_for_the_item)
{
	struct hand_waker other;

	hand_waker_init(&other);
	open_chan();
	assert_pending(&hand, fm_oneshot_closed_init(&closed, &tx));
	ck_assert_int_eq(hand_poll_as(&hand, &closed.fut, &other), FM_PENDING);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_drop(&closed.fut);
	ck_assert_uint_eq(other.clones, 0);
	fm_drop(fm_oneshot_closed_init(&closed, &tx));
	assert_pending(&hand, fm_oneshot_closed_init(&closed, &tx));
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK); /* while the wait is still there */
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	fm_drop(&closed.fut);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_OK);
	ck_assert_uint_eq(out, 7);
}
END_TEST

START_TEST(a_refused_budget_loses_nothing)
{
	open_chan();
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	hand.budget_refusals = 1;
	assert_pending(&hand, receive());
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_ERR_EMPTY);
	assert_ready(&hand, &recv_future.fut, FM_OK);
	ck_assert_int_eq(fm_oneshot_take(&recv_future, &out), FM_OK);

	open_chan();
	fm_oneshot_tx_drop(&tx);
	hand.budget_refusals = 1;
	assert_pending(&hand, receive());
	fm_drop(&recv_future.fut);

	open_chan();
	fm_oneshot_rx_drop(&rx);
	hand.budget_refusals = 1;
	assert_pending(&hand, fm_oneshot_closed_init(&closed, &tx));
	assert_ready(&hand, &closed.fut, FM_OK);
	fm_oneshot_tx_drop(&tx);
}
END_TEST

START_TEST(try_recv_tells_what_is)
{
	open_chan();
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_ERR_EMPTY);
	fm_oneshot_tx_drop(&tx);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_ERR_CLOSED);
	ck_assert_uint_eq(out, 0);
	open_chan();
	fm_oneshot_close(&rx);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, &out), FM_ERR_CLOSED);
	fm_oneshot_tx_drop(&tx);
}
END_TEST

START_TEST(any_size)
{
	static const size_t sizes[] = { 0, 1, 7, 8, 9, 100, 4096 };
	char sent[4096], got[4096];

	for (size_t i = 0; i < FM_COUNT_OF(sizes); i++) {
		memset(sent, (int)i + 1, sizeof(sent));
		memset(got, 0, sizeof(got));
		ck_assert_int_eq(fm_oneshot_new_owning(sizes[i], item_drop_counted, &tx, &rx), FM_OK);
		ck_assert_int_eq(fm_oneshot_send(&tx, sent), FM_OK);
		ck_assert_int_eq(fm_oneshot_try_recv(&rx, got), FM_OK);
		ck_assert_mem_eq(got, sent, sizes[i]);
		ck_assert(sizes[i] == sizeof(got) || got[sizes[i]] == 0);
	}
	ck_assert_int_eq(fm_oneshot_new((size_t)1 << 31, &tx, &rx), FM_ERR_INVALID);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_oneshot_new(8, &tx, &rx), FM_ERR_NOMEM);
	ck_assert_ptr_null(tx.chan);
	ck_assert_ptr_null(rx.chan);
}
END_TEST

static void drop_receive(void *argument)
{
	(void)argument;
	fm_drop(&recv_future.fut);
}

START_TEST(the_receiver_may_end_the_channel_as_it_is_woken)
{
	struct calling_waker waker;

	open_owning();
	calling_waker_init(&waker, drop_receive, NULL);
	ck_assert_int_eq(poll_calling(&hand, receive(), &waker), FM_PENDING);
	ck_assert_int_eq(fm_oneshot_send(&tx, &item), FM_OK);
	ck_assert_uint_eq(items_dropped(), 1);
	ck_assert_uint_eq(waker.clones, 0);
}
END_TEST

START_TEST(waits_are_reported_once)
{
	struct ledger ledger;

	ledger_open(&ledger);
	open_chan();
	assert_pending(&hand, receive());
	assert_pending(&hand, &recv_future.fut);
	ck_assert_uint_eq(ledger.waits, 1);
	ck_assert_str_eq(ledger.kind, "oneshot");
	fm_drop(&recv_future.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	fm_oneshot_tx_drop(&tx);
	ledger_close();
}
END_TEST

Suite *suite(void)
{
	Suite *oneshot = suite_create("oneshot");
	TCase *tests = tcase_create("oneshot");

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, is_small);
	tcase_add_test(tests, sent_before_received);
	tcase_add_test(tests, a_send_wakes_the_newest_waker_only);
	tcase_add_test(tests, a_sender_that_goes_closes);
	tcase_add_test(tests, a_send_to_nobody_gives_the_item_back);
	tcase_add_test(tests, a_receive_dropped_before_its_first_poll_closes);
	tcase_add_test(tests, an_item_nobody_takes_is_destroyed_once);
	tcase_add_test(tests, close_leaves_what_was_sent);
	tcase_add_test(tests, close_ends_a_waiting_receive_and_later_sends);
	tcase_add_test(tests, close_needs_no_sender_to_go);
	tcase_add_test(tests, the_closed_wait_leaves_room_for_the_item);
	tcase_add_test(tests, a_refused_budget_loses_nothing);
	tcase_add_test(tests, try_recv_tells_what_is);
	tcase_add_test(tests, any_size);
	tcase_add_test(tests, the_receiver_may_end_the_channel_as_it_is_woken);
	tcase_add_test(tests, waits_are_reported_once);
	suite_add_tcase(oneshot, tests);
	return oneshot;
}
