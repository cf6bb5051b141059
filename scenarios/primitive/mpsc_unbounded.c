/*
 * A channel without a limit: senders never wait, memory is taken as it fills and given back as it empties, whatever the size of
 * an item, and nothing is out of order. Its receiver is slow and then quick, over and over.
 */
#include "primitive.h"

#include <fm/mpsc.h>

#define SENDERS 3
#define ITEMS 60

struct world {
	struct fm_mpsc_rx *rx;
	size_t words; /* of an item */
	uint64_t sent;
	uint64_t received;
	uint64_t last[SENDERS]; /* of each sender, received */
	unsigned senders;
};

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx;
	struct fm_defer close;
	struct strict strict;
	union {
		struct fm_mpsc_send send;
		struct fm_yield yield;
	};
	struct fm_mpsc_permit permits[4];
	uint64_t item[80];
	uint64_t number;
	unsigned id;
	unsigned burst;
};

static void sender_closes(struct fm_defer *defer)
{
	struct sender *self = FM_CONTAINER_OF(defer, struct sender, close);

	for (unsigned i = 0; i < 4; i++)
		fm_mpsc_permit_release(&self->permits[i]);
	fm_mpsc_tx_drop(self->tx);
	self->world->senders--;
}

static void *fill(struct sender *self)
{
	self->item[0] = self->id + SENDERS * ++self->number;
	for (size_t i = 1; i < self->world->words; i++)
		self->item[i] = self->item[0] * i;
	return self->item;
}

static void send_now(struct sender *self)
{
	HOLDS(fm_mpsc_send_now(self->tx, fill(self)) == FM_OK, "it has room for all");
	self->world->sent++;
}

/* Room is promised for four; later two are sent and two given back. */
static void reserve(struct sender *self)
{
	for (unsigned i = 0; i < 4; i++)
		HOLDS(fm_mpsc_try_reserve(self->tx, &self->permits[i]) == FM_OK, "it has room for all");
	send_now(self);
}

static void use_permits(struct sender *self)
{
	for (unsigned i = 0; i < 4; i++) {
		if (i % 2) {
			fm_mpsc_permit_release(&self->permits[i]);
			continue;
		}
		HOLDS(fm_mpsc_permit_send(&self->permits[i], fill(self)) == FM_OK, "room was promised");
		self->world->sent++;
	}
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->number < ITEMS) {
		for (self->burst = (unsigned)fm_random(12) + 1; self->burst > 0; self->burst--)
			send_now(self);
		FM_AWAIT_RETRIED(strict(&self->strict, fm_mpsc_send_init(&self->send, self->tx, fill(self))));
		self->world->sent++;
		reserve(self);
		for (self->burst = (unsigned)fm_random(4); self->burst > 0; self->burst--)
			FM_AWAIT(fm_yield_init(&self->yield)); /* the receiver drains blocks meanwhile */
		use_permits(self);
		FM_AWAIT(fm_yield_init(&self->yield));
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
	uint64_t items[8 * 80];
	unsigned round;
	int status;
};

static void receiver_leaves(struct fm_defer *defer)
{
	fm_mpsc_rx_drop(FM_CONTAINER_OF(defer, struct receiver, leave)->world->rx);
}

static void got(struct world *world, const uint64_t *item)
{
	const uint64_t id = item[0] % SENDERS;

	HOLDS(item[0] > world->last[id], "item %llu after %llu", (unsigned long long)item[0],
	      (unsigned long long)world->last[id]);
	for (size_t i = 1; i < world->words; i++)
		HOLDS(item[i] == item[0] * i, "item %llu is not what was sent", (unsigned long long)item[0]);
	world->last[id] = item[0];
	world->received++;
}

static void got_many(struct receiver *self)
{
	for (size_t i = 0; i < self->many.count; i++)
		got(self->world, self->items + i * self->world->words);
	HOLDS(fm_mpsc_len(self->world->rx) == self->world->sent - self->world->received, "%zu are left",
	      fm_mpsc_len(self->world->rx));
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (; self->status == FM_OK; self->round++) {
		if (self->round % 40 < 12) {
			FM_AWAIT(fm_yield_init(&self->yield));
		} else if (self->round % 3) {
			FM_AWAIT_RETRIED(strict(&self->strict,
						fm_mpsc_recv_init(&self->recv, self->world->rx, self->items)));
			self->status = self->recv.fut.status;
			if (self->status == FM_OK)
				got(self->world, self->items);
		} else {
			FM_AWAIT_RETRIED(strict(&self->strict, fm_mpsc_recv_many_init(&self->many, self->world->rx,
										       self->items, 8)));
			self->status = self->many.fut.status;
			got_many(self);
		}
	}
	HOLDS(self->status == FM_ERR_CLOSED && self->world->senders == 0, "%s", fm_status_name(self->status));
	HOLDS(self->world->sent == self->world->received, "%llu were sent, %llu came",
	      (unsigned long long)self->world->sent, (unsigned long long)self->world->received);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site words = { "words", FM_DRAW_USER };
	static const uint8_t sizes[] = { 1, 3, 21, 63, 64, 80 }; /* many in a block, three, just one, more than a block */
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct receiver *receiver = PRIMITIVE_TASK(host, receiver, world);
	struct fm_mpsc_tx *tx;

	world->words = sizes[fm_sim_draw(sim, &words, FM_COUNT_OF(sizes))];
	FM_SIM_CHECK(sim, fm_mpsc_new_unbounded(((size_t)1 << 30) + 1, NULL, &tx, &world->rx) == FM_ERR_INVALID && !tx,
		     "too large items");
	FM_SIM_CHECK(sim, fm_mpsc_new_unbounded(world->words * 8, NULL, &tx, &world->rx) == FM_OK, "there is memory");
	FM_SIM_CHECK(sim, fm_mpsc_capacity(tx) == SIZE_MAX && fm_mpsc_capacity_max(tx) == SIZE_MAX, "it has a limit");
	fm_defer(&receiver->async, &receiver->leave, receiver_leaves);
	fm_sim_start(receiver);
	for (unsigned i = 0; i < SENDERS; i++) {
		struct sender *sender = PRIMITIVE_TASK(host, sender, world);

		sender->tx = i ? fm_mpsc_tx_clone(tx) : tx;
		sender->id = i;
		world->senders++;
		fm_defer(&sender->async, &sender->close, sender_closes);
		fm_sim_cancellable(sim, fm_sim_start(sender));
	}
}

FM_SCENARIO(primitive_mpsc_unbounded) = {
	.name = "primitive/mpsc-unbounded",
	.claim = "nobody waits to send, all that is sent arrives, and each sender's items in its order",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
