/*
 * A watch against a model: a value, and for each receiver whether it has seen it. Values may own something: then one is alive, as
 * long as there is a channel.
 */
#include <fm/watch.h>
#include <fm_sim/subject.h>

#define RECEIVERS_MAX 3

struct receiver {
	struct fm_watch_rx *rx; /* NULL: there is none */
	bool fresh;             /* there is what it has not seen */
	bool waiting;           /* one future at a time */
};

struct thing {
	struct fm_watch_tx *tx; /* NULL: dropped */
	struct receiver receivers[RECEIVERS_MAX];
	unsigned senders;
	uint64_t value;
	uint64_t version; /* from 1 */
	unsigned alive;   /* values that own something */
	bool owning;
};

struct item {
	struct thing *thing;
	uint64_t value;
	uint64_t version;
};

/* An argument of wait_for: a receiver, and the value that it waits for. */
#define FOR(receiver, value) ((value) << 2 | (receiver))

static unsigned receivers(const struct thing *thing)
{
	unsigned count = 0;

	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		count += thing->receivers[i].rx != NULL;
	return count;
}

static bool is_over(const struct thing *thing)
{
	return !thing->senders && !receivers(thing);
}

static void item_drop(void *arg)
{
	const struct item *item = arg;

	FM_SIM_CHECK(fm_sim_current(), item->version != item->thing->version || is_over(item->thing), "the newest value is destroyed");
	item->thing->alive--;
}

static int make(void *arg)
{
	static const unsigned receivers_at_first[] = { 1, 2, 3, 0 };
	struct thing *thing = arg;
	const struct item item = { thing, 0, 1 };
	struct fm_watch_config config = { .item_bytes = sizeof(item), .version = 0 - fm_random(3) };
	int status;

	thing->owning = fm_random(2) == 1;
	config.item_drop = thing->owning ? item_drop : NULL;
	thing->senders = 1;
	thing->version = 1;
	thing->alive = thing->owning;
	status = fm_watch_new_with(&config, &item, &thing->tx);
	for (unsigned i = receivers_at_first[fm_random(4)]; status == FM_OK && i > 0; i--)
		fm_watch_subscribe(thing->tx, &thing->receivers[i - 1].rx);
	return status;
}

static void end(void *arg)
{
	struct thing *thing = arg;

	thing->senders = 0;
	fm_watch_tx_drop(thing->tx);
	for (unsigned i = 0; i < RECEIVERS_MAX; i++) {
		struct fm_watch_rx *rx = thing->receivers[i].rx;

		thing->receivers[i].rx = NULL;
		fm_watch_rx_drop(rx);
	}
	FM_SIM_CHECK(fm_sim_current(), thing->alive == 0, "%u values are left", thing->alive);
}

static void tell(struct thing *thing, uint64_t value)
{
	thing->value = value;
	thing->version++;
	for (unsigned i = 0; i < RECEIVERS_MAX; i++)
		thing->receivers[i].fresh = true;
}

static struct receiver *receiver_of(const struct fm_subject_at *at)
{
	return &((struct thing *)at->thing)->receivers[at->argument & 3];
}

static struct fm_future *changed(struct fm_subject_at *at)
{
	struct receiver *from = receiver_of(at);

	if (!from->rx || from->waiting)
		return NULL;
	from->waiting = true;
	return fm_watch_changed_init(at->future, from->rx);
}

static bool changed_possible(struct fm_subject_at *at)
{
	return receiver_of(at)->fresh || !((struct thing *)at->thing)->senders;
}

static void changed_polled(struct fm_subject_at *at, bool ready)
{
	struct receiver *from = receiver_of(at);
	const int due = from->fresh ? FM_OK : FM_ERR_CLOSED;

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, changed_possible(at), "nothing has changed");
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
	from->fresh = false;
}

static void wait_ended(struct fm_subject_at *at)
{
	receiver_of(at)->waiting = false;
}

static bool is_it(const void *value, void *argument)
{
	return ((const struct item *)value)->value == *(const uint64_t *)argument >> 2;
}

static struct fm_future *wait_for(struct fm_subject_at *at)
{
	struct receiver *from = receiver_of(at);

	if (!from->rx || from->waiting)
		return NULL;
	from->waiting = true;
	return fm_watch_wait_for_init(at->future, from->rx, is_it, &at->argument);
}

static bool wait_for_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->value == at->argument >> 2 || !thing->senders;
}

/* memo[0] is the version that was asked about last. */
static void wait_for_polled(struct fm_subject_at *at, bool ready)
{
	const struct thing *thing = at->thing;
	struct receiver *from = receiver_of(at);
	const bool holds = thing->value == at->argument >> 2;
	const int due = holds ? FM_OK : FM_ERR_CLOSED;

	if (!holds && at->memo[0] != thing->version) {
		at->memo[0] = thing->version;
		from->fresh = false;
	}
	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, wait_for_possible(at), "it is not that value");
	FM_SUBJECT_CHECK(at, at->fut->status == due, "%s, not %s", fm_status_name(at->fut->status), fm_status_name(due));
	from->fresh = false;
}

static void send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const struct item item = { thing, at->argument, thing->version + 1 };
	const int due = receivers(thing) ? FM_OK : FM_ERR_CLOSED;
	int status;

	if (!thing->tx)
		return;
	if (due == FM_OK) {
		tell(thing, at->argument);
		thing->alive += thing->owning;
	}
	status = fm_watch_send(thing->tx, &item);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
}

