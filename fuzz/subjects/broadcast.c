/*
 * A broadcast against a model: how many were sent, and how far each receiver is. All else follows: what is kept begins with the
 * first that some receiver has not passed, or capacity items before the end. Items are numbered, and may own something, of which no
 * more is alive than is kept.
 */
#include <fm/broadcast.h>
#include <fm_sim/subject.h>

#define RECEIVERS_MAX 3

struct receiver {
	struct fm_broadcast_rx *rx; /* NULL: there is none */
	uint64_t position;
	bool receiving;             /* one at a time */
};

struct thing {
	struct fm_broadcast_tx *tx; /* NULL: dropped */
	struct receiver receivers[RECEIVERS_MAX];
	unsigned senders;
	uint64_t capacity;
	uint64_t sent;
	unsigned alive; /* items that own something */
	bool owning;    /* they are destroyed */
	bool cloning;   /* and a receiver gets one of its own */
};

struct item {
	unsigned *alive;
	uint64_t number;
};

static void item_drop(void *item)
{
	--*((struct item *)item)->alive;
}

static void item_clone(void *to, const void *from)
{
	struct item *copy = to;

	*copy = *(const struct item *)from;
	++*copy->alive;
}

static unsigned receivers(const struct thing *thing)
{
	unsigned count = 0;

	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		count += thing->receivers[i].rx != NULL;
	return count;
}

static uint64_t oldest(const struct thing *thing)
{
	uint64_t first = thing->sent;

	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		if (thing->receivers[i].rx && thing->receivers[i].position < first)
			first = thing->receivers[i].position;
	return thing->sent > thing->capacity && first < thing->sent - thing->capacity ? thing->sent - thing->capacity : first;
}

static int make(void *arg)
{
	static const unsigned receivers_at_first[] = { 1, 2, 3, 0 };
	struct thing *thing = arg;
	const unsigned kind = (unsigned)fm_random(3);
	const struct fm_broadcast_config config = {
		.item_bytes = sizeof(struct item),
		.capacity = thing->capacity = fm_random(3) + 1,
		.item_drop = kind > 0 ? item_drop : NULL,
		.item_clone = kind > 1 ? item_clone : NULL,
		.start = 0 - fm_random(3), /* it may wrap */
	};
	int status;

	thing->owning = kind > 0;
	thing->cloning = kind > 1;
	thing->senders = 1;
	status = fm_broadcast_new_with(&config, &thing->tx);
	for (unsigned i = receivers_at_first[fm_random(4)]; status == FM_OK && i > 0; i--)
		fm_broadcast_subscribe(thing->tx, &thing->receivers[i - 1].rx);
	return status;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		fm_broadcast_rx_drop(thing->receivers[i].rx);
	fm_broadcast_tx_drop(thing->tx);
	FM_SIM_CHECK(fm_sim_current(), thing->alive == 0, "%u items are left", thing->alive);
}

/* What a receive gives now, and the model's part of it; `item` is what came. */
static int due_now(const struct thing *thing, const struct receiver *from)
{
	if (from->position < oldest(thing))
		return FM_ERR_LAGGED;
	if (from->position < thing->sent)
		return FM_OK;
	return thing->senders ? FM_ERR_EMPTY : FM_ERR_CLOSED;
}

/* The model of a receive that gave this. */
static void received(struct fm_subject_at *at, struct receiver *from, int status, const struct item *item, uint64_t missed)
{
	struct thing *thing = at->thing;
	const int due = due_now(thing, from);
	const uint64_t first = oldest(thing);

	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
	if (status == FM_ERR_LAGGED) {
		FM_SUBJECT_CHECK(at, missed == first - from->position, "%llu missed, not %llu", (unsigned long long)missed,
				 (unsigned long long)(first - from->position));
		from->position = first;
	} else if (status == FM_OK) {
		FM_SUBJECT_CHECK(at, item->number == from->position && item->alive == &thing->alive, "item %llu, not %llu",
				 (unsigned long long)item->number, (unsigned long long)from->position);
		from->position++;
		thing->alive -= thing->cloning;
	}
}

static struct fm_future *recv(struct fm_subject_at *at)
{
	struct receiver *from = &((struct thing *)at->thing)->receivers[at->argument];

	if (!from->rx || from->receiving)
		return NULL;
	from->receiving = true;
	return fm_broadcast_recv_init(at->future, from->rx, &at->memo);
}

static void recv_polled(struct fm_subject_at *at, bool ready)
{
	struct receiver *from = &((struct thing *)at->thing)->receivers[at->argument];
	const struct fm_broadcast_recv *self = at->future;

	if (ready)
		received(at, from, at->fut->status, (const void *)at->memo, self->missed);
}

