/*
 * An answer of allocated memory, sent to somebody who has just given up: it was sent, so it is not the
 * server's any more, and never taken, so it is nobody's.
 */
#include "newcomer.h"

#include <fm/mpsc.h>
#include <fm/oneshot.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

#define QUESTIONS 3
#define ANSWER_BYTES 32

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
};

static void answer_free(void *item)
{
	fm_free(*(void **)item, ANSWER_BYTES);
}

struct asker {
	struct fm_async async;
	struct world *world;
	struct fm_oneshot_tx question; /* where the answer goes */
	struct fm_oneshot_rx rx;
	struct fm_oneshot_recv recv;
	struct fm_timeout timeout;
	struct fm_mpsc_send send;
	unsigned questions;
	void *answer;
};

FM_ASYNC(asker)
{
	FM_BEGIN;
	for (; self->questions < QUESTIONS; self->questions++) {
		/* planted: the channel does not know that its item owns memory */
		FM_ALWAYS(fm_oneshot_new_owning(sizeof(void *), self->world->broken ? NULL : answer_free,
						&self->question, &self->rx) == FM_OK,
			  "a channel");
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->question));
		FM_AWAIT(fm_timeout_init(&self->timeout, fm_oneshot_recv_init(&self->recv, &self->rx),
					 2 * FM_MS));
		if (fm_future_is_ready(&self->recv.fut) && self->recv.fut.status == FM_OK) {
			fm_oneshot_take(&self->recv, &self->answer);
			answer_free(&self->answer);
		}
		fm_oneshot_rx_drop(&self->rx);
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_sleep work;
	struct fm_oneshot_tx question;
	void *answer;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->question));
		if (self->recv.fut.status != FM_OK)
			break;
		/* BUG: nobody gives back what is taken behind it */
		FM_AWAIT(fm_sleep_init(&self->work, (1 + fm_random(2)) * FM_MS));
		self->answer = fm_alloc(ANSWER_BYTES);
		if (fm_oneshot_send(&self->question, &self->answer) != FM_OK)
			answer_free(&self->answer);
	}
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(struct fm_oneshot_tx), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, asker, world));
	fm_sim_start(TWIN_TASK(host, server, world));
}

NEWCOMER(orphan_reply, "orphan-reply", .claim = "every answer is used or freed", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
