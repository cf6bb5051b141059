/* A channel with two senders and one receiver: the library's, and one by hand that misses a wake. */
#include "programs.h"

enum { SENT = 2 };

struct sender {
	struct fm_async async;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_send send;
	unsigned left;
	unsigned item;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	for (; self->left > 0; self->left--)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->item));
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

struct receiver {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_rx *rx;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(receiver)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->received++;
	}
	fm_mpsc_rx_drop(self->rx);
	FM_END;
}

static void channel(struct fm_sim *sim, void *state, unsigned items, size_t capacity)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct receiver *receiver = make(host, sizeof(*receiver));
	struct fm_mpsc_tx *tx;

	FM_ASYNC_INIT(receiver, receiver);
	receiver->world = state;
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), capacity, NULL, &tx, &receiver->rx) == FM_OK, "no channel");
	for (unsigned i = 0; i < 2; i++) {
		struct sender *sender = make(host, sizeof(*sender));

		FM_ASYNC_INIT(sender, sender);
		sender->tx = i ? tx : fm_mpsc_tx_clone(tx);
		sender->left = items;
		fm_sim_start(sender);
	}
	fm_sim_start(receiver);
}

static void channel_1_1(struct fm_sim *sim, void *state)
{
	channel(sim, state, 1, 1);
}

static void channel_2_1(struct fm_sim *sim, void *state)
{
	channel(sim, state, 2, 1);
}

static void received_2(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->received == 2, "%u of 2 came", ((struct world *)state)->received);
}

static void received_4(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->received == 4, "%u of 4 came", ((struct world *)state)->received);
}

/* The same by hand, and wrong: who sends looks whether the receiver may be waiting, and lets others come before it sends. */
struct careless {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	bool was_empty;
};

FM_ASYNC(careless)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->was_empty = self->world->value == 0;
	fm_mutex_unlock(&self->world->lock);
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
	self->world->value++;
	fm_mutex_unlock(&self->world->lock);
	if (self->was_empty)
		fm_notify_one(&self->world->notify);
	FM_END;
}

struct taking {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_notified notified;
	bool none;
};

FM_ASYNC(taking)
{
	FM_BEGIN;
	while (self->world->received < 2) {
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		self->none = self->world->value == 0;
		if (!self->none) {
			self->world->value--;
			self->world->received++;
		}
		fm_mutex_unlock(&self->world->lock);
		if (self->none)
			FM_AWAIT(fm_notified_init(&self->notified, &self->world->notify));
	}
	FM_END;
}

static void careless_setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct taking *taking = make(host, sizeof(*taking));

	fm_mutex_init(&world->lock);
	fm_notify_init(&world->notify);
	for (unsigned i = 0; i < 2; i++) {
		struct careless *careless = make(host, sizeof(*careless));

		FM_ASYNC_INIT(careless, careless);
		careless->world = world;
		fm_sim_start(careless);
	}
	FM_ASYNC_INIT(taking, taking);
	taking->world = world;
	fm_sim_start(taking);
}

PROGRAM(channel_of_1, "channel/one-each", channel_1_1, .end = received_2);
PROGRAM(channel_of_2, "channel/two-each", channel_2_1, .end = received_4);
PROGRAM(channel_careless, "channel/broken", careless_setup, .end = NULL);
