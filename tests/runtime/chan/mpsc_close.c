/* Mpsc: the ends of it. Who is told, what still comes, what is destroyed, and when the memory goes. */
#include "chan.h"

#include <fm/mpsc.h>
#include <string.h>

static struct hand hand;
static struct fm_mpsc_tx *tx;
static struct fm_mpsc_rx *rx;
static struct fm_mpsc_send a, b;
static struct fm_mpsc_reserve reserve;
static struct fm_mpsc_recv receive;
static struct fm_mpsc_tx_closed closed;
static struct fm_mpsc_permit permit;
static uint64_t out;
static uint64_t one = 1, two = 2;

static void open_hand(void)
{
	hand_open(&hand);
	items_dropped();
	out = 99;
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void open_chan(size_t capacity)
{
	ck_assert_int_eq(fm_mpsc_new(sizeof(uint64_t), capacity, item_drop_counted, &tx, &rx), FM_OK);
}

static struct fm_future *recv(void)
{
	return fm_mpsc_recv_init(&receive, rx, &out);
}

START_TEST(the_last_sender_closes_behind_the_items)
{
	struct fm_mpsc_tx *other;

	open_chan(2);
	other = fm_mpsc_tx_clone(tx);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	fm_mpsc_tx_drop(tx);
	assert_ready(&hand, recv(), FM_OK);
	assert_pending(&hand, recv());
	fm_mpsc_tx_drop(other);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &receive.fut);
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_ERR_CLOSED);
	fm_mpsc_rx_drop(rx);
	fm_mpsc_tx_drop(NULL);
	fm_mpsc_rx_drop(NULL);
}
END_TEST

START_TEST(close_lets_what_was_sent_come)
{
	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	assert_pending(&hand, fm_mpsc_send_init(&a, tx, &two));
	assert_pending(&hand, fm_mpsc_tx_closed_init(&closed, tx));
	ck_assert(!fm_mpsc_is_closed(tx));
	fm_mpsc_close(rx);
	ck_assert(fm_mpsc_is_closed(tx));
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_ready(&hand, &a.fut, FM_ERR_CLOSED);
	assert_ready(&hand, &closed.fut, FM_OK);
	assert_ready(&hand, fm_mpsc_send_init(&b, tx, &two), FM_ERR_CLOSED);
	assert_ready(&hand, fm_mpsc_reserve_init(&reserve, tx), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &two), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_ERR_CLOSED);
	assert_ready(&hand, recv(), FM_OK);
	ck_assert_uint_eq(out, 1);
	assert_ready(&hand, recv(), FM_ERR_CLOSED);
	fm_mpsc_close(rx);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
	ck_assert_uint_eq(items_dropped(), 0);
}
END_TEST

START_TEST(close_ends_a_waiting_receive)
{
	open_chan(1);
	assert_pending(&hand, recv());
	fm_mpsc_close(rx);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

/* Corpus W07, both ways in which a permit goes. */
START_TEST(the_last_permit_of_a_closed_channel_wakes_the_receiver)
{
	open_chan(2);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	assert_ready(&hand, fm_mpsc_reserve_init(&reserve, tx), FM_OK);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 0);
	fm_mpsc_close(rx);
	assert_pending(&hand, recv());
	fm_mpsc_permit_release(&permit);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_int_eq(fm_mpsc_permit_send(&reserve.permit, &two), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &receive.fut, FM_OK);
	ck_assert_uint_eq(out, 2);
	assert_ready(&hand, recv(), FM_ERR_CLOSED);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);

	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	fm_mpsc_close(rx);
	assert_pending(&hand, recv());
	fm_mpsc_permit_release(&permit);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	fm_mpsc_permit_release(&permit);
	ck_assert_int_eq(fm_mpsc_permit_send(&permit, &one), FM_ERR_CLOSED);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

