/*
 * A oneshot against a model of its two sides. Its item counts how often it was destroyed: one that was sent is taken once, or
 * destroyed once.
 */
#include <fm/oneshot.h>
#include <fm_sim/subject.h>

struct item {
	unsigned *destroyed;
	uint64_t value;
};

struct thing {
	struct fm_oneshot_tx tx;
	struct fm_oneshot_rx rx;
	struct fm_subject_at *receiving; /* the future that has the receiver now */
	bool sent;     /* and not taken */
	bool tx_gone;
	bool rx_gone;
	bool closed;   /* by the receiver */
	bool awaited;  /* somebody waits for the close: one at a time */
	uint64_t value;
	unsigned sends;
	unsigned taken;
	unsigned destroyed;
};

static void destroy(void *item)
{
	++*((struct item *)item)->destroyed;
}

static int make(void *arg)
{
	struct thing *thing = arg;

	return fm_oneshot_new_owning(sizeof(struct item), destroy, &thing->tx, &thing->rx);
}

static void end(void *arg)
{
	struct thing *thing = arg;

	fm_oneshot_tx_drop(&thing->tx);
	fm_oneshot_rx_drop(&thing->rx);
	FM_SIM_CHECK(fm_sim_current(), thing->sends == thing->taken + thing->destroyed, "%u sent, %u taken, %u destroyed",
		     thing->sends, thing->taken, thing->destroyed);
}

static void take(struct fm_subject_at *at, const struct item *item)
{
	struct thing *thing = at->thing;

	FM_SUBJECT_CHECK(at, item->value == thing->value && item->destroyed == &thing->destroyed, "another item");
	thing->taken++;
}

static struct fm_future *recv(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx.chan)
		return NULL;
	thing->receiving = at;
	return fm_oneshot_recv_init(at->future, &thing->rx);
}

static bool recv_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->sent || thing->tx_gone || thing->closed;
}

static void recv_polled(struct fm_subject_at *at, bool ready)
{
	struct thing *thing = at->thing;
	const bool sent = thing->sent;
	struct item item;

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, recv_possible(at), "READY, and nothing was sent");
	FM_SUBJECT_CHECK(at, at->fut->status == (sent ? FM_OK : FM_ERR_CLOSED), "%s", fm_status_name(at->fut->status));
	thing->receiving = NULL;
	thing->rx_gone = true;
	thing->sent = false;
	FM_SUBJECT_CHECK(at, fm_oneshot_take(at->future, &item) == (sent ? FM_OK : FM_ERR_EMPTY), "there is an item, or not");
	if (sent)
		take(at, &item);
}

static void recv_dropping(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->receiving = NULL;
	thing->rx_gone = true;
	thing->sent = false;
}

static struct fm_future *closed(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->tx.chan || thing->awaited)
		return NULL;
	thing->awaited = true;
	return fm_oneshot_closed_init(at->future, &thing->tx);
}

static bool closed_possible(struct fm_subject_at *at)
{
	const struct thing *thing = at->thing;

	return thing->tx_gone || thing->rx_gone || thing->closed;
}

static void closed_polled(struct fm_subject_at *at, bool ready)
{
	const struct thing *thing = at->thing;

	if (!ready)
		return;
	FM_SUBJECT_CHECK(at, closed_possible(at), "closed, it says");
	FM_SUBJECT_CHECK(at, at->fut->status == (thing->tx_gone ? FM_ERR_CLOSED : FM_OK), "%s",
			 fm_status_name(at->fut->status));
}

static void closed_ended(struct fm_subject_at *at)
{
	((struct thing *)at->thing)->awaited = false;
}

static void send(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->tx_gone || thing->rx_gone || thing->closed ? FM_ERR_CLOSED : FM_OK;
	const struct item item = { &thing->destroyed, at->argument };
	int status;

	thing->tx_gone = true;
	if (due == FM_OK) {
		thing->sent = true;
		thing->sends++;
		thing->value = at->argument;
	}
	status = fm_oneshot_send(&thing->tx, &item);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
	FM_SUBJECT_CHECK(at, thing->tx.chan == NULL, "a sender is left");
}

static void tx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	thing->tx_gone = true;
	fm_oneshot_tx_drop(&thing->tx);
}

static void close_it(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx.chan && !thing->receiving)
		return;
	thing->closed = true;
	if (thing->receiving)
		fm_oneshot_recv_close(thing->receiving->future);
	else
		fm_oneshot_close(&thing->rx);
}

static void try_recv(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;
	const int due = thing->sent ? FM_OK : thing->tx_gone || thing->closed ? FM_ERR_CLOSED : FM_ERR_EMPTY;
	struct item item;
	int status;

	if (!thing->rx.chan)
		return;
	thing->rx_gone = due != FM_ERR_EMPTY;
	thing->sent = false;
	status = fm_oneshot_try_recv(&thing->rx, &item);
	FM_SUBJECT_CHECK(at, status == due, "%s, not %s", fm_status_name(status), fm_status_name(due));
	if (status == FM_OK)
		take(at, &item);
}

static void rx_drop(struct fm_subject_at *at)
{
	struct thing *thing = at->thing;

	if (!thing->rx.chan)
		return;
	thing->rx_gone = true;
	thing->sent = false;
	fm_oneshot_rx_drop(&thing->rx);
}

static void check(struct fm_sim *sim, void *arg)
{
	const struct thing *thing = arg;

	FM_SIM_CHECK(sim, fm_oneshot_is_closed(&thing->tx) == (thing->tx_gone || thing->rx_gone || thing->closed),
		     "closed, or not");
}

FM_SUBJECT(oneshot, "subject/oneshot", "what is sent arrives once, or is destroyed once, and both sides see the other's end") = {
	.thing_bytes = sizeof(struct thing),
	.make = make,
	.end = end,
	.check = check,
	.operations = {
		FM_SUBJECT_FUTURE(recv, struct fm_oneshot_recv, .polled = recv_polled, .dropping = recv_dropping,
				  .possible = recv_possible),
		FM_SUBJECT_CALL(send, .in_wakers = true, FM_SUBJECT_ARGUMENTS(1, 0, UINT64_MAX)),
		FM_SUBJECT_FUTURE(closed, struct fm_oneshot_closed, .polled = closed_polled, .ended = closed_ended,
				  .possible = closed_possible),
		FM_SUBJECT_CALL(tx_drop, .in_wakers = true),
		FM_SUBJECT_CALL(close_it, .in_wakers = true),
		FM_SUBJECT_CALL(try_recv, .in_wakers = true),
		FM_SUBJECT_CALL(rx_drop, .in_wakers = true),
	},
};
