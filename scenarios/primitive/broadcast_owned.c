/*
 * Items that own something: a receiver gets a clone, the last to come the item itself; what is overwritten, or left when a
 * receiver goes, is destroyed. So at the end nothing is left, and nothing was destroyed twice. Two senders, one of which waits
 * until nobody receives.
 */
#include "primitive.h"

#include <fm/broadcast.h>
#include <fm/timeout.h>

#define NUMBERS 1024
#define ENOUGH 32 /* where nobody waits for more */

struct item {
	uint32_t number;
	uint32_t pad[3];
};

struct world {
	struct fm_broadcast_tx *tx;
	int alive[NUMBERS]; /* copies of each, wherever they are */
	unsigned total;
	unsigned receivers;
	bool clones;
	bool watched;
	bool all_sent; /* until nobody received */
	bool told;
};

static struct world *here;

static void item_drop(void *item)
{
	const uint32_t number = ((struct item *)item)->number;

	HOLDS(number < NUMBERS && here->alive[number] > 0, "item %u is destroyed, and is not there", number);
	here->alive[number]--;
	here->total--;
}

static void item_clone(void *to, const void *from)
{
	const uint32_t number = ((const struct item *)from)->number;

	HOLDS(number < NUMBERS && here->alive[number] > 0, "item %u is cloned, and is not there", number);
	*(struct item *)to = *(const struct item *)from;
	here->alive[number]++;
	here->total++;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_rx *rx;
	struct fm_defer leave;
	struct strict strict;
	struct fm_broadcast_recv recv;
	struct fm_yield yield;
	struct item item;
	uint32_t last;
	unsigned items;
	unsigned most; /* it goes after so many */
};

static void receiver_leaves(struct fm_defer *defer)
{
	struct receiver *self = FM_CONTAINER_OF(defer, struct receiver, leave);

	self->world->receivers--;
	fm_broadcast_rx_drop(self->rx);
}

static void got(struct receiver *self)
{
	HOLDS(self->item.number > self->last, "item %u after %u", self->item.number, self->last);
	HOLDS(self->item.pad[2] == self->item.number * 3, "another item than was sent");
	self->last = self->item.number;
	self->items++;
	if (self->world->clones)
		item_drop(&self->item); /* without a clone, bytes are all that is had */
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	while (self->items < self->most) {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_broadcast_recv_init(&self->recv, self->rx, &self->item)));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			FM_RETURN(FM_OK);
		if (self->recv.fut.status == FM_OK)
			got(self);
		if (self->items % 3 == 2)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_tx *tx;
	struct fm_defer close;
	struct fm_yield yield;
	uint32_t number;
	unsigned burst;
};

static void sender_closes(struct fm_defer *defer)
{
	fm_broadcast_tx_drop(FM_CONTAINER_OF(defer, struct sender, close)->tx);
	fm_broadcast_tx_drop(NULL);
}

static void send(struct sender *self)
{
	const struct item item = { ++self->number, { 1, 2, self->number * 3 } };

	fm_broadcast_tx_drop(fm_broadcast_tx_clone(self->tx)); /* not the last: nothing */
	self->world->alive[item.number]++;
	self->world->total++;
	if (fm_broadcast_send(self->tx, &item, NULL) != FM_OK)
		item_drop((void *)&item); /* still ours */
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->number < ENOUGH || (self->world->watched && self->world->receivers && self->number < NUMBERS - 8)) {
		for (self->burst = (unsigned)fm_random(4) + 1; self->burst > 0; self->burst--)
			send(self);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	self->world->all_sent = self->world->receivers == 0; /* not: the numbers have run out, or it was enough */
	FM_END;
}

/* Holds a sender until nobody receives, or the others have sent all. */
struct watcher {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_tx *tx;
	struct fm_defer close;
	struct strict strict;
	struct fm_broadcast_tx_closed closed;
	struct fm_timeout timeout; /* where the sender was cancelled, nobody would ever go */
};

static void watcher_closes(struct fm_defer *defer)
{
	fm_broadcast_tx_drop(FM_CONTAINER_OF(defer, struct watcher, close)->tx);
}

FM_ASYNC(watcher)
{
	FM_BEGIN;
	FM_AWAIT_RETRIED(fm_timeout_init(
		&self->timeout, strict(&self->strict, fm_broadcast_tx_closed_init(&self->closed, self->tx)), FM_SEC));
	if (self->timeout.fut.status == FM_ERR_TIMEOUT)
		FM_RETURN(FM_OK);
	HOLDS(self->closed.fut.status == FM_OK && self->world->receivers == 0, "told of the end, and %u receive",
	      self->world->receivers);
	self->world->told = true;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site shape = { "shape", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct fm_broadcast_config config = { .item_bytes = sizeof(struct item), .item_drop = item_drop };
	struct sender *sender;

	here = world;
	world->watched = fm_sim_draw(sim, &shape, 2) == 1;
	world->clones = fm_sim_draw(sim, &shape, 2) == 0;
	config.item_clone = world->clones ? item_clone : NULL;
	config.capacity = 1 + fm_sim_draw(sim, &shape, 4);
	FM_SIM_CHECK(sim, fm_broadcast_new_with(&config, &world->tx) == FM_OK, "there is memory");
	for (unsigned i = 0; i < 3; i++) {
		struct receiver *receiver = PRIMITIVE_TASK(host, receiver, world);

		FM_SIM_CHECK(sim, fm_broadcast_subscribe(world->tx, &receiver->rx) == FM_OK, "there is memory");
		receiver->most = world->watched ? 4 + 4 * i : NUMBERS;
		world->receivers++;
		fm_defer(&receiver->async, &receiver->leave, receiver_leaves);
		fm_sim_cancellable(sim, fm_sim_start(receiver));
	}
	if (world->watched) {
		struct watcher *watcher = PRIMITIVE_TASK(host, watcher, world);

		watcher->tx = fm_broadcast_tx_clone(world->tx);
		fm_defer(&watcher->async, &watcher->close, watcher_closes);
		fm_sim_start(watcher);
	}
	sender = PRIMITIVE_TASK(host, sender, world);
	sender->tx = world->tx;
	fm_defer(&sender->async, &sender->close, sender_closes);
	fm_sim_cancellable(sim, fm_sim_start(sender));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->total == 0, "%u copies of items were never destroyed", world->total);
	FM_SIM_CHECK(sim, !world->watched || !world->all_sent || world->told, "nobody receives, and nobody was told");
}

FM_SCENARIO(primitive_broadcast_owned) = {
	.name = "primitive/broadcast-owned",
	.claim = "every copy of an item is destroyed, once, whoever received it or did not",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
