/*
 * Broadcast against a plain model: random sends, receives, subscriptions and ends, with positions that wrap.
 *
 * Items are numbered as they are sent. What a receiver gets, or is told to have missed, follows from its
 * number and the capacity alone; each item is destroyed exactly once; who has something to receive is not
 * asleep.
 */
#include "chan.h"

#include <fm/broadcast.h>

enum { RECEIVERS = 4, STEPS = 300, RUNS = 1500 };

struct receiver {
	struct fm_broadcast_rx *rx; /* NULL: none now */
	uint64_t next;              /* the number it must get, where it is kept */
	bool receiving;
	uint64_t out;
	struct fm_broadcast_recv receive;
	struct hand_waker waker;
};

static struct hand hand;
static struct fm_broadcast_tx *tx;
static struct receiver receivers[RECEIVERS];
static uint64_t sent, state;
static size_t capacity, alive, destroyed;
static bool owning;

static void open_hand(void)
{
	hand_open(&hand);
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void subscribe(struct receiver *receiver)
{
	HOLD(fm_broadcast_subscribe(tx, &receiver->rx) == FM_OK);
	receiver->next = sent;
	receiver->receiving = false;
	hand_waker_init(&receiver->waker);
	alive++;
}

static void leave(struct receiver *receiver)
{
	if (receiver->receiving)
		fm_drop(&receiver->receive.fut);
	HOLD(receiver->waker.clones == 0);
	fm_broadcast_rx_drop(receiver->rx);
	receiver->rx = NULL;
	alive--;
}

static void poll_receiver(struct receiver *receiver)
{
	if (!receiver->receiving)
		fm_broadcast_recv_init(&receiver->receive, receiver->rx, &receiver->out);
	receiver->receiving = true;
	receiver->waker.wakes = 0;
	hand.budget_refusals = dice(&state, 4) == 0;
	if (hand_poll_as(&hand, &receiver->receive.fut, &receiver->waker) == FM_PENDING) {
		if (dice(&state, 4) == 0) {
			fm_drop(&receiver->receive.fut);
			receiver->receiving = false;
		}
		return;
	}
	receiver->receiving = false;
	HOLD(receiver->next < sent);
	if (sent - receiver->next > capacity) {
		HOLD(receiver->receive.fut.status == FM_ERR_LAGGED);
		HOLD(receiver->receive.missed == sent - capacity - receiver->next);
		receiver->next = sent - capacity;
	} else {
		HOLD(receiver->receive.fut.status == FM_OK);
		HOLD(receiver->out == (receiver->next++));
	}
}

static void check(void)
{
	size_t kept = 0;

	for (int i = 0; i < RECEIVERS; i++) {
		const struct receiver *receiver = &receivers[i];

		if (!receiver->rx)
			continue;
		HOLD(fm_broadcast_rx_len(receiver->rx) == sent - receiver->next);
		if (sent - receiver->next > kept)
			kept = sent - receiver->next;
		if (receiver->receiving && (receiver->receive.fut.self & FM__FUTURE_PLACED) &&
		    receiver->waker.wakes == 0)
			HOLD(receiver->next == sent); /* a receiver sleeps and was not woken */
	}
	kept = kept > capacity ? capacity : kept;
	destroyed += items_dropped();
	HOLD(fm_broadcast_len(tx) == kept);
	HOLD(destroyed == (owning ? sent - kept : 0));
}

static void run(uint64_t seed)
{
	struct fm_broadcast_config config = { .item_bytes = 8, .item_drop = item_drop_counted };

	seed_now = seed;
	state = seed;
	sent = 0;
	alive = destroyed = 0;
	owning = dice(&state, 2);
	if (!owning)
		config.item_drop = NULL;
	capacity = config.capacity = 1 + dice(&state, 5);
	config.start = UINT64_MAX - dice(&state, 20);
	HOLD(fm_broadcast_new_with(&config, &tx) == FM_OK);
	for (int i = 0; i < STEPS; i++) {
		struct receiver *receiver = &receivers[dice(&state, RECEIVERS)];

		if (dice(&state, 3) == 0) {
			const int status = fm_broadcast_send(tx, &sent, NULL);

			HOLD(status == (alive ? FM_OK : FM_ERR_CLOSED));
			sent += status == FM_OK;
		} else if (!receiver->rx) {
			subscribe(receiver);
		} else if (dice(&state, 12) == 0) {
			leave(receiver);
		} else {
			poll_receiver(receiver);
		}
		check();
	}
	for (int i = 0; i < RECEIVERS; i++)
		if (receivers[i].rx)
			leave(&receivers[i]);
	check();
	fm_broadcast_tx_drop(tx);
}

START_TEST(random_operations_follow_the_model)
{
	for (uint64_t seed = 0; seed < RUNS; seed++)
		run(seed * 7919);
}
END_TEST

Suite *suite(void)
{
	Suite *broadcast = suite_create("broadcast_model");
	TCase *tests = tcase_create("broadcast_model");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, random_operations_follow_the_model);
	suite_add_tcase(broadcast, tests);
	return broadcast;
}
