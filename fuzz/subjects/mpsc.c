/*
 * A channel of many senders, of one to three slots or without bound, against a model: the items in it, the slots that are handed to
 * futures, the futures that wait for one. Each sending future has a clone of the sender of its own. The model hears of a poll
 * only when it is over, so of what wakers do in the middle of one only sends are tried, and only in that of a receive.
 */
#include <fm/mpsc.h>
#include <fm_sim/subject.h>

#define ITEMS_MAX 64
#define PERMITS_MAX 2

struct thing {
	struct fm_mpsc_tx *tx; /* NULL: dropped */
	struct fm_mpsc_rx *rx; /* likewise */
	bool receiving;        /* one at a time */
	bool sending;          /* a send is being polled */
	bool closed;
	uint64_t capacity;     /* UINT64_MAX: no bound */
	unsigned senders;
	unsigned granted;      /* slots handed to futures that have not been polled since */
	struct fm_mpsc_permit permits[PERMITS_MAX]; /* kept for later; tx is NULL: none */
	unsigned kept;         /* of them; each is a slot, and a sender, too */
	unsigned first, items;
	uint64_t values[ITEMS_MAX];
	struct fm_list queue;  /* of fm_subject_at that wait for a slot */
};

enum { KEEP = 8 };             /* what a reserve may be given: the permit is kept for later */
enum { NEW, QUEUED, GRANTED }; /* memo[0]; memo[1] and on: what was received */

static int make(void *arg)
{
	struct thing *thing = arg;
	const uint64_t kind = fm_random(4);

	fm_list_init(&thing->queue);
	thing->senders = 1;
	thing->capacity = kind < 3 ? kind + 1 : UINT64_MAX;
	if (kind < 3)
		return fm_mpsc_new(sizeof(uint64_t), thing->capacity, NULL, &thing->tx, &thing->rx);
	return fm_mpsc_new_unbounded(sizeof(uint64_t), NULL, &thing->tx, &thing->rx);
}

static void end(void *arg)
{
	struct thing *thing = arg;

	for (unsigned i = 0; i < PERMITS_MAX; i++)
		fm_mpsc_permit_release(&thing->permits[i]);
	fm_mpsc_tx_drop(thing->tx);
	fm_mpsc_rx_drop(thing->rx);
}

static uint64_t free_slots(const struct thing *thing)
{
	return thing->capacity == UINT64_MAX ? UINT64_MAX : thing->capacity - thing->items - thing->granted - thing->kept;
}

static bool ended(const struct thing *thing)
{
	return thing->items == 0 && thing->kept == 0 && (thing->senders == 0 || thing->closed);
}

static void serve(struct thing *thing)
{
	while (!fm_list_empty(&thing->queue) && free_slots(thing) > 0) {
		FM_CONTAINER_OF(thing->queue.next, struct fm_subject_at, link)->memo[0] = GRANTED;
		fm_list_unlink(thing->queue.next);
		thing->granted++;
	}
}

static void push(struct fm_subject_at *at, uint64_t value)
{
	struct thing *thing = at->thing;

	FM_SUBJECT_CHECK(at, thing->items < ITEMS_MAX, "the model is full");
	thing->values[(thing->first + thing->items++) % ITEMS_MAX] = value;
}

static void pop(struct fm_subject_at *at, uint64_t value)
{
	struct thing *thing = at->thing;

	FM_SUBJECT_CHECK(at, thing->items > 0 && value == thing->values[thing->first], "received what was not sent, or not next");
	thing->first = (thing->first + 1) % ITEMS_MAX;
	thing->items--;
}

static void close_model(struct thing *thing)
{
	thing->closed = true;
	while (!fm_list_empty(&thing->queue))
		fm_list_unlink(thing->queue.next);
}

static struct fm_mpsc_tx *own_sender(struct thing *thing)
{
	thing->senders++;
	return fm_mpsc_tx_clone(thing->tx);
}

static struct fm_future *send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return thing->tx ? fm_mpsc_send_init(at->future, own_sender(thing), &at->argument) : NULL;
}

static struct fm_future *reserve(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return thing->tx ? fm_mpsc_reserve_init(at->future, own_sender(thing)) : NULL;
}

static void sender_ended(struct fm_subject_at *at, struct fm_mpsc_tx *tx)
{
	((struct thing *)at->thing)->senders--;
	fm_mpsc_tx_drop(tx);
}

static void send_ended(struct fm_subject_at *at)
{
	sender_ended(at, ((struct fm_mpsc_send *)at->future)->slot.tx);
}

static void slot_polling(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->sending = true;
}

/* True: it has a slot, which is nobody's from here on. */
static bool slot_polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;
	const int due = thing->closed ? FM_ERR_CLOSED : FM_OK;

	thing->sending = false;
	if (!ready) {
		if (at->memo[0] == NEW && !thing->closed && free_slots(thing) == 0) {
			at->memo[0] = QUEUED;
			fm_list_push_back(&thing->queue, &at->link);
		}
		return false;
	}
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
	if (at->memo[0] == GRANTED)
		thing->granted--;
	else
		FM_SUBJECT_CHECK(at, thing->closed || (at->memo[0] == NEW && free_slots(thing) > 0), "a slot that nobody gave it");
	return due == FM_OK;
}

