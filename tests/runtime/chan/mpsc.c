/* Mpsc: order, fairness of the slots, and that cancelling loses neither item nor slot nor wake. */
#include "chan.h"

#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm/oneshot.h>

static struct hand hand;
static struct ledger ledger;
static struct fm_mpsc_tx *tx;
static struct fm_mpsc_rx *rx;
static struct fm_mpsc_send a, b, c;
static struct fm_mpsc_reserve reserve;
static struct fm_mpsc_recv receive;
static uint64_t out;
static uint64_t numbers[] = { 0, 1, 2, 3, 4, 5, 6, 7 };

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
	out = 99;
	for (uint64_t i = 0; i < FM_COUNT_OF(numbers); i++)
		numbers[i] = i;
}

static void close_hand(void)
{
	ledger_close();
	hand_close(&hand);
}

static void open_chan(size_t capacity)
{
	ck_assert_int_eq(fm_mpsc_new(sizeof(uint64_t), capacity, NULL, &tx, &rx), FM_OK);
}

static void close_chan(void)
{
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}

static struct fm_future *send(struct fm_mpsc_send *self, uint64_t number)
{
	return fm_mpsc_send_init(self, tx, &numbers[number]);
}

static void assert_next(uint64_t number)
{
	assert_ready(&hand, fm_mpsc_recv_init(&receive, rx, &out), FM_OK);
	ck_assert_uint_eq(out, number);
}

START_TEST(items_come_in_the_order_sent)
{
	open_chan(3);
	for (uint64_t lap = 0; lap < 5; lap++) {
		assert_ready(&hand, send(&a, 1), FM_OK);
		ck_assert_int_eq(fm_mpsc_try_send(tx, &numbers[2]), FM_OK);
		ck_assert_uint_eq(fm_mpsc_len(rx), 2);
		ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
		ck_assert_int_eq(fm_mpsc_try_send(tx, &numbers[3]), FM_OK);
		ck_assert_int_eq(fm_mpsc_try_send(tx, &numbers[4]), FM_ERR_FULL);
		assert_next(1);
		assert_next(2);
		ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_OK);
		ck_assert_uint_eq(out, 3);
		ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_ERR_EMPTY);
	}
	ck_assert_uint_eq(fm_mpsc_capacity_max(tx), 3);
	ck_assert_uint_eq(ledger.waits, 0);
	close_chan();
}
END_TEST

START_TEST(a_slot_goes_to_the_oldest_and_cannot_be_stolen)
{
	open_chan(1);
	assert_ready(&hand, send(&a, 1), FM_OK);
	assert_pending(&hand, send(&b, 2));
	assert_pending(&hand, fm_mpsc_reserve_init(&reserve, tx));
	assert_pending(&hand, send(&c, 3));
	ck_assert_uint_eq(ledger.waits, 3);
	assert_next(1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_ptr_eq(ledger.granted, &b.fut);
	ck_assert_msg(fm_mpsc_try_send(tx, &numbers[7]) == FM_ERR_FULL, "a slot was stolen");
	assert_pending(&hand, &c.fut);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_next(2);
	ck_assert_ptr_eq(ledger.granted, &reserve.fut);
	assert_ready(&hand, &reserve.fut, FM_OK);
	ck_assert_int_eq(fm_mpsc_permit_send(&reserve.permit, &numbers[4]), FM_OK);
	assert_next(4);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_next(3);
	ck_assert_uint_eq(ledger.grants, 3);
	ck_assert_uint_eq(ledger.releases, 3);
	close_chan();
}
END_TEST

START_TEST(a_dropped_send_passes_its_slot_on)
{
	open_chan(1);
	assert_ready(&hand, send(&a, 1), FM_OK);
	assert_pending(&hand, send(&b, 2));
	assert_pending(&hand, send(&c, 3));
	assert_next(1);
	hand_wakes(&hand);
	fm_drop(&b.fut); /* woken, not polled */
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_next(3);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
	close_chan();
}
END_TEST

START_TEST(a_dropped_reserve_passes_its_slot_on)
{
	open_chan(1);
	assert_ready(&hand, send(&a, 1), FM_OK);
	assert_pending(&hand, fm_mpsc_reserve_init(&reserve, tx));
	assert_pending(&hand, send(&c, 3));
	assert_next(1);
	fm_drop(&reserve.fut);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	fm_drop(&c.fut);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
	ck_assert_uint_eq(ledger.grants, ledger.releases);
	close_chan();
}
END_TEST

START_TEST(a_send_that_waits_leaves_the_queue_when_dropped)
{
	open_chan(1);
	fm_drop(send(&a, 1));
	assert_ready(&hand, send(&a, 1), FM_OK);
	assert_pending(&hand, send(&b, 2));
	assert_pending(&hand, send(&c, 3));
	fm_drop(&b.fut);
	ck_assert_uint_eq(ledger.unwaits, 1);
	assert_next(1);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_next(3);
	close_chan();
}
END_TEST

START_TEST(the_item_is_read_when_it_is_sent)
{
	open_chan(1);
	assert_ready(&hand, send(&a, 1), FM_OK);
	assert_pending(&hand, send(&b, 2));
	numbers[2] = 22;
	assert_next(1);
	numbers[2] = 222;
	assert_ready(&hand, &b.fut, FM_OK);
	numbers[2] = 2222;
	assert_next(222);
	close_chan();
}
END_TEST

START_TEST(a_refused_budget_keeps_the_slot_and_takes_nothing)
{
	open_chan(1);
	hand.budget_refusals = 1;
	assert_pending(&hand, send(&a, 1));
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	ck_assert_uint_eq(fm_mpsc_len(rx), 0);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 1);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_pending(&hand, send(&b, 2));
	hand.budget_refusals = 1;
	assert_pending(&hand, fm_mpsc_recv_init(&receive, rx, &out));
	ck_assert_uint_eq(fm_mpsc_len(rx), 1);
	assert_ready(&hand, &receive.fut, FM_OK);
	hand.budget_refusals = 1;
	assert_pending(&hand, &b.fut);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &numbers[7]), FM_ERR_FULL);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_next(2);
	close_chan();
}
END_TEST

