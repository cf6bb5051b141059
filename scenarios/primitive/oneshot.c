/*
 * A value goes from one to another, once, or doesn't: whatever the sender does (sends, goes, waits for the close) and whatever
 * the receiver does (takes, peeks, tries, closes, goes), they agree on what came of it, and each value is taken or destroyed.
 */
#include "primitive.h"

#include <fm/oneshot.h>

struct value {
	uint64_t number;
	uint64_t square;
	uint32_t odd; /* so that its bytes are no multiple of 8 */
};

#define PAIRS 16

struct world {
	unsigned sent;
	unsigned refused;
	unsigned taken;
	unsigned destroyed;
	unsigned without; /* receivers that were told there is none */
	bool gone[PAIRS];   /* its sender has sent, or is gone */
	bool closed[PAIRS]; /* its receiver, or another, has closed it */
};

static struct world *here;

static void value_drop(void *value)
{
	HOLDS(((struct value *)value)->square == 49, "another value is destroyed than was sent");
	here->destroyed++;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_oneshot_tx tx;
	struct fm_defer close;
	struct strict strict;
	struct fm_oneshot_closed closed;
	struct fm_yield yield;
	unsigned pair;
	unsigned how;
};

static void sender_goes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, close);

	self->world->gone[self->pair] = true;
	fm_oneshot_tx_drop(&self->tx);
	fm_oneshot_tx_drop(&self->tx); /* empty: nothing */
}

static void send(struct sender *self)
{
	const struct value value = { 7, 49, 3 };
	const bool closed = fm_oneshot_is_closed(&self->tx);
	const int status = fm_oneshot_send(&self->tx, &value);

	self->world->gone[self->pair] = true;
	HOLDS(status == (closed ? FM_ERR_CLOSED : FM_OK), "a send gave %s", fm_status_name(status));
	*(status == FM_OK ? &self->world->sent : &self->world->refused) += 1;
	HOLDS(fm_oneshot_is_closed(&self->tx) && fm_oneshot_send(&self->tx, &value) == FM_ERR_CLOSED, "sent twice");
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	switch (self->how) {
	case 0: /* at once */
		send(self);
		break;
	case 1: /* later */
		FM_AWAIT(fm_yield_init(&self->yield));
		send(self);
		break;
	case 2: /* never */
		FM_AWAIT(fm_yield_init(&self->yield));
		break;
	case 3: /* when nobody wants it any more, which the receiver does in its time */
		FM_AWAIT_RETRIED(strict(&self->strict, fm_oneshot_closed_init(&self->closed, &self->tx)));
		HOLDS(self->closed.fut.status == FM_OK && fm_oneshot_is_closed(&self->tx), "told of a close that was not");
		send(self);
		FM_AWAIT(strict(&self->strict, fm_oneshot_closed_init(&self->closed, &self->tx)));
		HOLDS(self->closed.fut.status == FM_ERR_CLOSED, "there is nothing to wait for");
		break;
	}
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_oneshot_rx rx;
	struct fm_oneshot_recv recv;
	struct fm_defer leave;
	struct strict strict;
	struct fm_yield yield;
	struct fm_sleep sleep;
	struct value value;
	unsigned how;
	unsigned pair;
	unsigned tries;
	int status;
};

static void receiver_goes(struct fm_defer *defer)
{
	struct receiver *self = FM_CONTAINER_OF(defer, struct receiver, leave);

	if (self->recv.fut.ops)
		fm_drop_if_live(&self->recv.fut);
	fm_oneshot_rx_drop(&self->rx);
	fm_oneshot_rx_drop(&self->rx); /* empty: nothing */
}

static void got(struct receiver *self)
{
	HOLDS(self->value.number == 7 && self->value.square == 49 && self->value.odd == 3, "another value came");
	self->world->taken++;
}

