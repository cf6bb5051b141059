/*
 * A sender and receivers that come, lag and go, of a ring of three: each gets every item sent since it came, in order, or is told
 * how many it missed, and those are the oldest. Items are numbers; the channel's own count starts shortly before it wraps.
 */
#include "primitive.h"

#include <fm/broadcast.h>

#define CAPACITY 3
#define ITEMS 24

struct world {
	struct fm_broadcast_tx *tx;
	struct fm_list receivers; /* of the model */
	size_t count;
	uint64_t sent; /* numbers are 0.. */
	bool ended;
};

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_broadcast_rx *rx;
	struct fm_list link;
	struct fm_defer leave;
	struct strict strict;
	struct fm_broadcast_recv recv;
	struct fm_yield yield;
	uint64_t next; /* the number that is its turn */
	uint64_t item;
	unsigned round;
	int status;
};

static void receiver_leaves(struct fm_defer *defer)
{
	struct receiver *self = FM_CONTAINER_OF(defer, struct receiver, leave);

	fm_list_unlink(&self->link);
	self->world->count--;
	fm_broadcast_rx_drop(self->rx);
	fm_broadcast_rx_drop(NULL);
}

/* What a receive must have given, whichever way it was made. */
static void judge(struct receiver *self, int status, uint64_t missed)
{
	const uint64_t behind = self->world->sent - self->next;

	if (behind == 0) {
		HOLDS(status == (self->world->ended ? FM_ERR_CLOSED : FM_ERR_EMPTY), "with nothing new it gave %s",
		      fm_status_name(status));
	} else if (behind > CAPACITY) {
		HOLDS(status == FM_ERR_LAGGED && missed == behind - CAPACITY, "%llu behind, it gave %s, %llu missed",
		      (unsigned long long)behind, fm_status_name(status), (unsigned long long)missed);
		self->next += missed;
	} else {
		HOLDS(status == FM_OK && self->item == self->next, "it gave %s, item %llu for %llu", fm_status_name(status),
		      (unsigned long long)self->item, (unsigned long long)self->next);
		self->next++;
	}
	self->status = status;
}

static void try_recv(struct receiver *self)
{
	uint64_t missed = 0;
	const int status = fm_broadcast_try_recv(self->rx, &self->item, SOMETIMES_IN(2) ? NULL : &missed);

	judge(self, status, missed ? missed : self->world->sent - self->next - CAPACITY);
}

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (; self->status != FM_ERR_CLOSED && self->round < 16; self->round++) {
		if ((self->round + fm_random(3)) % 3 == 1) {
			try_recv(self);
			FM_AWAIT(fm_yield_init(&self->yield));
			continue;
		}
		FM_AWAIT_RETRIED(strict(&self->strict, fm_broadcast_recv_init(&self->recv, self->rx, &self->item)));
		HOLDS(self->recv.fut.status != FM_ERR_EMPTY, "it did not wait");
		judge(self, self->recv.fut.status, self->recv.missed);
	}
	FM_END;
}

static void count_in(struct receiver *self, struct world *world)
{
	self->next = world->sent;
	fm_list_push_back(&world->receivers, &self->link);
	world->count++;
	fm_defer(&self->async, &self->leave, receiver_leaves);
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_defer close;
	struct fm_yield yield;
	unsigned burst;
};

static void sender_closes(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct sender, close)->world;

	world->ended = true;
	fm_broadcast_tx_drop(world->tx);
}

static void send(struct world *world)
{
	size_t told = 99;
	const int status = fm_broadcast_send(world->tx, &world->sent, SOMETIMES_IN(2) ? NULL : &told);

	HOLDS(told == 99 || told == world->count, "told of %zu receivers, not %zu", told, world->count);
	HOLDS(status == (world->count ? FM_OK : FM_ERR_CLOSED), "a send to %zu gave %s", world->count,
	      fm_status_name(status));
	world->sent += status == FM_OK;
}

/* One more comes in the middle: by the sender's handle, or by another receiver's. */
static void join(struct world *world)
{
	struct receiver *late = fm_task_alloc(sizeof(*late), "late");
	int status;

	if (!late)
		return;
	if (fm_list_empty(&world->receivers))
		status = fm_broadcast_subscribe(world->tx, &late->rx);
	else
		status = fm_broadcast_resubscribe(
			FM_CONTAINER_OF(world->receivers.next, struct receiver, link)->rx, &late->rx);
	if (status != FM_OK) {
		fm_task_unalloc(late);
		return;
	}
	FM_ASYNC_INIT(late, receiver);
	late->world = world;
	fm_list_init(&late->link);
	count_in(late, world);
	fm_task_detach(fm_task_spawn(late));
}

FM_ASYNC(sender)
{
	FM_BEGIN;
	while (self->world->sent < ITEMS && self->world->count > 0) {
		for (self->burst = (unsigned)fm_random(6) + 1; self->burst > 0; self->burst--)
			send(self->world);
		if (self->world->sent > 6 && SOMETIMES_IN(8))
			join(self->world);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	const struct fm_broadcast_config config = {
		.item_bytes = sizeof(uint64_t), .capacity = CAPACITY, .start = UINT64_MAX - 5
	};
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct fm_broadcast_config bad = config;
	struct sender *sender;

	fm_list_init(&world->receivers);
	bad.capacity = 0;
	FM_SIM_CHECK(sim, fm_broadcast_new_with(&bad, &world->tx) == FM_ERR_INVALID && !world->tx, "a ring of none");
	FM_SIM_CHECK(sim, fm_broadcast_new_with(&config, &world->tx) == FM_OK, "there is memory");
	FM_SIM_CHECK(sim, fm_broadcast_send(world->tx, &world->sent, NULL) == FM_ERR_CLOSED, "nobody receives");
	for (unsigned i = 0; i < 3; i++) {
		struct receiver *receiver = PRIMITIVE_TASK(host, receiver, world);

		FM_SIM_CHECK(sim, fm_broadcast_subscribe(world->tx, &receiver->rx) == FM_OK, "there is memory");
		fm_list_init(&receiver->link);
		count_in(receiver, world);
		fm_sim_cancellable(sim, fm_sim_start(receiver));
	}
	sender = PRIMITIVE_TASK(host, sender, world);
	fm_defer(&sender->async, &sender->close, sender_closes);
	fm_sim_cancellable(sim, fm_sim_start(sender));
}

static void step(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	uint64_t oldest = world->sent;

	FM_LIST_FOR_EACH(link, &world->receivers)
	{
		const struct receiver *receiver = FM_CONTAINER_OF(link, struct receiver, link);

		FM_SIM_CHECK(sim, fm_broadcast_rx_len(receiver->rx) == world->sent - receiver->next, "%llu are waiting",
			     (unsigned long long)fm_broadcast_rx_len(receiver->rx));
		oldest = receiver->next < oldest ? receiver->next : oldest;
	}
	if (world->ended)
		return;
	FM_SIM_CHECK(sim, fm_broadcast_receiver_count(world->tx) == world->count, "%zu receive",
		     fm_broadcast_receiver_count(world->tx));
	FM_SIM_CHECK(sim, fm_broadcast_len(world->tx) == (world->sent - oldest < CAPACITY ? world->sent - oldest : CAPACITY),
		     "%zu items are kept", fm_broadcast_len(world->tx));
}

FM_SCENARIO(primitive_broadcast) = {
	.name = "primitive/broadcast",
	.claim = "every receiver gets all that was sent since it came, in order, or is told how many of the oldest it missed",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
};
