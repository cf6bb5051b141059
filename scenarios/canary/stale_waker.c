/*
 * A wait that is begun by one task and finished by another: the newest poll's waker is the one to keep.
 *
 * Corpus W03. The test for "does the kept waker still do?" is inverted, which nobody notices while one task
 * polls, and which wakes the wrong one as soon as the future is passed on.
 */
#include "canary.h"

#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>

struct token {
	bool broken;
	bool cancelled;
	struct fm_waitq waiters;
};

struct cancelled {
	struct fm_future fut;
	struct token *token;
	struct fm_waiter waiter;
};

static enum fm_poll cancelled_poll(struct fm_future *future, struct fm_context *cx)
{
	struct cancelled *self = FM_CONTAINER_OF(future, struct cancelled, fut);
	bool update;

	if (self->token->cancelled) {
		if (!fm_coop(cx))
			return FM_PENDING;
		fm_waiter_leave(&self->waiter);
		return fm_ready(future, FM_OK);
	}
	update = !fm_waker_will_wake(self->waiter.waker, cx->waker);
	if (self->token->broken && !fm_waker_is_none(self->waiter.waker))
		update = !update; /* W03: replaced where it would do, kept where it would not */
	if (!fm_waiter_queued(&self->waiter)) {
		fm_observe_wait("cancel", self->token, future);
		fm_list_push_back(&self->token->waiters.waiters, &self->waiter.link);
	}
	if (update) {
		fm_waker_drop(&self->waiter.waker);
		self->waiter.waker = fm_waker_clone(cx->waker);
	}
	return FM_PENDING;
}

static void cancelled_drop(struct fm_future *future)
{
	struct cancelled *self = FM_CONTAINER_OF(future, struct cancelled, fut);

	twin_leave(&self->waiter, self->token, future);
}

static const struct fm_future_ops cancelled_ops = {
	.name = "cancelled",
	.poll = cancelled_poll,
	.drop = cancelled_drop,
};

struct world {
	bool broken;
	struct token token;
	struct cancelled wait; /* polled by the first, finished by the second */
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	unsigned heard;
};

struct first {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep patience;
	struct fm_future *wait;
	struct fm_mpsc_send send;
};

FM_ASYNC(first)
{
	FM_BEGIN;
	self->wait = &self->world->wait.fut;
	FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(self->wait),
			   fm_sleep_init(&self->patience, FM_MS)));
	if (self->select.winner == 0) {
		self->world->heard++;
		self->wait = NULL;
	}
	FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->wait));
	FM_END;
}

struct second {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_recv recv;
	struct fm_future *wait;
};

FM_ASYNC(second)
{
	FM_BEGIN;
	FM_AWAIT(fm_mpsc_recv_init(&self->recv, self->world->rx, &self->wait));
	if (self->wait) {
		FM_AWAIT(self->wait);
		self->world->heard++;
	}
	FM_END;
}

struct canceller {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(canceller)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(4) * FM_MS));
	self->world->token.cancelled = true;
	fm_waitq_wake_all(&self->world->token.waiters);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->token.broken = world->broken;
	fm_waitq_init(&world->token.waiters);
	fm_future_init(&world->wait.fut, &cancelled_ops);
	fm_waiter_init(&world->wait.waiter);
	world->wait.token = &world->token;
	FM_SIM_CHECK(sim, fm_mpsc_new(sizeof(struct fm_future *), 1, NULL, &world->tx, &world->rx) == FM_OK,
		     "no channel");
	fm_sim_start(TWIN_TASK(host, first, world));
	fm_sim_start(TWIN_TASK(host, second, world));
	fm_sim_start(TWIN_TASK(host, canceller, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_mpsc_tx_drop(world->tx);
	fm_mpsc_rx_drop(world->rx);
	FM_SIM_CHECK(sim, world->heard == 1, "the cancellation was heard %u times", world->heard);
}

CANARY(stale_waker, "stale-waker", .claim = "whoever polls a wait last hears of the cancellation",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
