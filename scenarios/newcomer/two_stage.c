/*
 * Two stages of a pipeline take their memory from one pool: each item holds a piece while it is queued, and
 * the second stage needs another to work on it.
 *
 * With all pieces in the queue, the stage that would free one waits for one. The correct pipeline has a pool
 * for each stage.
 */
#include "newcomer.h"

#include <fm/mpsc.h>
#include <fm/semaphore.h>

#define ITEMS 4
#define PIECES 2

struct world {
	bool broken;
	struct fm_semaphore pieces;
	struct fm_semaphore scratch;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

struct first {
	struct fm_async async;
	struct world *world;
	struct fm_semaphore_acquire acquire;
	struct fm_mpsc_send send;
	unsigned items;
};

FM_ASYNC(first)
{
	FM_BEGIN;
	for (; self->items < ITEMS; self->items++) {
		/* BUG: waits for the second stage to free a piece */
		FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->pieces, 1));
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->items));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct second {
	struct fm_async async;
	struct world *world;
	struct fm_semaphore_acquire acquire;
	struct fm_semaphore *scratch;
	struct fm_mpsc_recv recv;
	unsigned item;
};

FM_ASYNC(second)
{
	FM_BEGIN;
	/* planted: both stages from one pool */
	self->scratch = self->world->broken ? &self->world->pieces : &self->world->scratch;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
		if (self->recv.fut.status != FM_OK)
			break;
		/* BUG: all pieces are queued for it */
		FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, self->scratch, 1));
		fm_semaphore_release(self->scratch, 1);
		fm_semaphore_release(&self->world->pieces, 1);
	}
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->pieces, PIECES);
	fm_semaphore_init(&world->scratch, 1);
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(unsigned), PIECES, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, first, world));
	fm_sim_start(TWIN_TASK(host, second, world));
}

NEWCOMER(two_stage, "two-stage", .claim = "all items go through", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