static void send_polled(struct fm_subject_at *at, bool ready)
{
	if (slot_polled(at, ready))
		push(at, at->argument);
}

static struct fm_mpsc_permit *free_place(struct thing *thing)
{
	for (unsigned i = 0; i < PERMITS_MAX; i++)
		if (!thing->permits[i].tx)
			return &thing->permits[i];
	return NULL;
}

static void keep(struct thing *thing, struct fm_mpsc_permit *place, struct fm_mpsc_permit *permit)
{
	*place = *permit;
	permit->tx = NULL;
	thing->kept++;
}

static void reserve_polled(struct fm_subject_at *at, bool ready)
{
	struct fm_mpsc_reserve *reserved = at->future;

	struct fm_mpsc_permit *place;

	if (!slot_polled(at, ready))
		return;
	place = free_place(at->thing);
	if (at->argument == KEEP && place) {
		keep(at->thing, place, &reserved->permit);
		return;
	}
	if (at->argument == 0) {
		serve(at->thing);
		fm_mpsc_permit_release(&reserved->permit);
		return;
	}
	push(at, at->argument);
	FM_SUBJECT_CHECK(at, fm_mpsc_permit_send(&reserved->permit, &at->argument) == FM_OK, "a permit is as good as a send");
}

static void reserve_ended(struct fm_subject_at *at)
{
	sender_ended(at, ((struct fm_mpsc_reserve *)at->future)->slot.tx);
}

static void slot_dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (at->memo[0] == GRANTED)
		thing->granted--;
	fm_list_unlink(&at->link);
	serve(thing);
}

static bool slot_possible(struct fm_subject_at *at)
{
	return at->memo[0] == GRANTED || ((struct thing *)at->thing)->closed;
}

static struct fm_future *tx_closed(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	return thing->tx ? fm_mpsc_tx_closed_init(at->future, own_sender(thing)) : NULL;
}

static void tx_closed_ended(struct fm_subject_at *at)
{
	sender_ended(at, ((struct fm_mpsc_tx_closed *)at->future)->tx);
}

static bool tx_closed_possible(struct fm_subject_at *at)
{
	return ((struct thing *)at->thing)->closed;
}

static void tx_closed_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || tx_closed_possible(at), "closed, it says");
}

static struct fm_future *recv(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx || thing->receiving)
		return NULL;
	thing->receiving = true;
	return fm_mpsc_recv_init(at->future, thing->rx, &at->memo[1]);
}

static struct fm_future *recv_many(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx || thing->receiving)
		return NULL;
	thing->receiving = true;
	return fm_mpsc_recv_many_init(at->future, thing->rx, &at->memo[1], at->argument);
}

static bool recv_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->items > 0 || ended(thing);
}

static void received(struct fm_subject_at *at, size_t count)
{
	struct thing *thing = at->thing;
	const int due = count ? FM_OK : FM_ERR_CLOSED;

	FM_SUBJECT_CHECK(at, recv_possible(at), "READY, and nothing was sent");
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
	for (size_t i = 0; i < count; i++)
		pop(at, at->memo[1 + i]);
	serve(thing);
}

static void recv_polled(struct fm_subject_at *at, bool ready)
{
	if (ready)
		received(at, ((struct thing *)at->thing)->items > 0 ? 1 : 0);
}

/* What is sent by a waker that this poll woke comes too late for it. */
static void recv_many_polling(struct fm_subject_at *at)
{
	at->memo[0] = ((struct thing *)at->thing)->items;
}

static void recv_many_polled(struct fm_subject_at *at, bool ready)
{
	const struct fm_mpsc_recv_many *many = at->future;
	const size_t due = at->memo[0] < at->argument ? at->memo[0] : at->argument;

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, many->count == due, "received %zu, not %zu", many->count, due);
	if (at->argument > 0)
		received(at, due);
}

static void recv_ended(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->receiving = false;
}

