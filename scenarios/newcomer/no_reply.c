/* An account is an actor: requests come by a channel, each with a oneshot for the reply. */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/mpsc.h>
#include <fm/oneshot.h>

struct request {
	int amount;
	struct fm_oneshot_tx reply;
};

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	int balance;
	int users;
};

struct account {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct request request;
};

FM_ASYNC(account)
{
	FM_BEGIN;
	for (;;) {
		FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->request));
		if (self->recv.fut.status != FM_OK)
			break;
		if (self->request.amount > self->world->balance) {
			if (!self->world->broken) /* planted: who asks for too much has no answer */
				fm_oneshot_tx_drop(&self->request.reply);
			continue;
		}
		self->world->balance -= self->request.amount;
		fm_oneshot_send(&self->request.reply, &self->world->balance);
	}
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_tx *tx;
	struct request request;
	struct fm_oneshot_rx rx;
	struct fm_mpsc_send send;
	struct fm_oneshot_recv recv;
	int i, balance;
};

FM_ASYNC(user)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 3; self->i++) {
		self->request.amount = 5 + (int)fm_random(30);
		fm_oneshot_new(sizeof(int), &self->request.reply, &self->rx);
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->tx, &self->request));
		/* BUG: no answer comes */
		FM_AWAIT(fm_oneshot_recv_init(&self->recv, &self->rx));
		if (self->recv.fut.status == FM_OK)
			fm_oneshot_take(&self->recv, &self->balance);
	}
	fm_mpsc_tx_drop(self->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	world->balance = 100;
	fm_mpsc_new(sizeof(struct request), 2, NULL, &world->tx, &world->rx);
	fm_sim_start(TWIN_TASK(host, account, world));
	for (int i = 0; i < 2; i++) {
		struct user *u = TWIN_TASK(host, user, world);

		u->tx = i ? world->tx : fm_mpsc_tx_clone(world->tx);
		fm_sim_start(u);
	}
}

NEWCOMER(no_reply, "no-reply", .claim = "everybody ends", .faults = FM_SIM_FAULTS_GENTLE,
	 .deadline_ns = FM_MIN);
