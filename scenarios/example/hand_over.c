/* Three items go through a channel of one. (The README shows this file; tests/tidy keeps the two alike.) */
#include <fm/async.h>
#include <fm/mpsc.h>
#include <fm_sim/scenario.h>

struct world { struct fm_mpsc_tx *tx; struct fm_mpsc_rx *rx; int sent, received; };
struct giver { struct fm_async async; struct world *world; struct fm_defer close; struct fm_mpsc_send send; };
struct taker { struct fm_async async; struct world *world; struct fm_defer close; struct fm_mpsc_recv recv; int item; };

FM_ASYNC(giver)
{
	FM_BEGIN;
	for (; self->world->sent < 3; self->world->sent++)
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->world->sent));
	FM_END;
}

FM_ASYNC(taker)
{
	FM_BEGIN;
	for (;; self->world->received++) {
		FM_AWAIT_RETRIED(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->item));
		if (self->recv.fut.status == FM_ERR_CLOSED)
			FM_RETURN(FM_OK);
	}
	FM_END;
}

/* Defers run when the body returns and when the task is cancelled, wherever it stands. */
static void giver_closes(struct fm_defer *defer)
{
	fm_mpsc_tx_drop(FM_CONTAINER_OF(defer, struct giver, close)->world->tx);
}

static void taker_closes(struct fm_defer *defer)
{
	fm_mpsc_rx_drop(FM_CONTAINER_OF(defer, struct taker, close)->world->rx);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct giver *giver = fm_sim_alloc(host, sizeof(*giver), "giver");
	struct taker *taker = fm_sim_alloc(host, sizeof(*taker), "taker");

	giver->world = taker->world = state;
	fm_mpsc_new(sizeof(int), 1, NULL, &giver->world->tx, &giver->world->rx);
	FM_ASYNC_INIT(giver, giver);
	FM_ASYNC_INIT(taker, taker);
	fm_defer(&giver->async, &giver->close, giver_closes);
	fm_defer(&taker->async, &taker->close, taker_closes);
	fm_sim_start(giver);
	fm_sim_start(taker);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->received == 3, "%d of 3 items arrived", world->received);
}

FM_SCENARIO(hand_over) = {
	.name = "example/hand-over",
	.claim = "what is sent is received, also where the receive is cancelled and tried again",
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULT_CANCEL,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
