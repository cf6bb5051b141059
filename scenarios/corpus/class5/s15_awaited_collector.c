/*
 * A stage that waits for the ones behind it: only after it has given back the sender that keeps them
 * going.
 *
 * Corpus S15 (Daft #7114). The stage has passed on its input and waits for "done" while its result sender
 * lives; who collects says "done" when the channel closes.
 */
#include "../corpus.h"

#include <fm/mpsc.h>

#define ITEMS 3

struct world {
	bool broken;
	struct fm_mpsc_tx *results_tx;
	struct fm_mpsc_rx *results_rx;
	struct event done;
	unsigned collected;
};

struct stage {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	struct until done;
	unsigned item;
};

FM_ASYNC(stage)
{
	FM_BEGIN;
	for (; self->item < ITEMS; self->item++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->results_tx, &self->item));
	if (!self->world->broken) /* S15: kept until all is done */
		fm_mpsc_tx_drop(self->world->results_tx);
	FM_AWAIT(event_wait(&self->done, &self->world->done, "done")); /* BUG: waits for who waits for it */
	if (self->world->broken)
		fm_mpsc_tx_drop(self->world->results_tx);
	FM_END;
}

struct sink {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv_many recv;
	unsigned items[ITEMS];
};

FM_ASYNC(sink)
{
	FM_BEGIN;
	do {
		FM_AWAIT(fm_mpsc_recv_many_init(&self->recv, self->world->results_rx, self->items, ITEMS));
		self->world->collected += self->recv.count;
	} while (self->recv.fut.status == FM_OK);
	event_happen(&self->world->done);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	event_init(&world->done);
	FM_SIM_CHECK(sim,
		     fm_mpsc_new(sizeof(unsigned), 1, NULL, &world->results_tx, &world->results_rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, stage, world));
	fm_sim_start(TWIN_TASK(host, sink, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_rx_drop(world->results_rx);
	FM_SIM_CHECK(sim, world->collected == ITEMS, "%u of %u items", world->collected, ITEMS);
}

CORPUS(awaited_collector, "s15-awaited-collector", .claim = "both stages end once all was collected",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
