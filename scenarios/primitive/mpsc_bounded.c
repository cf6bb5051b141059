/*
 * Three senders and a receiver on a bounded channel: sends, tries, permits sent and given back, receives of one and of many,
 * against the model of fair.h for slots and a queue for items. Small channels are rings; one of many large items takes memory
 * in blocks as it fills.
 */
#include "fair.h"

#include <fm/mpsc.h>

#define KEPT 512 /* of the model's queue */

struct item {
	uint32_t number;
	char filling[196];
};

struct world {
	struct fm_mpsc_tx *tx; /* setup's, until the senders have theirs */
	struct fm_mpsc_rx *rx;
	struct fair slots;
	uint32_t queue[KEPT]; /* numbers, in the order sent */
	uint32_t sent;
	uint32_t received;
	uint32_t made;
	uint32_t alive; /* items that the channel has */
	unsigned senders;
	unsigned rounds;
	size_t capacity;
};

static uint32_t *alive;

static void item_drop(void *item)
{
	(void)item;
	(*alive)--;
}

static void was_sent(struct world *world, const struct item *item)
{
	HOLDS(world->sent - world->received < KEPT, "more than the channel holds");
	world->queue[world->sent++ % KEPT] = item->number;
	world->alive++;
}

static void was_received(struct world *world, const struct item *item)
{
	HOLDS(world->received < world->sent, "item %u was received and not sent", item->number);
	HOLDS(item->number == world->queue[world->received % KEPT], "item %u came, it was the turn of %u", item->number,
	      world->queue[world->received % KEPT]);
	for (size_t i = 0; i < sizeof(item->filling); i++)
		HOLDS(item->filling[i] == (char)(item->number + i), "item %u is not what was sent", item->number);
	world->received++;
	world->alive--;
	fair_release(&world->slots, 1);
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx;
	struct fm_defer close;
	struct fm_defer release;
	struct fair_request request;
	union {
		struct fm_mpsc_send send;
		struct fm_mpsc_reserve reserve;
		struct fm_yield yield;
	};
	struct fm_mpsc_permit permit;
	struct item item;
	unsigned round;
};

static void sender_closes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, close);

	fm_mpsc_tx_drop(self->tx);
	self->world->senders--;
}

static void give_back(struct sender *self)
{
	if (!self->permit.tx)
		return;
	fm_mpsc_permit_release(&self->permit);
	fm_mpsc_permit_release(&self->permit); /* empty: nothing */
	fair_release(&self->world->slots, 1);
}

static void permit_goes(struct fm_defer *defer)
{
	give_back(FM_CONTAINER_OF(defer, struct sender, release));
}

static void make(struct sender *self)
{
	self->item.number = ++self->world->made;
	for (size_t i = 0; i < sizeof(self->item.filling); i++)
		self->item.filling[i] = (char)(self->item.number + i);
}

static void try_send(struct sender *self)
{
	const bool can = fair_can(&self->world->slots, 1);
	const int status = fm_mpsc_try_send(self->tx, &self->item);

	FAIR_HOLDS(status == (can ? FM_OK : FM_ERR_FULL), "a try gave %s", fm_status_name(status));
	if (status != FM_OK)
		return;
	fair_take(&self->world->slots, 1);
	was_sent(self->world, &self->item);
}

static void try_reserve(struct sender *self)
{
	const bool can = fair_can(&self->world->slots, 1);
	const int status = fm_mpsc_try_reserve(self->tx, &self->permit);

	FAIR_HOLDS(status == (can ? FM_OK : FM_ERR_FULL), "a try gave %s", fm_status_name(status));
	FAIR_HOLDS((self->permit.tx != NULL) == can, "there %s a permit", can ? "must be" : "is");
	if (status == FM_OK)
		fair_take(&self->world->slots, 1);
}

static void use_permit(struct sender *self)
{
	int status;

	if (!self->permit.tx)
		return;
	if (SOMETIMES_IN(3)) {
		give_back(self);
		return;
	}
	status = fm_mpsc_permit_send(&self->permit, &self->item);
	HOLDS(status == FM_OK, "a permit gave %s", fm_status_name(status));
	HOLDS(fm_mpsc_permit_send(&self->permit, &self->item) == FM_ERR_CLOSED, "a permit was used twice");
	was_sent(self->world, &self->item);
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->round < self->world->rounds; self->round++) {
		make(self);
		switch ((self->round + fm_random(4)) % 4) {
		case 0:
			try_send(self);
			FM_AWAIT(fm_yield_init(&self->yield));
			continue;
		case 1:
			FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->slots, 1,
						      fm_mpsc_send_init(&self->send, self->tx, &self->item)));
			HOLDS(self->send.fut.status == FM_OK, "a send gave %s", fm_status_name(self->send.fut.status));
			was_sent(self->world, &self->item);
			continue;
		case 2:
			FM_AWAIT_RETRIED(fair_request(&self->request, &self->world->slots, 1,
						      fm_mpsc_reserve_init(&self->reserve, self->tx)));
			HOLDS(self->reserve.fut.status == FM_OK, "%s", fm_status_name(self->reserve.fut.status));
			self->permit = self->reserve.permit;
			break;
		case 3:
			try_reserve(self);
			break;
		}
		fm_defer(&self->async, &self->release, permit_goes);
		FM_AWAIT(fm_yield_init(&self->yield));
		fm_undefer(&self->async, &self->release);
		use_permit(self);
	}
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct strict strict;
	union {
		struct fm_mpsc_recv recv;
		struct fm_mpsc_recv_many many;
		struct fm_yield yield;
	};
	struct item items[3];
	unsigned round;
	int status;
};

