/*
 * Mpsc against a plain model: random operations, and after each the invariants that make a missed wake
 * impossible.
 *
 * Items are numbered as they are sent, so the receiver must see 0, 1, 2 and so on. A future that would be
 * READY has been woken since its last poll; slots free, held and filled always add up to the capacity.
 */
#include "chan.h"

#include <fm/mpsc.h>

enum { ACTORS = 5, STEPS = 400, RUNS = 1500 };

enum what { IDLE, SENDING, RESERVING, HOLDING };

struct actor {
	enum what what;
	struct fm_mpsc_send send;
	struct fm_mpsc_reserve reserve;
	struct fm_mpsc_permit permit;
	struct hand_waker waker;
};

static struct hand hand;
static struct fm_mpsc_tx *tx;
static struct fm_mpsc_rx *rx;
static struct actor actors[ACTORS];
static struct fm_mpsc_recv receive;
static struct hand_waker receive_waker;
static bool receiving, closed;
static uint64_t item, out, sent, received, state;
static size_t capacity;

static void open_hand(void)
{
	hand_open(&hand);
}

static void close_hand(void)
{
	hand_close(&hand);
}

static void took_effect(struct actor *actor, int status)
{
	HOLD(status == (closed ? FM_ERR_CLOSED : FM_OK));
	if (status == FM_OK && actor->what == SENDING)
		item = ++sent;
	actor->what = status == FM_OK && actor->what == RESERVING ? HOLDING : IDLE;
}

static void poll_actor(struct actor *actor)
{
	struct fm_future *future = actor->what == SENDING ? &actor->send.fut : &actor->reserve.fut;

	actor->waker.wakes = 0;
	hand.budget_refusals = dice(&state, 4) == 0;
	if (hand_poll_as(&hand, future, &actor->waker) == FM_PENDING)
		return;
	actor->permit = actor->reserve.permit;
	took_effect(actor, future->status);
}

static void drop_actor(struct actor *actor)
{
	if (actor->what == SENDING)
		fm_drop(&actor->send.fut);
	else if (actor->what == RESERVING)
		fm_drop(&actor->reserve.fut);
	else if (actor->what == HOLDING)
		fm_mpsc_permit_release(&actor->permit);
	actor->what = IDLE;
}

static void step_actor(struct actor *actor)
{
	switch (actor->what) {
	case IDLE:
		if (dice(&state, 4) == 0) {
			const int status = fm_mpsc_try_send(tx, &item);

			HOLD((status == FM_ERR_CLOSED) == closed);
			if (status == FM_OK)
				item = ++sent;
			return;
		}
		actor->what = dice(&state, 2) ? SENDING : RESERVING;
		fm_mpsc_send_init(&actor->send, tx, &item);
		fm_mpsc_reserve_init(&actor->reserve, tx);
		if (dice(&state, 8))
			poll_actor(actor);
		return;
	case HOLDING:
		if (dice(&state, 4) == 0) {
			drop_actor(actor);
			return;
		}
		HOLD(fm_mpsc_permit_send(&actor->permit, &item) == FM_OK);
		item = ++sent;
		actor->what = IDLE;
		return;
	default:
		if (dice(&state, 4) == 0)
			drop_actor(actor);
		else
			poll_actor(actor);
	}
}

static void step_receiver(void)
{
	if (!receiving)
		fm_mpsc_recv_init(&receive, rx, &out);
	receiving = true;
	receive_waker.wakes = 0;
	hand.budget_refusals = dice(&state, 4) == 0;
	if (hand_poll_as(&hand, &receive.fut, &receive_waker) == FM_PENDING) {
		if (dice(&state, 4) == 0) {
			fm_drop(&receive.fut);
			receiving = false;
		}
		return;
	}
	receiving = false;
	if (receive.fut.status == FM_OK)
		HOLD(out == (received++));
	else
		HOLD(closed && sent == received);
}

static unsigned count(enum what what)
{
	unsigned found = 0;

	for (int i = 0; i < ACTORS; i++)
		found += actors[i].what == what;
	return found;
}

/* Polled and neither woken since nor about to be. */
static bool asleep(const struct fm_future *future, const struct hand_waker *waker)
{
	return (future->self & FM__FUTURE_PLACED) && waker->wakes == 0;
}

static void check(void)
{
	const size_t used = (size_t)(sent - received) + count(HOLDING);
	size_t woken = 0;

	HOLD(fm_mpsc_len(rx) == sent - received);
	HOLD(used + fm_mpsc_capacity(tx) <= capacity);
	if (receiving && asleep(&receive.fut, &receive_waker)) {
		HOLD(sent == received);              /* an item waits for a receiver that nobody woke */
		HOLD(!closed || count(HOLDING) > 0); /* nobody told the receiver of the end */
	}
	for (int i = 0; i < ACTORS; i++) {
		const struct actor *actor = &actors[i];
		const struct fm_future *future = actor->what == SENDING ? &actor->send.fut :
									  &actor->reserve.fut;

		if (actor->what != SENDING && actor->what != RESERVING)
			continue;
		if (asleep(future, &actor->waker))
			HOLD(fm_mpsc_capacity(tx) == 0 && !closed); /* else nobody woke the sender */
		else
			woken++;
	}
	HOLD(used + fm_mpsc_capacity(tx) + woken >= capacity); /* the rest was handed over */
}

static void run(uint64_t seed, bool large)
{
	seed_now = seed;
	state = seed;
	sent = received = item = 0;
	receiving = closed = false;
	capacity = 1 + dice(&state, 4) + (large ? 10000 : 0);
	HOLD(fm_mpsc_new(8, capacity, NULL, &tx, &rx) == FM_OK);
	hand_waker_init(&receive_waker);
	for (int i = 0; i < ACTORS; i++) {
		actors[i].what = IDLE;
		hand_waker_init(&actors[i].waker);
	}
	for (int i = 0; i < STEPS; i++) {
		const uint64_t who = dice(&state, ACTORS + 3);

		if (who < ACTORS) {
			step_actor(&actors[who]);
		} else if (!closed && i > STEPS / 2 && dice(&state, 100) == 0) {
			closed = true;
			fm_mpsc_close(rx);
		} else {
			step_receiver();
		}
		check();
	}
	for (int i = 0; i < ACTORS; i++) {
		drop_actor(&actors[i]);
		HOLD(actors[i].waker.clones == 0);
	}
	if (receiving)
		fm_drop(&receive.fut);
	HOLD(receive_waker.clones == 0);
	HOLD(fm_mpsc_capacity(tx) + fm_mpsc_len(rx) == capacity);
	fm_mpsc_tx_drop(tx);
	fm_mpsc_rx_drop(rx);
}

START_TEST(random_operations_keep_the_invariants)
{
	for (uint64_t seed = 0; seed < RUNS; seed++)
		run(seed * 7919, seed % 5 == 0);
}
END_TEST

Suite *suite(void)
{
	Suite *mpsc = suite_create("mpsc_model");
	TCase *tests = tcase_create("mpsc_model");

	tcase_set_timeout(tests, 60);
	tcase_add_checked_fixture(tests, open_hand, close_hand);
	tcase_add_test(tests, random_operations_keep_the_invariants);
	suite_add_tcase(mpsc, tests);
	return mpsc;
}