/* What READY left in the future. */
static void collect(struct receiver *self)
{
	const struct value *peeked = fm_oneshot_peek(&self->recv);

	if (self->recv.fut.status != FM_OK) {
		HOLDS(self->world->gone[self->pair] || self->world->closed[self->pair], "nobody has closed it");
		HOLDS(self->recv.fut.status == FM_ERR_CLOSED && !peeked, "%s", fm_status_name(self->recv.fut.status));
		HOLDS(fm_oneshot_take(&self->recv, &self->value) == FM_ERR_EMPTY, "nothing to take");
		self->world->without++;
		return;
	}
	HOLDS(peeked && peeked->square == 49, "it peeked at another value");
	if (SOMETIMES_IN(2)) { /* not wanted after all: destroyed where it is */
		HOLDS(fm_oneshot_take(&self->recv, NULL) == FM_OK, "it was there");
		return;
	}
	HOLDS(fm_oneshot_take(&self->recv, &self->value) == FM_OK, "it was there");
	HOLDS(fm_oneshot_take(&self->recv, &self->value) == FM_ERR_EMPTY, "it was taken");
	got(self);
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	switch (self->how) {
	case 0: /* waits; where nobody sends, another closes it */
		FM_AWAIT(strict(&self->strict, fm_oneshot_recv_init(&self->recv, &self->rx)));
		collect(self);
		break;
	case 1: /* tries, and closes when it has tried often enough */
		for (; self->tries < 3 && self->status != FM_OK && self->status != FM_ERR_CLOSED; self->tries++) {
			FM_AWAIT(fm_yield_init(&self->yield));
			self->status = fm_oneshot_try_recv(&self->rx, &self->value);
			if (self->status == FM_OK)
				got(self);
		}
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		fm_oneshot_close(&self->rx);
		if (self->status == FM_ERR_EMPTY) {
			self->status = fm_oneshot_try_recv(&self->rx, &self->value);
			if (self->status == FM_OK)
				got(self);
		}
		HOLDS(self->status == FM_OK || self->status == FM_ERR_CLOSED, "closed, and a try gave %s",
		      fm_status_name(self->status));
		HOLDS(fm_oneshot_try_recv(&self->rx, &self->value) == FM_ERR_CLOSED, "it was had");
		break;
	case 2: /* closes, and still takes what was sent before */
		fm_oneshot_recv_init(&self->recv, &self->rx);
		FM_AWAIT(fm_yield_init(&self->yield));
		self->world->closed[self->pair] = true;
		fm_oneshot_recv_close(&self->recv);
		HOLDS(!fm_oneshot_peek(&self->recv), "peeked before it was ready");
		HOLDS(fm_oneshot_take(&self->recv, &self->value) == FM_ERR_EMPTY, "taken before it was ready");
		FM_AWAIT(strict(&self->strict, &self->recv.fut));
		collect(self);
		break;
	case 3: /* goes */
		FM_AWAIT(fm_yield_init(&self->yield));
		break;
	}
	FM_END;
}

/* Closes what another waits for. */
struct closer {
	struct fm_async async;
	struct world *world;
	struct receiver *receiver;
	struct fm_sleep sleep;
	struct fm_task *task; /* the receiver's: its frame stays readable */
	struct fm_defer let_go;
};

static void closer_lets_go(struct fm_defer *defer)
{
	struct closer *self = FM_CONTAINER_OF(defer, struct closer, let_go);

	self->world->closed[self->receiver->pair] = true;
	if (!fm_task_done(self->task) && self->receiver->recv.fut.ops && fm_future_live(&self->receiver->recv.fut))
		fm_oneshot_recv_close(&self->receiver->recv);
	fm_task_detach(self->task);
}

FM_ASYNC(closer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_MS));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	here = state;
	for (unsigned i = 0; i < PAIRS; i++) {
		struct sender *sender = PRIMITIVE_TASK(host, sender, state);
		struct receiver *receiver = PRIMITIVE_TASK(host, receiver, state);
		struct fm_task *task;
		int status = fm_oneshot_new_owning(sizeof(struct value), value_drop,
						   &sender->tx, &receiver->rx);

		FM_SIM_CHECK(sim, status == FM_OK, "%s", fm_status_name(status));
		sender->pair = receiver->pair = i;
		sender->how = i % 4;
		receiver->how = i / 4;
		receiver->status = FM_ERR_EMPTY;
		fm_defer(&sender->async, &sender->close, sender_goes);
		fm_defer(&receiver->async, &receiver->leave, receiver_goes);
		task = fm_sim_start(receiver);
		fm_sim_cancellable(sim, task);
		if (i == 3) {
			struct closer *closer = PRIMITIVE_TASK(host, closer, state);

			closer->receiver = receiver;
			closer->task = fm_task_ref(task);
			fm_defer(&closer->async, &closer->let_go, closer_lets_go);
			fm_sim_start(closer);
		}
		fm_sim_cancellable(sim, fm_sim_start(sender));
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->sent == world->taken + world->destroyed, "%u sent, %u taken, %u destroyed", world->sent,
		     world->taken, world->destroyed);
}

FM_SCENARIO(primitive_oneshot) = {
	.name = "primitive/oneshot",
	.claim = "both sides agree on what came of the value, and it is taken or destroyed, once",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
