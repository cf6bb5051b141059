/* Broadcast: everybody gets everything, or is told how much was missed; and what the ends look like. */
#include "chan.h"

#include <fm/broadcast.h>
#include <string.h>

static struct hand hand;
static struct fm_broadcast_tx *tx;
static struct fm_broadcast_rx *first, *second;
static struct fm_broadcast_recv receive, other_receive;
static struct fm_broadcast_tx_closed closed;
static uint64_t out;

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

static void open_chan(size_t capacity, uint64_t start)
{
	const struct fm_broadcast_config config = {
		.item_bytes = sizeof(uint64_t),
		.capacity = capacity,
		.item_drop = item_drop_counted,
		.start = start,
	};

	ck_assert_int_eq(fm_broadcast_new_with(&config, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &second), FM_OK);
}

static void close_chan(void)
{
	fm_broadcast_rx_drop(first);
	fm_broadcast_rx_drop(second);
	fm_broadcast_tx_drop(tx);
}

static void send(uint64_t number, size_t expected)
{
	size_t receivers;

	ck_assert_int_eq(fm_broadcast_send(tx, &number, &receivers), FM_OK);
	ck_assert_uint_eq(receivers, expected);
}

static void assert_next(struct fm_broadcast_rx *rx, uint64_t number)
{
	assert_ready(&hand, fm_broadcast_recv_init(&receive, rx, &out), FM_OK);
	ck_assert_uint_eq(out, number);
}

static void assert_lagged(struct fm_broadcast_rx *rx, uint64_t missed)
{
	uint64_t told = 0;

	out = 99;
	ck_assert_int_eq(fm_broadcast_try_recv(rx, &out, &told), FM_ERR_LAGGED);
	ck_assert_uint_eq(told, missed);
	ck_assert_uint_eq(out, 99);
}

/* With positions that begin anywhere, and wrap. */
static const uint64_t starts[] = { 0, UINT64_MAX - 2, UINT64_MAX, (uint64_t)1 << 63 };

START_TEST(everybody_gets_everything)
{
	open_chan(3, starts[_i]);
	for (uint64_t lap = 0; lap < 7; lap++) {
		send(lap, 2);
		send(lap + 100, 2);
		ck_assert_uint_eq(fm_broadcast_len(tx), 2);
		assert_next(first, lap);
		assert_next(first, lap + 100);
		ck_assert_uint_eq(fm_broadcast_len(tx), 2);
		ck_assert_uint_eq(fm_broadcast_rx_len(second), 2);
		ck_assert_uint_eq(items_dropped(), 0);
		assert_next(second, lap);
		ck_assert_uint_eq(items_dropped(), 1);
		ck_assert_uint_eq(item_dropped_last, lap);
		assert_next(second, lap + 100);
		ck_assert_uint_eq(items_dropped(), 1);
		ck_assert_uint_eq(fm_broadcast_len(tx), 0);
		ck_assert_int_eq(fm_broadcast_try_recv(first, &out, NULL), FM_ERR_EMPTY);
	}
	close_chan();
}
END_TEST

START_TEST(who_lags_is_told_how_much)
{
	open_chan(3, starts[_i]); /* exactly 3, not the next power of two */
	for (uint64_t i = 0; i < 8; i++)
		send(i, 2);
	ck_assert_uint_eq(items_dropped(), 5);
	ck_assert_uint_eq(fm_broadcast_rx_len(first), 8);
	assert_ready(&hand, fm_broadcast_recv_init(&receive, first, &out), FM_ERR_LAGGED);
	ck_assert_uint_eq(receive.missed, 5);
	assert_next(first, 5);
	send(8, 2);
	assert_next(first, 6);
	assert_lagged(second, 6);
	assert_next(second, 6);
	assert_next(first, 7);
	assert_next(first, 8);
	assert_next(second, 7);
	assert_next(second, 8);
	ck_assert_uint_eq(items_dropped(), 4);
	close_chan();
}
END_TEST

/* Corpus B01: nothing but an item overwrites an item. */
START_TEST(closing_overwrites_nothing)
{
	open_chan(1, starts[_i]);
	send(1, 2);
	fm_broadcast_tx_drop(tx);
	assert_next(first, 1);
	assert_ready(&hand, fm_broadcast_recv_init(&receive, first, &out), FM_ERR_CLOSED);
	assert_next(second, 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, fm_broadcast_recv_init(&receive, second, &out));
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	ck_assert_int_eq(fm_broadcast_try_recv(second, &out, NULL), FM_ERR_CLOSED);
	tx = NULL;
	close_chan();
}
END_TEST