static void recv_ended(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->receivers[at->argument].receiving = false;
}

static bool recv_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return due_now(thing, &thing->receivers[at->argument]) != FM_ERR_EMPTY;
}

static void try_recv(struct fm_subject_at *at)
{
	struct receiver *from = &((struct thing *)at->thing)->receivers[at->argument];
	struct item item = { NULL, 0 };
	uint64_t missed = 0;
	int status;

	if (!from->rx)
		return;
	status = fm_broadcast_try_recv(from->rx, &item, &missed); /* which calls nobody: the model may be told after it */
	received(at, from, status, &item, missed);
}

static void send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const unsigned due = receivers(thing);
	const struct item item = { &thing->alive, thing->sent };
	size_t told = 0;
	int status;

	if (!thing->tx)
		return;
	if (due) {
		thing->sent++;
		thing->alive += thing->owning;
	}
	status = fm_broadcast_send(thing->tx, &item, &told);
	FM_SUBJECT_CHECK(at, status == (due ? FM_OK : FM_ERR_CLOSED), "%s", fm_status_name(status));
	FM_SUBJECT_CHECK(at, told == due, "to %zu receivers, not %u", told, due);
}

static struct fm_future *tx_closed(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->tx)
		return NULL;
	thing->senders++;
	return fm_broadcast_tx_closed_init(at->future, fm_broadcast_tx_clone(thing->tx));
}

static bool tx_closed_possible(struct fm_subject_at *at)
{
	return receivers(at->thing) == 0;
}

static void tx_closed_polled(struct fm_subject_at *at, bool ready)
{
	FM_SUBJECT_CHECK(at, !ready || tx_closed_possible(at), "closed, it says");
}

static void tx_closed_ended(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->senders--;
	fm_broadcast_tx_drop(((struct fm_broadcast_tx_closed *)at->future)->tx);
}

/* A receiver at the end of what was sent, in the first place that is free. */
static void subscribe(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const struct fm_broadcast_rx *from = thing->receivers[0].rx;
	struct receiver *to = NULL;

	for (unsigned i = 0; i < RECEIVERS_MAX && !to; i++)
		if (!thing->receivers[i].rx)
			to = &thing->receivers[i];
	if (!to || (at->argument ? !from : !thing->tx))
		return;
	if (at->argument)
		fm_broadcast_resubscribe(from, &to->rx);
	else
		fm_broadcast_subscribe(thing->tx, &to->rx);
	to->position = thing->sent;
}

static void rx_drop(struct fm_subject_at *at)
{
	struct receiver *from = &((struct thing *)at->thing)->receivers[at->argument];
	struct fm_broadcast_rx *rx = from->rx;

	if (!rx || from->receiving)
		return;
	from->rx = NULL;
	fm_broadcast_rx_drop(rx);
}

static void tx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_broadcast_tx *tx = thing->tx;

	if (!tx)
		return;
	thing->tx = NULL;
	thing->senders--;
	fm_broadcast_tx_drop(tx);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;
	const uint64_t kept = thing->sent - oldest(thing);

	if (thing->owning)
		FM_SIM_CHECK(sim, thing->alive == kept, "%u items are alive, and %llu kept", thing->alive, (unsigned long long)kept);
	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		if (thing->receivers[i].rx)
			FM_SIM_CHECK(sim, fm_broadcast_rx_len(thing->receivers[i].rx) == thing->sent - thing->receivers[i].position,
				     "%llu are before receiver %u", (unsigned long long)fm_broadcast_rx_len(thing->receivers[i].rx), i);
	if (!thing->tx)
		return;
	FM_SIM_CHECK(sim, fm_broadcast_len(thing->tx) == kept, "%zu kept, not %llu", fm_broadcast_len(thing->tx),
		     (unsigned long long)kept);
	FM_SIM_CHECK(sim, fm_broadcast_receiver_count(thing->tx) == receivers(thing), "so many receivers");
}

FM_SUBJECT(broadcast, "subject/broadcast", "every receiver gets every item in order, or is told how many it missed") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(recv, struct fm_broadcast_recv, .polled = recv_polled, .ended = recv_ended,
				  .possible = recv_possible, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(send, .in_wakers = true),
		FM_SUBJECT_FUTURE(tx_closed, struct fm_broadcast_tx_closed, .polled = tx_closed_polled, .ended = tx_closed_ended,
				  .possible = tx_closed_possible),
		FM_SUBJECT_CALL(subscribe, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1)),
		FM_SUBJECT_CALL(try_recv, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(rx_drop, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(tx_drop, .in_wakers = true),
	},
};