static void try_send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->closed ? FM_ERR_CLOSED : free_slots(thing) == 0 ? FM_ERR_FULL : FM_OK;
	int status;

	if (!thing->tx || thing->sending)
		return;
	if (due == FM_OK && !at->in_poll)
		push(at, at->argument);
	status = fm_mpsc_try_send(thing->tx, &at->argument);
	if (at->in_poll && status == FM_OK)
		push(at, at->argument);
	FM_SUBJECT_CHECK(at, at->in_poll || status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void try_recv(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->items ? FM_OK : ended(thing) ? FM_ERR_CLOSED : FM_ERR_EMPTY;
	const uint64_t expected = thing->values[thing->first];
	uint64_t value = 0;
	int status;

	if (!thing->rx || at->in_poll)
		return;
	if (due == FM_OK) {
		pop(at, expected);
		serve(thing);
	}
	status = fm_mpsc_try_recv(thing->rx, &value);
	FM_SUBJECT_CHECK(at, status == due && (due != FM_OK || value == expected), "%s, not %s", fm_status_name(status),
			 fm_status_name(due));
}

static void try_reserve(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_mpsc_permit *place = free_place(thing);
	const int due = thing->closed ? FM_ERR_CLOSED : free_slots(thing) == 0 ? FM_ERR_FULL : FM_OK;
	struct fm_mpsc_permit permit;
	int status;

	if (!thing->tx || !place || at->in_poll)
		return;
	status = fm_mpsc_try_reserve(thing->tx, &permit);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
	FM_SUBJECT_CHECK(at, (permit.tx != NULL) == (status == FM_OK), "a permit, or none");
	if (status == FM_OK)
		keep(thing, place, &permit);
}

/* Of the permits that were kept, the first. */
static struct fm_mpsc_permit taken_permit(struct thing *thing)
{
	struct fm_mpsc_permit permit = { NULL };

	for (unsigned i = 0; i < PERMITS_MAX && !permit.tx; i++) {
		permit = thing->permits[i];
		thing->permits[i].tx = NULL;
	}
	thing->kept -= permit.tx != NULL;
	return permit;
}

static void permit_send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->rx ? FM_OK : FM_ERR_CLOSED;
	struct fm_mpsc_permit permit;
	int status;

	if (at->in_poll || !thing->kept)
		return;
	permit = taken_permit(thing);
	if (due == FM_OK)
		push(at, at->argument);
	status = fm_mpsc_permit_send(&permit, &at->argument);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void permit_release(struct fm_subject_at *at)
{
	struct fm_mpsc_permit permit;

	if (at->in_poll)
		return;
	permit = taken_permit(at->thing);
	serve(at->thing);
	fm_mpsc_permit_release(&permit); /* without one it does nothing */
}

static void close_it(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx || at->in_poll)
		return;
	close_model(thing);
	fm_mpsc_close(thing->rx);
}

static void tx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_mpsc_tx *tx = thing->tx;

	if (!tx || at->in_poll)
		return;
	thing->tx = NULL;
	thing->senders--;
	fm_mpsc_tx_drop(tx);
}

static void rx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_mpsc_rx *rx = thing->rx;

	if (!rx || thing->receiving || at->in_poll)
		return;
	thing->rx = NULL;
	close_model(thing);
	thing->items = 0;
	fm_mpsc_rx_drop(rx);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	if (thing->rx)
		FM_SIM_CHECK(sim, fm_mpsc_len(thing->rx) == thing->items, "%zu items, not %u", fm_mpsc_len(thing->rx), thing->items);
	if (!thing->tx)
		return;
	FM_SIM_CHECK(sim, thing->capacity == UINT64_MAX || thing->items + thing->granted + thing->kept <= thing->capacity,
		     "%u items and %u slots given out, of %llu", thing->items, thing->granted + thing->kept,
		     (unsigned long long)thing->capacity);
	FM_SIM_CHECK(sim, fm_mpsc_capacity(thing->tx) == free_slots(thing), "%zu free slots, not %llu",
		     fm_mpsc_capacity(thing->tx), (unsigned long long)free_slots(thing));
	FM_SIM_CHECK(sim, fm_mpsc_is_closed(thing->tx) == thing->closed, "closed, or not");
}

#define SLOT .polling = slot_polling, .dropping = slot_dropping, .possible = slot_possible
#define RECV .ended = recv_ended, .possible = recv_possible

FM_SUBJECT(mpsc, "subject/mpsc", "items come once and in order, and slots go to who has waited longest") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(send, struct fm_mpsc_send, .polled = send_polled, .ended = send_ended, SLOT,
				  FM_SUBJECT_ARGUMENTS(1, 2, 3)),
		FM_SUBJECT_FUTURE(recv, struct fm_mpsc_recv, .polled = recv_polled, RECV),
		FM_SUBJECT_FUTURE(reserve, struct fm_mpsc_reserve, .polled = reserve_polled, .ended = reserve_ended, SLOT,
				  FM_SUBJECT_ARGUMENTS(4, 0, KEEP)),
		FM_SUBJECT_FUTURE(recv_many, struct fm_mpsc_recv_many, .polling = recv_many_polling,
				  .polled = recv_many_polled, RECV,
				  FM_SUBJECT_ARGUMENTS(1, 2, 3, 0)),
		FM_SUBJECT_FUTURE(tx_closed, struct fm_mpsc_tx_closed, .polled = tx_closed_polled, .ended = tx_closed_ended,
				  .possible = tx_closed_possible),
		FM_SUBJECT_CALL(try_send, .in_wakers = true, FM_SUBJECT_ARGUMENTS(5, 6)),
		FM_SUBJECT_CALL(try_recv, .in_wakers = true),
		FM_SUBJECT_CALL(try_reserve, .in_wakers = true),
		FM_SUBJECT_CALL(permit_send, .in_wakers = true, FM_SUBJECT_ARGUMENTS(7)),
		FM_SUBJECT_CALL(permit_release, .in_wakers = true),
		FM_SUBJECT_CALL(close_it, .in_wakers = true),
		FM_SUBJECT_CALL(tx_drop, .in_wakers = true),
		FM_SUBJECT_CALL(rx_drop, .in_wakers = true),
	},
};