START_TEST(a_slot_handed_over_before_the_close_is_nobodys)
{
	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	assert_pending(&hand, fm_mpsc_send_init(&a, tx, &two));
	assert_ready(&hand, recv(), FM_OK);
	fm_mpsc_close(rx);
	assert_ready(&hand, recv(), FM_ERR_CLOSED); /* a will not send any more, polled or not */
	hand.budget_refusals = 1;
	assert_pending(&hand, &a.fut);
	assert_ready(&hand, &a.fut, FM_ERR_CLOSED);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

START_TEST(a_permit_outlives_the_senders)
{
	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	fm_mpsc_tx_drop(tx);
	assert_pending(&hand, recv());
	ck_assert_int_eq(fm_mpsc_permit_send(&permit, &one), FM_OK);
	assert_ready(&hand, &receive.fut, FM_OK);
	assert_ready(&hand, recv(), FM_ERR_CLOSED);
	fm_mpsc_rx_drop(rx);

	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	fm_mpsc_tx_drop(tx);
	assert_pending(&hand, recv());
	fm_mpsc_permit_release(&permit);
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	fm_mpsc_rx_drop(rx);
}
END_TEST

START_TEST(a_receiver_that_goes_destroys_what_is_queued)
{
	open_chan(3);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &two), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	assert_pending(&hand, fm_mpsc_send_init(&a, tx, &one));
	fm_mpsc_rx_drop(rx);
	ck_assert_uint_eq(items_dropped(), 2);
	ck_assert_uint_eq(item_dropped_last, 2);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &a.fut, FM_ERR_CLOSED);
	assert_ready(&hand, fm_mpsc_tx_closed_init(&closed, tx), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_mpsc_permit_send(&permit, &one), FM_ERR_CLOSED);
	fm_mpsc_tx_drop(tx);
	ck_assert_uint_eq(items_dropped(), 0);
}
END_TEST

START_TEST(the_last_permit_frees_the_channel)
{
	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
	fm_mpsc_permit_release(&permit);
}
END_TEST

