/*
 * Watch: receivers see the newest value, that it changed, and the end; a wake that says nothing new is no
 * harm.
 */
#include "chan.h"

#include <fm/watch.h>
#include <string.h>

static struct hand hand;
static struct fm_watch_tx *tx;
static struct fm_watch_rx *rx;
static struct fm_watch_changed changed, other;
static struct fm_watch_wait_for wait_for;
static struct fm_watch_tx_closed closed;

static void open_hand(void)
{
	hand_open(&hand);
	items_dropped();
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void open_chan(uint64_t version)
{
	const struct fm_watch_config config = {
		.item_bytes = sizeof(uint64_t),
		.item_drop = item_drop_counted,
		.version = version,
	};
	const uint64_t initial = 0;

	ck_assert_int_eq(fm_watch_new_with(&config, &initial, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
}

static void close_chan(void)
{
	fm_watch_rx_drop(rx);
	fm_watch_tx_drop(tx);
}

static void send(uint64_t value)
{
	ck_assert_int_eq(fm_watch_send(tx, &value), FM_OK);
}

static void assert_value(const void *value, uint64_t expected)
{
	uint64_t number;

	memcpy(&number, value, sizeof(number));
	ck_assert_uint_eq(number, expected);
}

static bool has_changed(void)
{
	bool any;

	ck_assert_int_eq(fm_watch_has_changed(rx, &any), FM_OK);
	return any;
}

static const uint64_t versions[] = { 0, UINT64_MAX - 1, UINT64_MAX, (uint64_t)1 << 63 };

START_TEST(the_newest_value_is_seen_once)
{
	open_chan(versions[_i]);
	assert_value(fm_watch_borrow(rx), 0);
	ck_assert(!has_changed());
	for (uint64_t lap = 1; lap < 5; lap++) {
		assert_pending(&hand, fm_watch_changed_init(&changed, rx));
		send(100);
		send(lap);
		ck_assert_uint_eq(hand_wakes(&hand), 1);
		ck_assert(has_changed());
		assert_value(fm_watch_borrow(rx), lap);
		ck_assert(has_changed());
		assert_ready(&hand, &changed.fut, FM_OK);
		ck_assert(!has_changed());
		ck_assert_uint_eq(items_dropped(), 2);
		ck_assert_uint_eq(item_dropped_last, 100);
	}
	send(9);
	assert_value(fm_watch_borrow_and_update(rx), 9);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	fm_drop(&changed.fut);
	close_chan();
	ck_assert_uint_eq(items_dropped(), 2);
}
END_TEST

/* Corpus B05: the wake's version has been seen before the poll. */
START_TEST(a_wake_without_news_waits_on)
{
	open_chan(versions[_i]);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	assert_pending(&hand, &changed.fut);
	send(1);
	fm_watch_borrow_and_update(rx);
	assert_pending(&hand, &changed.fut);
	hand_wakes(&hand);
	send(2);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &changed.fut, FM_OK);
	ck_assert_uint_eq(hand.waker.clones, 0);
	close_chan();
}
END_TEST

START_TEST(the_end_comes_behind_the_news)
{
	bool any = false;

	open_chan(versions[_i]);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	send(1);
	fm_watch_tx_drop(tx);
	assert_ready(&hand, &changed.fut, FM_OK);
	assert_value(fm_watch_borrow(rx), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	assert_ready(&hand, &changed.fut, FM_ERR_CLOSED);
	fm_watch_mark_changed(rx);
	ck_assert_int_eq(fm_watch_has_changed(rx, &any), FM_ERR_CLOSED);
	ck_assert(any);
	assert_ready(&hand, fm_watch_changed_init(&changed, rx), FM_OK);
	fm_watch_rx_drop(rx);
	ck_assert_uint_eq(items_dropped(), 2);
}
END_TEST

START_TEST(the_last_sender_wakes_who_waits)
{
	struct fm_watch_tx *clone;

	open_chan(0);
	clone = fm_watch_tx_clone(tx);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	fm_watch_tx_drop(tx);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	fm_watch_tx_drop(clone);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &changed.fut, FM_ERR_CLOSED);
	fm_watch_rx_drop(rx);
	fm_watch_tx_drop(NULL);
	fm_watch_rx_drop(NULL);
}
END_TEST

START_TEST(all_are_woken_by_their_newest_waker)
{
	struct hand_waker newer;
	struct fm_watch_rx *second;

	hand_waker_init(&newer);
	open_chan(0);
	ck_assert_int_eq(fm_watch_rx_clone(rx, &second), FM_OK);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	assert_pending(&hand, fm_watch_changed_init(&other, second));
	ck_assert_int_eq(hand_poll_as(&hand, &other.fut, &newer), FM_PENDING);
	send(1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(newer.wakes, 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &changed.fut);
	ck_assert(has_changed());
	assert_ready(&hand, &changed.fut, FM_OK);
	fm_drop(&other.fut); /* woken, not polled: it has not seen the value */
	assert_ready(&hand, fm_watch_changed_init(&other, second), FM_OK);
	fm_drop(fm_watch_changed_init(&other, second));
	fm_watch_rx_drop(second);
	close_chan();
}
END_TEST

START_TEST(marks_change_what_is_seen)
{
	struct fm_watch_rx *second;

	open_chan(versions[_i]);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	fm_watch_mark_changed(rx);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &changed.fut, FM_OK);
	send(1);
	ck_assert_int_eq(fm_watch_rx_clone(rx, &second), FM_OK);
	fm_watch_mark_unchanged(rx);
	ck_assert(!has_changed());
	assert_ready(&hand, fm_watch_changed_init(&changed, second), FM_OK);
	fm_watch_rx_drop(second);
	close_chan();
}
END_TEST

static void add(void *value, void *argument)
{
	*(uint64_t *)value += *(const uint64_t *)argument;
}

static bool add_if_odd(void *value, void *argument)
{
	if (*(const uint64_t *)argument % 2 == 0)
		return false;
	add(value, argument);
	return true;
}

START_TEST(values_change_in_place)
{
	uint64_t two = 2, three = 3, old = 0;

	open_chan(0);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	ck_assert(!fm_watch_send_if_modified(tx, add_if_odd, &two));
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert(fm_watch_send_if_modified(tx, add_if_odd, &three));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &changed.fut, FM_OK);
	fm_watch_send_modify(tx, add, &two);
	ck_assert(has_changed());
	assert_value(fm_watch_tx_borrow(tx), 5);
	fm_watch_send_replace(tx, &two, &old);
	ck_assert_uint_eq(old, 5);
	ck_assert_uint_eq(items_dropped(), 0);
	close_chan();
}
END_TEST

static unsigned questions;

static bool at_least(const void *value, void *argument)
{
	questions++;
	return *(const uint64_t *)value >= *(const uint64_t *)argument;
}

START_TEST(waits_for_a_value)
{
	uint64_t zero = 0, five = 5, seven = 7, eight = 8;

	open_chan(versions[_i]);
	questions = 0;
	assert_ready(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &zero), FM_OK);
	assert_pending(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &five));
	assert_pending(&hand, &wait_for.fut);
	ck_assert_uint_eq(questions, 2);
	send(4);
	assert_pending(&hand, &wait_for.fut);
	ck_assert(!has_changed());
	hand_wakes(&hand);
	send(6);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &wait_for.fut);
	ck_assert(has_changed());
	assert_ready(&hand, &wait_for.fut, FM_OK);
	ck_assert(!has_changed());
	assert_pending(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &seven));
	fm_drop(&wait_for.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	fm_drop(fm_watch_wait_for_init(&wait_for, rx, at_least, &five));
	assert_pending(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &eight));
	fm_watch_tx_drop(tx);
	assert_ready(&hand, &wait_for.fut, FM_ERR_CLOSED);
	assert_ready(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &five), FM_OK);
	fm_watch_rx_drop(rx);
}
END_TEST

