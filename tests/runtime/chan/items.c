/* Each item is reported once as it goes in and once as it is received, whichever way; what does not come about is not. */
#include "chan.h"

#include <fm/broadcast.h>
#include <fm/mpsc.h>
#include <fm/oneshot.h>
#include <fm/watch.h>

static struct hand hand;
static struct ledger ledger;
static const uint64_t one = 1;
static uint64_t got[4];

static void open_hand(void)
{
	hand_open(&hand);
	ledger_open(&ledger);
}

static void close_hand(void)
{
	ledger_close();
	hand_close(&hand);
}

static void assert_items(const char *kind, unsigned in, unsigned out)
{
	ck_assert_uint_eq(ledger.items_in, in);
	ck_assert_uint_eq(ledger.items_out, out);
	ck_assert_str_eq(ledger.item_kind, kind);
}

START_TEST(of_an_mpsc)
{
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_mpsc_send send;
	struct fm_mpsc_permit permit;
	struct fm_mpsc_recv recv;
	struct fm_mpsc_recv_many many;

	ck_assert_int_eq(fm_mpsc_new(sizeof(one), 3, NULL, &tx, &rx), FM_OK);
	assert_ready(&hand, fm_mpsc_send_init(&send, tx, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_reserve(tx, &permit), FM_OK);
	assert_items("mpsc", 2, 0);
	ck_assert_int_eq(fm_mpsc_permit_send(&permit, &one), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_ERR_FULL);
	assert_pending(&hand, fm_mpsc_send_init(&send, tx, &one));
	assert_items("mpsc", 3, 0);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, got), FM_OK);
	assert_ready(&hand, &send.fut, FM_OK);
	assert_items("mpsc", 4, 1);
	assert_ready(&hand, fm_mpsc_recv_init(&recv, rx, got), FM_OK);
	assert_items("mpsc", 4, 2);
	assert_ready(&hand, fm_mpsc_recv_many_init(&many, rx, got, 4), FM_OK);
	ck_assert_int_eq(fm_mpsc_try_recv(rx, got), FM_ERR_EMPTY);
	assert_items("mpsc", 4, 4);
	ck_assert_int_eq(fm_mpsc_try_send(tx, &one), FM_OK);
	fm_mpsc_rx_drop(rx); /* what it destroys nobody has received */
	fm_mpsc_tx_drop(tx);
	assert_items("mpsc", 5, 4);
}
END_TEST

START_TEST(of_a_oneshot)
{
	struct fm_oneshot_tx tx;
	struct fm_oneshot_rx rx;
	struct fm_oneshot_recv recv;

	ck_assert_int_eq(fm_oneshot_new(sizeof(one), &tx, &rx), FM_OK);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, got), FM_ERR_EMPTY);
	ck_assert_int_eq(fm_oneshot_send(&tx, &one), FM_OK);
	ck_assert_int_eq(fm_oneshot_try_recv(&rx, got), FM_OK);
	assert_items("oneshot", 1, 1);
	ck_assert_int_eq(fm_oneshot_new(sizeof(one), &tx, &rx), FM_OK);
	assert_pending(&hand, fm_oneshot_recv_init(&recv, &rx));
	ck_assert_int_eq(fm_oneshot_send(&tx, &one), FM_OK);
	assert_ready(&hand, &recv.fut, FM_OK);
	ck_assert_int_eq(fm_oneshot_take(&recv, got), FM_OK);
	assert_items("oneshot", 2, 2);
	ck_assert_int_eq(fm_oneshot_new(sizeof(one), &tx, &rx), FM_OK);
	fm_oneshot_rx_drop(&rx);
	ck_assert_int_eq(fm_oneshot_send(&tx, &one), FM_ERR_CLOSED);
	assert_items("oneshot", 2, 2);
}
END_TEST

START_TEST(of_a_broadcast)
{
	struct fm_broadcast_tx *tx;
	struct fm_broadcast_rx *rx, *other;
	struct fm_broadcast_recv recv;
	uint64_t missed;

	ck_assert_int_eq(fm_broadcast_new(sizeof(one), 1, NULL, &tx), FM_OK);
	ck_assert_int_eq(fm_broadcast_send(tx, &one, NULL), FM_ERR_CLOSED);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &rx), FM_OK);
	ck_assert_int_eq(fm_broadcast_subscribe(tx, &other), FM_OK);
	ck_assert_int_eq(fm_broadcast_send(tx, &one, NULL), FM_OK);
	assert_ready(&hand, fm_broadcast_recv_init(&recv, rx, got), FM_OK);
	assert_items("broadcast", 1, 1);
	ck_assert_int_eq(fm_broadcast_send(tx, &one, NULL), FM_OK);
	ck_assert_int_eq(fm_broadcast_try_recv(other, got, &missed), FM_ERR_LAGGED);
	assert_items("broadcast", 2, 1);
	ck_assert_int_eq(fm_broadcast_try_recv(other, got, &missed), FM_OK);
	assert_items("broadcast", 2, 2);
	fm_broadcast_rx_drop(rx);
	fm_broadcast_rx_drop(other);
	fm_broadcast_tx_drop(tx);
}
END_TEST

static bool always(const void *value, void *argument)
{
	(void)value, (void)argument;
	return true;
}

START_TEST(of_a_watch)
{
	struct fm_watch_tx *tx;
	struct fm_watch_rx *rx;
	struct fm_watch_changed changed;
	struct fm_watch_wait_for wait_for;

	ck_assert_int_eq(fm_watch_new(sizeof(one), &one, NULL, &tx), FM_OK);
	ck_assert_int_eq(fm_watch_subscribe(tx, &rx), FM_OK);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	ck_assert_int_eq(fm_watch_send(tx, &one), FM_OK);
	assert_items("watch", 1, 0);
	assert_ready(&hand, &changed.fut, FM_OK);
	assert_items("watch", 1, 1);
	assert_ready(&hand, fm_watch_wait_for_init(&wait_for, rx, always, NULL), FM_OK);
	assert_items("watch", 1, 2);
	assert_pending(&hand, fm_watch_changed_init(&changed, rx));
	fm_watch_tx_drop(tx);
	assert_ready(&hand, &changed.fut, FM_ERR_CLOSED);
	assert_items("watch", 1, 2);
	fm_watch_rx_drop(rx);
}
END_TEST

Suite *suite(void)
{
	Suite *items = suite_create("items");
	TCase *tests = tcase_create("items");

	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, of_an_mpsc);
	tcase_add_test(tests, of_a_oneshot);
	tcase_add_test(tests, of_a_broadcast);
	tcase_add_test(tests, of_a_watch);
	suite_add_tcase(items, tests);
	return items;
}