static void receiver_leaves(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct receiver, leave)->world;

	fm_mpsc_rx_drop(world->rx);
	world->rx = NULL;
}

static int try_recv(struct receiver *self)
{
	const bool any = self->world->sent > self->world->received;
	const int status = fm_mpsc_try_recv(self->world->rx, &self->items[0]);

	HOLDS(status == (any ? FM_OK : self->world->senders ? FM_ERR_EMPTY : FM_ERR_CLOSED), "a try gave %s",
	      fm_status_name(status));
	if (any)
		was_received(self->world, &self->items[0]);
	return status;
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (; self->status != FM_ERR_CLOSED; self->round++) {
		switch ((self->round + fm_random(3)) % 3) {
		case 0:
			FM_AWAIT_RETRIED(strict(&self->strict,
						fm_mpsc_recv_init(&self->recv, self->world->rx, &self->items[0])));
			self->status = self->recv.fut.status;
			if (self->status == FM_OK)
				was_received(self->world, &self->items[0]);
			break;
		case 1:
			FM_AWAIT_RETRIED(strict(&self->strict, fm_mpsc_recv_many_init(&self->many, self->world->rx,
										       self->items, 3)));
			self->status = self->many.fut.status;
			HOLDS((self->many.count > 0) == (self->status == FM_OK) && self->many.count <= 3, "%zu items",
			      self->many.count);
			HOLDS(self->many.count == 3 || self->status != FM_OK || fm_mpsc_len(self->world->rx) == 0,
			      "it left items where it had room");
			for (size_t i = 0; i < self->many.count; i++)
				was_received(self->world, &self->items[i]);
			break;
		case 2:
			self->status = try_recv(self);
			FM_AWAIT(fm_yield_init(&self->yield));
			break;
		}
	}
	HOLDS(self->world->senders == 0 && self->world->sent == self->world->received, "closed, it says");
	FM_AWAIT(strict(&self->strict, fm_mpsc_recv_many_init(&self->many, self->world->rx, self->items, 0)));
	HOLDS(self->many.fut.status == FM_OK, "a limit of 0 gave %s", fm_status_name(self->many.fut.status));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site shape = { "shape", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct receiver *receiver;
	struct fm_mpsc_tx *tx;
	const uint64_t drawn = fm_sim_draw(sim, &shape, 5);
	int status;

	world->capacity = drawn < 4 ? 1 + drawn : 400; /* of 200 bytes: not a ring */
	world->rounds = drawn < 4 ? 8 : 24;
	alive = &world->alive;
	status = fm_mpsc_new(sizeof(struct item), 0, NULL, &tx, &world->rx);
	FM_SIM_CHECK(sim, status == FM_ERR_INVALID && !tx, "a channel of no slots: %s", fm_status_name(status));
	status = fm_mpsc_new(((size_t)1 << 30) + 1, 1, NULL, &tx, &world->rx);
	FM_SIM_CHECK(sim, status == FM_ERR_INVALID && !tx, "too large items: %s", fm_status_name(status));
	status = fm_mpsc_new(sizeof(struct item), world->capacity, item_drop, &tx, &world->rx);
	FM_SIM_CHECK(sim, status == FM_OK, "%s", fm_status_name(status));
	fair_init(&world->slots, world->capacity);
	world->tx = tx;
	for (unsigned i = 0; i < 3; i++) {
		struct sender *sender = PRIMITIVE_TASK(host, sender, world);

		sender->tx = i ? fm_mpsc_tx_clone(tx) : tx;
		world->senders++;
		fm_defer(&sender->async, &sender->close, sender_closes);
		if (i)
			fm_sim_cancellable(sim, fm_sim_start(sender));
		else
			fm_sim_start(sender);
	}
	receiver = PRIMITIVE_TASK(host, receiver, world);
	fm_defer(&receiver->async, &receiver->leave, receiver_leaves);
	fm_sim_start(receiver);
}

static void step(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	if (fm_sim_swept(sim))
		return; /* fair.c */
	if (!world->rx)
		return;
	FM_SIM_CHECK(sim, fm_mpsc_len(world->rx) == world->sent - world->received, "%zu items are there, not %u",
		     fm_mpsc_len(world->rx), world->sent - world->received);
	if (world->senders == 0)
		return;
	FM_SIM_CHECK(sim, fm_mpsc_capacity(world->tx) == world->slots.free, "%zu slots are free, not %llu",
		     fm_mpsc_capacity(world->tx), (unsigned long long)world->slots.free);
	FM_SIM_CHECK(sim, fm_mpsc_capacity_max(world->tx) == world->capacity && !fm_mpsc_is_closed(world->tx),
		     "it is another channel");
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->alive == 0, "%u items are in nobody's hands", world->alive);
	FM_SIM_CHECK(sim, fm_sim_swept(sim) || world->slots.free == world->capacity, "a slot is lost");
}

FM_SCENARIO(primitive_mpsc_bounded) = {
	.name = "primitive/mpsc-bounded",
	.claim = "what is sent arrives once and in order, never more than the capacity, and slots go to the oldest who waits",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
	.end = end,
};