START_TEST(closed_waits_and_leaves)
{
	open_chan(1);
	fm_drop(fm_mpsc_tx_closed_init(&closed, tx));
	assert_pending(&hand, fm_mpsc_tx_closed_init(&closed, tx));
	fm_drop(&closed.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	assert_pending(&hand, fm_mpsc_tx_closed_init(&closed, tx));
	assert_breach(&hand, fm_mpsc_tx_drop(tx));
	fm_drop(&closed.fut);
	fm_mpsc_rx_drop(rx);
	tx = NULL;
}
END_TEST

/* Items that are handles of the very channel they lie in. */
static void drop_tx(void *item)
{
	struct fm_mpsc_tx *inner;

	memcpy(&inner, item, sizeof(inner));
	fm_mpsc_tx_drop(inner);
}

START_TEST(destroying_an_item_may_end_the_channel)
{
	struct fm_mpsc_tx *inner;

	ck_assert_int_eq(fm_mpsc_new(sizeof(inner), 4, drop_tx, &tx, &rx), FM_OK);
	for (int i = 0; i < 3; i++) {
		inner = fm_mpsc_tx_clone(tx);
		ck_assert_int_eq(fm_mpsc_try_send(tx, &inner), FM_OK);
	}
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

static void drop_send(void *argument)
{
	(void)argument;
	fm_drop(&b.fut);
}

START_TEST(a_waker_may_drop_another_waiter)
{
	struct calling_waker waker;

	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	calling_waker_init(&waker, drop_send, NULL);
	ck_assert_int_eq(poll_calling(&hand, fm_mpsc_send_init(&a, tx, &one), &waker), FM_PENDING);
	assert_pending(&hand, fm_mpsc_send_init(&b, tx, &two));
	fm_mpsc_close(rx); /* wakes a, which drops b */
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(hand.waker.clones + waker.clones, 0);
	assert_ready(&hand, &a.fut, FM_ERR_CLOSED);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
	ck_assert_uint_eq(items_dropped(), 1);
}
END_TEST

static void end_everything(void *argument)
{
	(void)argument;
	fm_drop(&receive.fut);
	fm_mpsc_rx_drop(rx);
}

START_TEST(the_receiver_may_end_as_the_last_sender_wakes_it)
{
	struct calling_waker waker;

	open_chan(1);
	calling_waker_init(&waker, end_everything, NULL);
	ck_assert_int_eq(poll_calling(&hand, recv(), &waker), FM_PENDING);
	fm_mpsc_tx_drop(tx);

	open_chan(1);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	fm_mpsc_tx_drop(tx);
	calling_waker_init(&waker, end_everything, NULL);
	ck_assert_int_eq(poll_calling(&hand, recv(), &waker), FM_PENDING);
	ck_assert_int_eq(fm_mpsc_permit_send(&permit, &one), FM_OK);
	ck_assert_uint_eq(items_dropped(), 1);
}
END_TEST

static void send_now(void *status)
{
	*(int *)status = fm_mpsc_try_send(tx, &two);
}

/* Both slots are promised before anybody is woken. */
START_TEST(a_waker_may_not_send_into_a_slot_that_is_promised)
{
	struct fm_mpsc_recv_many many;
	struct calling_waker waker;
	uint64_t got[2];
	int status = FM_OK;

	open_chan(2);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	calling_waker_init(&waker, send_now, &status);
	ck_assert_int_eq(poll_calling(&hand, fm_mpsc_send_init(&a, tx, &one), &waker), FM_PENDING);
	assert_pending(&hand, fm_mpsc_send_init(&b, tx, &two));
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 2), FM_OK);
	ck_assert_int_eq(status, FM_ERR_FULL);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	ck_assert_uint_eq(fm_mpsc_len(rx), 2);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

/* The one that is dropped had its slot already, and its wake was still to come. */
START_TEST(a_waker_may_drop_one_that_is_to_be_woken_with_it)
{
	struct fm_mpsc_recv_many many;
	struct calling_waker waker;
	uint64_t got[2];

	open_chan(2);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	calling_waker_init(&waker, drop_send, NULL);
	ck_assert_int_eq(poll_calling(&hand, fm_mpsc_send_init(&a, tx, &one), &waker), FM_PENDING);
	assert_pending(&hand, fm_mpsc_send_init(&b, tx, &two));
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 2), FM_OK);
	memset(&b, 0x5a, sizeof(b));
	assert_ready(&hand, &a.fut, FM_OK);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}
END_TEST

Suite *suite(void)
{
	Suite *mpsc = suite_create("mpsc_close");
	TCase *tests = tcase_create("mpsc_close");

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, the_last_sender_closes_behind_the_items);
	tcase_add_test(tests, close_lets_what_was_sent_come);
	tcase_add_test(tests, close_ends_a_waiting_receive);
	tcase_add_test(tests, the_last_permit_of_a_closed_channel_wakes_the_receiver);
	tcase_add_test(tests, a_slot_handed_over_before_the_close_is_nobodys);
	tcase_add_test(tests, a_permit_outlives_the_senders);
	tcase_add_test(tests, a_receiver_that_goes_destroys_what_is_queued);
	tcase_add_test(tests, the_last_permit_frees_the_channel);
	tcase_add_test(tests, closed_waits_and_leaves);
	tcase_add_test(tests, destroying_an_item_may_end_the_channel);
	tcase_add_test(tests, a_waker_may_drop_another_waiter);
	tcase_add_test(tests, the_receiver_may_end_as_the_last_sender_wakes_it);
	tcase_add_test(tests, a_waker_may_not_send_into_a_slot_that_is_promised);
	tcase_add_test(tests, a_waker_may_drop_one_that_is_to_be_woken_with_it);
	suite_add_tcase(mpsc, tests);
	return mpsc;
}