/* Corpus B03. */
START_TEST(without_receivers_it_is_closed)
{
	uint64_t number = 1;

	ck_assert_int_eq(fm_broadcast_new(8, 1, item_drop_counted, &tx), FM_OK);
	assert_ready(&hand, fm_broadcast_tx_closed_init(&closed, tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_send(tx, &number, NULL), FM_ERR_CLOSED);
	ck_assert_uint_eq(items_dropped(), 0);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	assert_pending(&hand, fm_broadcast_tx_closed_init(&closed, tx));
	fm_drop(&closed.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	assert_pending(&hand, fm_broadcast_tx_closed_init(&closed, tx));
	send(1, 1);
	ck_assert_int_eq(fm_broadcast_resubscribe(first, &second), FM_OK);
	ck_assert_uint_eq(fm_broadcast_receiver_count(tx), 2);
	fm_broadcast_rx_drop(first);
	ck_assert_uint_eq(items_dropped(), 1); /* the second came after it was sent */
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	fm_broadcast_rx_drop(second);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	assert_pending(&hand, &closed.fut); /* and again open */
	fm_broadcast_rx_drop(first);
	assert_ready(&hand, &closed.fut, FM_OK);
	fm_broadcast_tx_drop(tx);
}
END_TEST

START_TEST(a_send_wakes_all_that_wait_with_their_newest_waker)
{
	struct hand_waker newer;

	hand_waker_init(&newer);
	open_chan(2, 0);
	assert_pending(&hand, fm_broadcast_recv_init(&receive, first, &out));
	assert_pending(&hand, fm_broadcast_recv_init(&other_receive, second, &out));
	ck_assert_int_eq(hand_poll_as(&hand, &other_receive.fut, &newer), FM_PENDING);
	send(7, 2);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(newer.wakes, 1);
	ck_assert_uint_eq(newer.clones + hand.waker.clones, 0);
	hand.budget_refusals = 1;
	assert_pending(&hand, &receive.fut);
	assert_ready(&hand, &receive.fut, FM_OK);
	fm_drop(&other_receive.fut); /* woken, not polled: nothing is lost */
	assert_next(second, 7);
	fm_drop(fm_broadcast_recv_init(&receive, first, &out));
	assert_pending(&hand, fm_broadcast_recv_init(&receive, first, &out));
	fm_broadcast_tx_drop(tx);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_ready(&hand, &receive.fut, FM_ERR_CLOSED);
	tx = NULL;
	close_chan();
}
END_TEST

START_TEST(a_receiver_that_goes_passes_everything)
{
	open_chan(2, UINT64_MAX);
	for (uint64_t i = 0; i < 5; i++)
		send(i, 2);
	items_dropped();
	assert_lagged(first, 3);
	assert_next(first, 3);
	fm_broadcast_rx_drop(second); /* lags still */
	ck_assert_uint_eq(items_dropped(), 1);
	ck_assert_uint_eq(item_dropped_last, 3);
	assert_next(first, 4);
	second = NULL;
	close_chan();
}
END_TEST

/* Items that are counted references. */
static int references;

static void drop_reference(void *item)
{
	uint64_t number;

	memcpy(&number, item, sizeof(number));
	ck_assert_uint_eq(number, 7);
	references--;
}

static void clone_reference(void *to, const void *from)
{
	memcpy(to, from, sizeof(uint64_t));
	references++;
}

START_TEST(copies_are_made_for_all_but_the_last)
{
	const struct fm_broadcast_config config = {
		.item_bytes = 8,
		.capacity = 1,
		.item_drop = drop_reference,
		.item_clone = clone_reference,
	};

	ck_assert_int_eq(fm_broadcast_new_with(&config, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &second), FM_OK);
	for (int lap = 0; lap < 3; lap++) {
		references = 1;
		send(7, 2);
		assert_next(first, 7);
		ck_assert_int_eq(references, 2);
		assert_next(second, 7);
		ck_assert_int_eq(references, 2); /* each receiver has one */
	}
	references = 2;
	send(7, 2);
	send(7, 2);
	ck_assert_int_eq(references, 1);
	close_chan();
	ck_assert_int_eq(references, 0);
}
END_TEST

/* An item_drop that sends: twice, then no more. */
static int sends_left;

static void drop_and_send(void *item)
{
	const uint64_t number = 50;
	uint64_t before, after;

	item_drop_counted(item);
	memcpy(&before, item, sizeof(before));
	if (sends_left-- > 0)
		fm_broadcast_send(tx, &number, NULL);
	memcpy(&after, item, sizeof(after));
	ck_assert_msg(before == after, "an item was overwritten while it was destroyed");
}

START_TEST(destroying_an_item_may_send)
{
	ck_assert_int_eq(fm_broadcast_new(8, 1, drop_and_send, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &second), FM_OK);
	sends_left = 2;
	send(1, 2);
	send(2, 2);
	ck_assert_uint_eq(items_dropped(), 3);
	assert_lagged(first, 3);
	assert_next(first, 50);
	sends_left = 1;
	fm_broadcast_rx_drop(second);
	ck_assert_uint_eq(fm_broadcast_len(tx), 1); /* sent as the last was passed */
	assert_next(first, 50);
	second = NULL;
	close_chan();
}
END_TEST

static void drop_ends_sender(void *item)
{
	item_drop_counted(item);
	fm_broadcast_tx_drop(tx);
	tx = NULL;
}

START_TEST(destroying_an_item_may_end_the_channel)
{
	uint64_t number = 1;

	ck_assert_int_eq(fm_broadcast_new(8, 4, drop_ends_sender, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	ck_assert_int_eq(fm_broadcast_send(tx, &number, NULL), FM_OK);
	ck_assert_int_eq(fm_broadcast_send(tx, &number, NULL), FM_OK);
	fm_broadcast_rx_drop(first);
	ck_assert_uint_eq(items_dropped(), 2);
}
END_TEST

START_TEST(shapes_and_memory)
{
	static char big[20000], got[20000];
	struct fm_broadcast_tx *clone;
	struct ledger ledger;

	ck_assert_int_eq(fm_broadcast_new(8, 0, NULL, &tx), FM_ERR_INVALID);
	ck_assert_int_eq(fm_broadcast_new(8, SIZE_MAX, NULL, &tx), FM_ERR_INVALID);
	ck_assert_int_eq(fm_broadcast_new(SIZE_MAX, 1, NULL, &tx), FM_ERR_INVALID);
	ck_assert_int_eq(fm_broadcast_new(20000, 1, item_drop_counted, &tx), FM_ERR_INVALID);
	ck_assert_ptr_null(tx);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_broadcast_new(8, 1, NULL, &tx), FM_ERR_NOMEM);
	ck_assert_int_eq(fm_broadcast_new(20000, 2, NULL, &tx), FM_OK);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_ERR_NOMEM);
	ck_assert_ptr_null(first);
	ck_assert_uint_eq(fm_broadcast_receiver_count(tx), 0);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &first), FM_OK);
	memset(big, 5, sizeof(big));
	clone = fm_broadcast_tx_clone(tx);
	fm_broadcast_tx_drop(tx);
	ck_assert_int_eq(fm_broadcast_send(clone, big, NULL), FM_OK);
	ck_assert_int_eq(fm_broadcast_try_recv(first, got, NULL), FM_OK);
	ck_assert_mem_eq(big, got, sizeof(big));
	ledger_open(&ledger);
	assert_pending(&hand, fm_broadcast_recv_init(&receive, first, got));
	assert_pending(&hand, &receive.fut);
	ck_assert_uint_eq(ledger.waits, 1);
	ck_assert_str_eq(ledger.kind, "broadcast");
	fm_drop(&receive.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	ledger_close();
	fm_broadcast_rx_drop(first);
	fm_broadcast_rx_drop(NULL);
	fm_broadcast_tx_drop(clone);
	fm_broadcast_tx_drop(NULL);
}
END_TEST

Suite *suite(void)
{
	Suite *broadcast = suite_create("broadcast");
	TCase *tests = tcase_create("broadcast");
	const int starts_end = (int)FM_COUNT_OF(starts);

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_loop_test(tests, everybody_gets_everything, 0, starts_end);
	tcase_add_loop_test(tests, who_lags_is_told_how_much, 0, starts_end);
	tcase_add_loop_test(tests, closing_overwrites_nothing, 0, starts_end);
	tcase_add_test(tests, without_receivers_it_is_closed);
	tcase_add_test(tests, a_send_wakes_all_that_wait_with_their_newest_waker);
	tcase_add_test(tests, a_receiver_that_goes_passes_everything);
	tcase_add_test(tests, copies_are_made_for_all_but_the_last);
	tcase_add_test(tests, destroying_an_item_may_send);
	tcase_add_test(tests, destroying_an_item_may_end_the_channel);
	tcase_add_test(tests, shapes_and_memory);
	suite_add_tcase(broadcast, tests);
	return broadcast;
}
