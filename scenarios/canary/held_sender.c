/*
 * Waiting for a collector that ends when its channel is closed: not while holding the sender that keeps it
 * open.
 *
 * Corpus S15. All items were sent and received; then each side waits for the other to go first.
 */
#include "canary.h"

#include <fm/mpsc.h>

#define ITEMS 4

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned sent;
	unsigned received;
};

struct collector {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(collector)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->received++;
	}
	FM_END;
}

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_task *collector;
	struct fm_mpsc_send send;
	struct fm_task_join join;
};

static struct fm_task *start_collector(struct world *world)
{
	struct collector *collector = fm_task_alloc(sizeof(*collector), "collector");

	FM_ALWAYS(collector != NULL, "there is memory for the collector");
	FM_ASYNC_INIT(collector, collector);
	collector->world = world;
	return fm_task_spawn(collector);
}

FM_ASYNC(producer)
{
	FM_BEGIN;
	self->collector = start_collector(self->world);
	for (; self->world->sent < ITEMS; self->world->sent++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->world->sent));
	if (!self->world->broken) /* S15: waits for who waits for this sender to go */
		fm_mpsc_tx_drop(self->world->tx);
	FM_AWAIT(fm_task_join_init(&self->join, self->collector));
	fm_task_detach(self->collector);
	if (self->world->broken)
		fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), 2, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, producer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->rx);
	FM_SIM_CHECK(sim, world->sent == world->received, "%u items were sent and %u received", world->sent,
		     world->received);
}

CANARY(held_sender, "held-sender",
       .claim = "producer and collector end once all items were sent and received",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
