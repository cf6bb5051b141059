/* Mpsc: sizes, the blocks of channels that take memory as they fill, and what happens where there is none. */
#include "chan.h"

#include <fm/mpsc.h>
#include <string.h>

static struct hand hand;
static struct fm_mpsc_tx *tx;
static struct fm_mpsc_rx *rx;

static void open_hand(void)
{
	hand_open(&hand);
	items_dropped();
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void close_chan(void)
{
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}

static void push(uint64_t first, uint64_t count)
{
	for (uint64_t i = first; i < first + count; i++)
		HOLD(fm_mpsc_send_now(tx, &i) == FM_OK);
}

static void pop(uint64_t first, uint64_t count)
{
	uint64_t out;

	for (uint64_t i = first; i < first + count; i++) {
		HOLD(fm_mpsc_try_recv(rx, &out) == FM_OK);
		HOLD(out == i);
	}
}

START_TEST(absurd_shapes_are_invalid)
{
	static const size_t shapes[][2] = {
		{ 8, 0 },        { 8, ((size_t)1 << 31) + 1 }, { 8, SIZE_MAX }, { ((size_t)1 << 30) + 1, 1 },
		{ SIZE_MAX, 2 },
	};

	for (size_t i = 0; i < FM_COUNT_OF(shapes); i++) {
		ck_assert_int_eq(fm_mpsc_new(shapes[i][0], shapes[i][1], NULL, &tx, &rx), FM_ERR_INVALID);
		ck_assert_ptr_null(tx);
		ck_assert_ptr_null(rx);
	}
	ck_assert_int_eq(fm_mpsc_new_unbounded(SIZE_MAX, NULL, &tx, &rx), FM_ERR_INVALID);
	ck_assert_int_eq(fm_mpsc_new((size_t)1 << 30, (size_t)1 << 31, NULL, &tx, &rx), FM_OK);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), (size_t)1 << 31);
	ck_assert_uint_lt(hand.live_bytes, 4096 * 4); /* nothing yet for all those items */
	close_chan();
}
END_TEST

START_TEST(any_size_of_item)
{
	static const size_t sizes[] = { 0, 1, 3, 8, 16, 500, 1000, 5000 };
	unsigned char sent[5000], got[5000];

	for (size_t i = 0; i < 2 * FM_COUNT_OF(sizes); i++) {
		const size_t size = sizes[i / 2];

		if (i % 2)
			ck_assert_int_eq(fm_mpsc_new_unbounded(size, NULL, &tx, &rx), FM_OK);
		else
			ck_assert_int_eq(fm_mpsc_new(size, 5, NULL, &tx, &rx), FM_OK);
		for (int lap = 0; lap < 150; lap++) {
			for (int k = 0; k < 4; k++) {
				memset(sent, lap + k, sizeof(sent));
				HOLD(fm_mpsc_try_send(tx, sent) == FM_OK);
			}
			for (int k = 0; k < 4; k++) {
				memset(sent, lap + k, sizeof(sent));
				memset(got, 255, sizeof(got));
				HOLD(fm_mpsc_try_recv(rx, got) == FM_OK);
				HOLD(memcmp(got, sent, size) == 0);
				HOLD(size == sizeof(got) || got[size] == 255);
			}
		}
		ck_assert_int_eq(fm_mpsc_try_recv(rx, got), FM_ERR_EMPTY);
		close_chan();
	}
}
END_TEST

START_TEST(a_small_channel_is_one_allocation)
{
	const size_t before = hand.allocations;
	uint64_t out;

	ck_assert_int_eq(fm_mpsc_new(8, 100, NULL, &tx, &rx), FM_OK);
	for (uint64_t i = 0; i < 1000; i++) {
		HOLD(fm_mpsc_try_send(tx, &i) == FM_OK);
		HOLD(fm_mpsc_try_recv(rx, &out) == FM_OK);
		HOLD(out == i);
	}
	ck_assert_int_eq(fm_mpsc_send_now(tx, &out), FM_ERR_INVALID);
	close_chan();
	ck_assert_uint_eq(hand.allocations, before + 1);
}
END_TEST

START_TEST(an_unbounded_channel_gives_memory_back)
{
	size_t after_first;
	size_t allocations;

	ck_assert_int_eq(fm_mpsc_new_unbounded(8, NULL, &tx, &rx), FM_OK);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), SIZE_MAX);
	push(0, 1);
	pop(0, 1);
	after_first = hand.live_bytes;
	for (uint64_t i = 0; i < 1000; i++) { /* the one block, over and over */
		push(i, 1);
		pop(i, 1);
	}
	ck_assert_uint_eq(hand.live_bytes, after_first);
	push(0, 10000);
	ck_assert_uint_gt(hand.live_bytes, 80000);
	pop(0, 10000);
	ck_assert_uint_le(hand.live_bytes, after_first + 1024); /* the block in use and a spare */
	allocations = hand.allocations;
	for (uint64_t lap = 0; lap < 1000; lap++) {
		push(lap, 50);
		pop(lap, 50);
	}
	ck_assert_uint_eq(hand.allocations, allocations);
	close_chan();
}
END_TEST

START_TEST(a_queue_that_never_empties_uses_its_spare)
{
	size_t allocations = 0;

	ck_assert_int_eq(fm_mpsc_new_unbounded(8, NULL, &tx, &rx), FM_OK);
	push(0, 90);
	for (uint64_t i = 0; i < 5000; i++) {
		if (i == 1000)
			allocations = hand.allocations;
		push(90 + i, 1);
		pop(i, 1);
	}
	ck_assert_uint_eq(hand.allocations, allocations);
	pop(5000, 90);
	close_chan();
}
END_TEST