START_TEST(only_the_newest_waker_is_woken)
{
	struct hand_waker other;

	hand_waker_init(&other);
	open_chan(1);
	assert_pending(&hand, fm_mpsc_recv_init(&receive, rx, &out));
	ck_assert_int_eq(hand_poll_as(&hand, &receive.fut, &other), FM_PENDING);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_ERR_EMPTY); /* and leaves the waker alone */
	assert_ready(&hand, send(&a, 1), FM_OK);
	ck_assert_uint_eq(other.wakes, 1);
	assert_pending(&hand, send(&b, 2));
	ck_assert_int_eq(hand_poll_as(&hand, &b.fut, &other), FM_PENDING);
	assert_ready(&hand, &receive.fut, FM_OK);
	ck_assert_uint_eq(other.wakes, 2);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	ck_assert_uint_eq(other.clones + hand.waker.clones, 0);
	assert_ready(&hand, &b.fut, FM_OK);
	close_chan();
}
END_TEST

START_TEST(a_receive_dropped_after_its_wake_loses_nothing)
{
	open_chan(2);
	fm_drop(fm_mpsc_recv_init(&receive, rx, &out));
	assert_pending(&hand, fm_mpsc_recv_init(&receive, rx, &out));
	assert_ready(&hand, send(&a, 1), FM_OK);
	fm_drop(&receive.fut);
	ck_assert_uint_eq(out, 99);
	assert_next(1);
	assert_pending(&hand, fm_mpsc_recv_init(&receive, rx, &out));
	fm_drop(&receive.fut);
	ck_assert_uint_eq(hand.waker.clones, 0);
	ck_assert_uint_eq(ledger.unwaits, 1);
	hand_wakes(&hand);
	assert_ready(&hand, send(&a, 2), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 0);
	assert_next(2);
	close_chan();
}
END_TEST

START_TEST(many_are_received_up_to_the_limit)
{
	struct fm_mpsc_recv_many many;
	uint64_t got[4] = { 0 };

	open_chan(3);
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 0), FM_OK);
	assert_pending(&hand, fm_mpsc_recv_many_init(&many, rx, got, 2));
	for (uint64_t i = 1; i <= 3; i++)
		ck_assert_int_eq(fm_mpsc_try_send(tx, &numbers[i]), FM_OK);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_pending(&hand, send(&a, 4));
	assert_pending(&hand, send(&b, 5));
	assert_pending(&hand, send(&c, 6));
	assert_ready(&hand, &many.fut, FM_OK);
	ck_assert_uint_eq(many.count, 2);
	ck_assert_uint_eq(got[0] * 100 + got[1] * 10 + got[2], 120);
	ck_assert_uint_eq(hand_wakes(&hand), 2);
	assert_pending(&hand, &c.fut);
	assert_ready(&hand, &a.fut, FM_OK);
	assert_ready(&hand, &b.fut, FM_OK);
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 4), FM_OK);
	ck_assert_uint_eq(many.count, 3);
	ck_assert_uint_eq(got[0] * 100 + got[1] * 10 + got[2], 345);
	assert_ready(&hand, &c.fut, FM_OK);
	assert_next(6);
	fm_mpsc_tx_drop(tx);
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 4), FM_ERR_CLOSED);
	ck_assert_uint_eq(many.count, 0);
	fm_mpsc_rx_drop(rx);
}
END_TEST

