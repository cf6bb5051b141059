/*
 * A shutdown in two stages: wait for the producers to end, then empty the queue.
 *
 * A producer that waits for room in the queue ends only when somebody empties it. Both stages have to go on
 * at once.
 */
#include "newcomer.h"

#include <fm/mpsc.h>

#define ITEMS 4
#define ROOM 2

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	struct fm_task *producer;
	unsigned written;
};

struct producer {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	unsigned items;
};

FM_ASYNC(producer)
{
	FM_BEGIN;
	for (; self->items < ITEMS; self->items++) {
		/* BUG: nobody makes room before it has ended */
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->items));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct writer {
	struct fm_async async;
	struct world *world;
	struct fm_task_join join;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(writer)
{
	FM_BEGIN;
	if (self->world->broken) { /* planted: first the one, then the other */
		/* BUG: for one who waits for room */
		FM_AWAIT(fm_task_join_init(&self->join, self->world->producer));
	}
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		self->world->written++;
	}
	FM_AWAIT(fm_task_join_init(&self->join, self->world->producer));
	fm_task_detach(self->world->producer);
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), ROOM, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	world->producer = fm_task_ref(fm_sim_start(TWIN_TASK(host, producer, world)));
	fm_sim_start(TWIN_TASK(host, writer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->written == ITEMS, "%u of %u items were written", world->written, ITEMS);
}

NEWCOMER(join_before_drain, "join-before-drain", .claim = "the shutdown ends, with all items written",
	 .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_MIN, .end = end);