static void replace(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const struct item item = { thing, at->argument, thing->version + 1 };
	const uint64_t before = thing->value;
	struct item old;

	if (!thing->tx)
		return;
	tell(thing, at->argument);
	fm_watch_send_replace(thing->tx, &item, &old); /* the one before is ours, which ends it */
	FM_SUBJECT_CHECK(at, old.value == before, "%llu was before, not %llu", (unsigned long long)old.value,
			 (unsigned long long)before);
}

static bool set_unless_same(void *value, void *argument)
{
	struct item *item = value;
	const bool changes = item->value != *(uint64_t *)argument;

	item->value = *(uint64_t *)argument;
	item->version += changes;
	return changes;
}

static void send_if_modified(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const bool due = thing->value != at->argument;

	if (!thing->tx)
		return;
	if (due)
		tell(thing, at->argument);
	FM_SUBJECT_CHECK(at, fm_watch_send_if_modified(thing->tx, set_unless_same, &at->argument) == due, "modified, or not");
}

static void look(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;
	struct receiver *from = receiver_of(at);
	const struct item *item;

	if (!from->rx)
		return;
	from->fresh = false;
	item = fm_watch_borrow_and_update(from->rx);
	FM_SUBJECT_CHECK(at, item->value == thing->value, "%llu, not %llu", (unsigned long long)item->value,
			 (unsigned long long)thing->value);
}

static void mark(struct fm_subject_at *at)
{
	struct receiver *from = receiver_of(at);

	if (!from->rx)
		return;
	from->fresh = true;
	fm_watch_mark_changed(from->rx);
}

static struct fm_future *tx_closed(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->tx)
		return NULL;
	thing->senders++;
	return fm_watch_tx_closed_init(at->future, fm_watch_tx_clone(thing->tx));
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
	fm_watch_tx_drop(((struct fm_watch_tx_closed *)at->future)->tx);
}

/* In the first place that is free: one that has seen the value, or what the first receiver has seen. */
static void subscribe(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const struct receiver *from = &thing->receivers[0];
	struct receiver *to = NULL;

	for (unsigned i = 0; i < RECEIVERS_MAX && !to; i++)
		if (!thing->receivers[i].rx)
			to = &thing->receivers[i];
	if (!to || (at->argument ? !from->rx : !thing->tx))
		return;
	if (at->argument)
		fm_watch_rx_clone(from->rx, &to->rx);
	else
		fm_watch_subscribe(thing->tx, &to->rx);
	to->fresh = at->argument && from->fresh;
}

static void rx_drop(struct fm_subject_at *at)
{
	struct receiver *from = receiver_of(at);
	struct fm_watch_rx *rx = from->rx;

	if (!rx || from->waiting)
		return;
	from->rx = NULL;
	fm_watch_rx_drop(rx);
}

static void tx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	struct fm_watch_tx *tx = thing->tx;

	if (!tx)
		return;
	thing->tx = NULL;
	thing->senders--;
	fm_watch_tx_drop(tx);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	if (thing->owning)
		FM_SIM_CHECK(sim, thing->alive == !is_over(thing), "%u values are alive", thing->alive);
	for (unsigned i = 0; i < RECEIVERS_MAX; i++) {
		const struct receiver *at = &thing->receivers[i];
		bool fresh;

		if (!at->rx)
			continue;
		FM_SIM_CHECK(sim, fm_watch_has_changed(at->rx, &fresh) == (thing->senders ? FM_OK : FM_ERR_CLOSED), "senders, or none");
		FM_SIM_CHECK(sim, fresh == at->fresh, "receiver %u has seen the value, or not", i);
		FM_SIM_CHECK(sim, ((const struct item *)fm_watch_borrow(at->rx))->value == thing->value, "another value");
	}
	if (thing->tx)
		FM_SIM_CHECK(sim, fm_watch_receiver_count(thing->tx) == receivers(thing), "so many receivers");
}

#define CLOSED .polled = tx_closed_polled, .ended = tx_closed_ended, .possible = tx_closed_possible

FM_SUBJECT(watch, "subject/watch", "a receiver sees the newest value, and that there is one it has not seen") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(changed, struct fm_watch_changed, .polled = changed_polled, .ended = wait_ended,
				  .possible = changed_possible, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(send, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 2)),
		FM_SUBJECT_FUTURE(wait_for, struct fm_watch_wait_for, .polled = wait_for_polled, .ended = wait_ended,
				  .possible = wait_for_possible,
				  FM_SUBJECT_ARGUMENTS(FOR(0, 1), FOR(0, 0), FOR(0, 2), FOR(1, 1), FOR(0, UINT64_MAX >> 2))),
		FM_SUBJECT_CALL(replace, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 2)),
		FM_SUBJECT_CALL(send_if_modified, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 0)),
		FM_SUBJECT_CALL(look, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1)),
		FM_SUBJECT_CALL(mark, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1)),
		FM_SUBJECT_FUTURE(tx_closed, struct fm_watch_tx_closed, CLOSED),
		FM_SUBJECT_CALL(subscribe, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1)),
		FM_SUBJECT_CALL(rx_drop, .in_wakers = true, FM_SUBJECT_ARGUMENTS(0, 1, 2)),
		FM_SUBJECT_CALL(tx_drop, .in_wakers = true),
	},
};
