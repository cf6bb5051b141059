/*
 * A service behind a queue and a semaphore: when its worker dies, both must be closed.
 *
 * Corpus W15 (tower #476, #480; zebra #1671). The worker's end closes the channel; who waits for room waits
 * at the semaphore, which nobody closes.
 */
#include "../corpus.h"

#include <fm/mpsc.h>
#include <fm/oneshot.h>
#include <fm/semaphore.h>
#include <fm/sleep.h>

#define CALLERS 3

struct world {
	bool broken;
	struct fm_semaphore room;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned answered; /* well, or with the news of the worker's end */
};

static void request_drop(void *reply)
{
	fm_oneshot_tx_drop(reply);
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_oneshot_tx reply;
	struct fm_sleep work;
	uint64_t dies_at; /* after so many requests */
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (self->dies_at = fm_random(CALLERS + 1); self->dies_at > 0; self->dies_at--) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->reply));
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		fm_oneshot_send(&self->reply, NULL);
		fm_semaphore_release(&self->world->room, 1);
	}
	fm_mpsc_rx_drop(self->world->rx);
	if (!self->world->broken) /* W15: the queue is closed, the way to it is not */
		fm_semaphore_close(&self->world->room);
	FM_END;
}

struct caller {
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct fm_semaphore_acquire room;
	struct fm_oneshot_tx request;
	struct fm_oneshot_rx reply;
	struct fm_oneshot_recv recv;
};

FM_ASYNC(caller)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
	/* BUG: nobody gives or closes */
	FM_AWAIT(fm_semaphore_acquire_init(&self->room, &self->world->room, 1));
	if (self->room.fut.status == FM_OK) {
		FM_ALWAYS(fm_oneshot_new(0, &self->request, &self->reply) == FM_OK, "there is memory");
		if (fm_mpsc_send_now(self->world->tx, &self->request) != FM_OK)
			fm_oneshot_tx_drop(&self->request);
		FM_AWAIT(fm_oneshot_recv_init(&self->recv, &self->reply));
		fm_oneshot_take(&self->recv, NULL);
	}
	self->world->answered++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->room, 1);
	FM_SIM_CHECK(sim,
		     fm_mpsc_new_unbounded(sizeof(struct fm_oneshot_tx), request_drop, &world->tx,
					   &world->rx) == FM_OK,
		     "no channel");
	for (unsigned i = 0; i < CALLERS; i++)
		fm_sim_start(TWIN_TASK(host, caller, world));
	fm_sim_start(TWIN_TASK(host, worker, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_tx_drop(world->tx);
	FM_SIM_CHECK(sim, world->answered == CALLERS, "%u of %d callers were answered", world->answered,
		     CALLERS);
}

CORPUS(dead_worker, "w15-dead-worker",
       .claim = "every caller gets an answer, or hears that the worker is gone", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