START_TEST(a_second_waiting_receive_is_a_breach)
{
	struct fm_mpsc_recv second;

	open_chan(1);
	assert_pending(&hand, fm_mpsc_recv_init(&receive, rx, &out));
	assert_breach(&hand, hand_poll(&hand, fm_mpsc_recv_init(&second, rx, &out)));
	assert_breach(&hand, fm_mpsc_rx_drop(rx));
	fm_drop(&receive.fut);
	close_chan();
}
END_TEST

START_TEST(a_oneshot_goes_through_by_value)
{
	struct fm_oneshot_tx reply, got;
	struct fm_oneshot_rx answer;

	open_chan(1);
	ck_assert_int_eq(fm_oneshot_new(8, &reply, &answer), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &reply), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, &got), FM_OK);
	ck_assert_int_eq(fm_oneshot_send(&got, &numbers[5]), FM_OK);
	ck_assert_int_eq(fm_oneshot_try_recv(&answer, &out), FM_OK);
	ck_assert_uint_eq(out, 5);
	close_chan();
}
END_TEST

struct producer {
	struct fm_async async;
	struct fm_mpsc_send send;
	struct fm_mpsc_tx *tx;
	uint64_t item;
	uint64_t last;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (; self->item <= self->last; self->item++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->item));
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

struct consumer {
	struct fm_async async;
	struct fm_mpsc_recv receive;
	uint64_t item, sum, newest[3];
};

FM_ASYNC(consumer)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->receive, rx, &self->item));
		if (self->receive.fut.status != FM_OK)
			break;
		ck_assert_uint_gt(self->item, self->newest[self->item / 10000]);
		self->newest[self->item / 10000] = self->item;
		self->sum += self->item;
	}
	FM_RETURN(FM_OK);
	FM_END;
}

START_TEST(tasks_pass_everything_in_order)
{
	struct consumer consumer = { .sum = 0 };
	uint64_t sum = 0;

	ledger_close();
	open_chan(2);
	for (uint64_t i = 0; i < 3; i++) {
		struct producer *producer = fm_task_alloc(sizeof(*producer), "producer");

		FM_ASYNC_INIT(producer, producer);
		producer->tx = fm_mpsc_tx_clone(tx);
		producer->item = i * 10000 + 1;
		producer->last = i * 10000 + 500;
		fm_task_detach(fm_task_spawn(producer));
		sum += 500 * (i * 10000) + 500 * 501 / 2;
	}
	fm_mpsc_tx_drop(tx);
	FM_ASYNC_INIT(&consumer, consumer);
	ck_assert_int_eq(fm_block_on(hand.executor, &consumer.async.fut), FM_OK);
	ck_assert_uint_eq(consumer.sum, sum);
	fm_mpsc_rx_drop(rx);
}
END_TEST

Suite *suite(void)
{
	Suite *mpsc = suite_create("mpsc");
	TCase *tests = tcase_create("mpsc");

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, items_come_in_the_order_sent);
	tcase_add_test(tests, a_slot_goes_to_the_oldest_and_cannot_be_stolen);
	tcase_add_test(tests, a_dropped_send_passes_its_slot_on);
	tcase_add_test(tests, a_dropped_reserve_passes_its_slot_on);
	tcase_add_test(tests, a_send_that_waits_leaves_the_queue_when_dropped);
	tcase_add_test(tests, the_item_is_read_when_it_is_sent);
	tcase_add_test(tests, a_refused_budget_keeps_the_slot_and_takes_nothing);
	tcase_add_test(tests, only_the_newest_waker_is_woken);
	tcase_add_test(tests, a_receive_dropped_after_its_wake_loses_nothing);
	tcase_add_test(tests, many_are_received_up_to_the_limit);
	tcase_add_test(tests, a_second_waiting_receive_is_a_breach);
	tcase_add_test(tests, a_oneshot_goes_through_by_value);
	tcase_add_test(tests, tasks_pass_everything_in_order);
	suite_add_tcase(mpsc, tests);
	return mpsc;
}