START_TEST(a_waited_for_value_may_come_with_the_end)
{
	uint64_t five = 5;

	open_chan(0);
	assert_pending(&hand, fm_watch_wait_for_init(&wait_for, rx, at_least, &five));
	send(5);
	fm_watch_tx_drop(tx);
	assert_ready(&hand, &wait_for.fut, FM_OK);
	fm_watch_rx_drop(rx);
}
END_TEST

START_TEST(without_receivers_it_is_closed)
{
	uint64_t value = 1;

	ck_assert_int_eq(fm_watch_new(8, &value, item_drop_counted, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_send(tx, &value), FM_ERR_CLOSED);
	ck_assert_uint_eq(items_dropped(), 0);
	assert_ready(&hand, fm_watch_tx_closed_init(&closed, tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	assert_pending(&hand, fm_watch_tx_closed_init(&closed, tx));
	fm_drop(&closed.fut);
	assert_pending(&hand, fm_watch_tx_closed_init(&closed, tx));
	ck_assert_uint_eq(fm_watch_receiver_count(tx), 1);
	fm_watch_tx_drop(fm_watch_tx_clone(tx));
	fm_watch_rx_drop(rx);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	hand.budget_refusals = 1;
	assert_pending(&hand, &closed.fut);
	assert_ready(&hand, &closed.fut, FM_OK);
	value = 3;
	fm_watch_send_replace(tx, &value, NULL);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	ck_assert(!has_changed()); /* it was there before the receiver */
	assert_value(fm_watch_borrow(rx), 3);
	close_chan();
}
END_TEST

static int sends_left;

static void drop_and_send(void *item)
{
	const uint64_t value = 50;
	uint64_t before, after;

	item_drop_counted(item);
	memcpy(&before, item, sizeof(before));
	if (sends_left-- > 0)
		fm_watch_send(tx, &value);
	memcpy(&after, item, sizeof(after));
	ck_assert_uint_eq(before, after);
}

START_TEST(destroying_a_value_may_send)
{
	const uint64_t initial = 1;

	ck_assert_int_eq(fm_watch_new(8, &initial, drop_and_send, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	sends_left = 2;
	send(2);
	ck_assert_uint_eq(items_dropped(), 3);
	assert_value(fm_watch_borrow(rx), 50);
	close_chan();
}
END_TEST

START_TEST(shapes_and_memory)
{
	static char big[20000];
	struct ledger ledger;
	bool any;

	ck_assert_int_eq(fm_watch_new(SIZE_MAX, big, NULL, &tx), FM_ERR_INVALID);
	ck_assert_int_eq(fm_watch_new(20000, big, item_drop_counted, &tx), FM_ERR_INVALID);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_watch_new(8, big, item_drop_counted, &tx), FM_ERR_NOMEM);
	ck_assert_ptr_null(tx);
	ck_assert_uint_eq(items_dropped(), 0);
	ck_assert_int_eq(fm_watch_new(20000, big, NULL, &tx), FM_OK);
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_ERR_NOMEM);
	ck_assert_ptr_null(rx);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	memset(big, 3, sizeof(big));
	ck_assert_int_eq(fm_watch_send(tx, big), FM_OK);
	ck_assert_mem_eq(fm_watch_borrow_and_update(rx), big, sizeof(big));
	ledger_open(&ledger);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	assert_pending(&hand, &changed.fut);
	ck_assert_uint_eq(ledger.waits, 1);
	ck_assert_str_eq(ledger.kind, "watch");
	fm_drop(&changed.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	ledger_close();
	close_chan();
	ck_assert_int_eq(fm_watch_new(0, NULL, NULL, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	ck_assert_int_eq(fm_watch_send(tx, NULL), FM_OK);
	ck_assert_int_eq(fm_watch_has_changed(rx, &any), FM_OK);
	ck_assert(any);
	close_chan();
}
END_TEST

Suite *suite(void)
{
	Suite *watch = suite_create("watch");
	TCase *tests = tcase_create("watch");
	const int versions_end = (int)FM_COUNT_OF(versions);

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_loop_test(tests, the_newest_value_is_seen_once, 0, versions_end);
	tcase_add_loop_test(tests, a_wake_without_news_waits_on, 0, versions_end);
	tcase_add_loop_test(tests, the_end_comes_behind_the_news, 0, versions_end);
	tcase_add_test(tests, the_last_sender_wakes_who_waits);
	tcase_add_test(tests, all_are_woken_by_their_newest_waker);
	tcase_add_loop_test(tests, marks_change_what_is_seen, 0, versions_end);
	tcase_add_test(tests, values_change_in_place);
	tcase_add_loop_test(tests, waits_for_a_value, 0, versions_end);
	tcase_add_test(tests, a_waited_for_value_may_come_with_the_end);
	tcase_add_test(tests, without_receivers_it_is_closed);
	tcase_add_test(tests, destroying_a_value_may_send);
	tcase_add_test(tests, shapes_and_memory);
	suite_add_tcase(watch, tests);
	return watch;
}