START_TEST(no_memory_loses_nothing)
{
	for (size_t fail = 1; fail <= 4; fail++) {
		uint64_t sent = 0;

		hand.fail_at = hand.allocations + fail;
		if (fm_mpsc_new_unbounded(8, item_drop_counted, &tx, &rx) == FM_ERR_NOMEM) {
			ck_assert_uint_eq(fail, 1);
			continue;
		}
		while (fm_mpsc_send_now(tx, &sent) == FM_OK)
			ck_assert_uint_lt(sent++, 1000);
		ck_assert_uint_eq(fm_mpsc_len(rx), sent);
		push(sent, 100);
		pop(0, sent + 99);
		close_chan();
		ck_assert_uint_eq(items_dropped(), 1);
		ck_assert_uint_eq(item_dropped_last, sent + 99);
	}
	hand.fail_at = hand.allocations + 1;
	ck_assert_int_eq(fm_mpsc_new(8, 100, NULL, &tx, &rx), FM_ERR_NOMEM);
	ck_assert_int_eq(fm_mpsc_new(1000, 100, NULL, &tx, &rx), FM_OK);
	close_chan();
}
END_TEST

START_TEST(a_permit_has_its_memory)
{
	static struct fm_mpsc_permit permits[500];
	uint64_t item = 0, out;

	ck_assert_int_eq(fm_mpsc_new(8, 100000, NULL, &tx, &rx), FM_OK);
	for (int lap = 0; lap < 3; lap++) {
		for (size_t i = 0; i < 200; i++)
			HOLD(fm_mpsc_try_send(tx, &item) == FM_OK);
		for (size_t i = 0; i < FM_COUNT_OF(permits); i++)
			ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permits[i]), FM_OK);
		while (fm_mpsc_try_recv(rx, &out) == FM_OK)
			; /* the blocks that get empty are not given back below what permits need */
		hand.fail_at = hand.allocations + 1;
		for (size_t i = 0; i < FM_COUNT_OF(permits); i++) {
			if (i % 3 == 0)
				fm_mpsc_permit_release(&permits[i]);
			else
				ck_assert_int_eq(fm_mpsc_permit_send(&permits[i], &item), FM_OK);
		}
		ck_assert_uint_lt(hand.allocations, hand.fail_at);
		hand.fail_at = 0;
		while (fm_mpsc_try_recv(rx, &out) == FM_OK)
			;
	}
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 100000);
	ck_assert_uint_lt(hand.live_bytes, 8000);
	close_chan();
}
END_TEST

START_TEST(a_future_that_finds_no_memory_keeps_item_and_slot)
{
	struct fm_mpsc_send send;
	struct fm_mpsc_reserve reserve;
	uint64_t item = 5, out;

	ck_assert_int_eq(fm_mpsc_new(8, 100000, NULL, &tx, &rx), FM_OK);
	hand.fail_at = hand.allocations + 1;
	assert_ready(&hand, fm_mpsc_send_init(&send, tx, &item), FM_ERR_NOMEM);
	hand.fail_at = hand.allocations + 1;
	assert_ready(&hand, fm_mpsc_reserve_init(&reserve, tx), FM_ERR_NOMEM);
	ck_assert_ptr_null(reserve.permit.tx);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 100000);
	assert_ready(&hand, fm_mpsc_send_init(&send, tx, &item), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_OK);
	ck_assert_uint_eq(out, 5);
	close_chan();
}
END_TEST

START_TEST(a_slot_handed_over_without_memory_passes_on)
{
	struct fm_mpsc_send send, next;
	uint64_t item = 5, out;

	ck_assert_int_eq(fm_mpsc_new(8, (size_t)63 * 150, NULL, &tx, &rx), FM_OK);
	while (fm_mpsc_try_send(tx, &item) == FM_OK)
		; /* full, and so is the last of its blocks */
	assert_pending(&hand, fm_mpsc_send_init(&send, tx, &item));
	assert_pending(&hand, fm_mpsc_send_init(&next, tx, &item));
	ck_assert_int_eq(fm_mpsc_try_recv(rx, &out), FM_OK);
	hand.fail_at = hand.allocations + 1;
	hand_wakes(&hand);
	assert_ready(&hand, &send.fut, FM_ERR_NOMEM);
	ck_assert_uint_eq(hand_wakes(&hand), 1);
	assert_ready(&hand, &next.fut, FM_OK);
	ck_assert_uint_eq(fm_mpsc_capacity(tx), 0);
	close_chan();
}
END_TEST

Suite *suite(void)
{
	Suite *mpsc = suite_create("mpsc_memory");
	TCase *tests = tcase_create("mpsc_memory");

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, absurd_shapes_are_invalid);
	tcase_add_test(tests, any_size_of_item);
	tcase_add_test(tests, a_small_channel_is_one_allocation);
	tcase_add_test(tests, an_unbounded_channel_gives_memory_back);
	tcase_add_test(tests, a_queue_that_never_empties_uses_its_spare);
	tcase_add_test(tests, no_memory_loses_nothing);
	tcase_add_test(tests, a_permit_has_its_memory);
	tcase_add_test(tests, a_future_that_finds_no_memory_keeps_item_and_slot);
	tcase_add_test(tests, a_slot_handed_over_without_memory_passes_on);
	suite_add_tcase(mpsc, tests);
	return mpsc;
}
