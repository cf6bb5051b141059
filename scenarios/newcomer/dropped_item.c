/* A hand-written combinator: items of a channel, at most one each 5 ms. */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/interval.h>
#include <fm/mpsc.h>
#include <fm/select.h>
#include <fm/sleep.h>
#include <fm/stream.h>

struct held {
	bool have;
	int item;
};

struct throttle {
	struct fm_mpsc_rx *rx;
	fm_ns next_ns;
	bool forgets;
	struct held held;
};

/* `held` is the throttle's, which outlives this future, or its own. */
struct throttled {
	struct fm_future fut;
	struct throttle *throttle;
	struct fm_mpsc_recv recv;
	struct fm_sleep sleep;
	struct held *held;
	struct held own;
	int out;
};

static enum fm_poll throttled_poll(struct fm_future *fut, struct fm_context *cx)
{
	struct throttled *self = FM_CONTAINER_OF(fut, struct throttled, fut);

	if (!self->held->have) {
		if (!fm_future_live(&self->recv.fut))
			fm_mpsc_recv_init(&self->recv, self->throttle->rx, &self->held->item);
		if (fm_poll(&self->recv.fut, cx) == FM_PENDING)
			return FM_PENDING;
		if (self->recv.fut.status != FM_OK)
			return fm_ready(fut, self->recv.fut.status);
		self->held->have = true;
	}
	if (!fm_future_live(&self->sleep.fut))
		fm_sleep_until_init(&self->sleep, self->throttle->next_ns);
	if (fm_poll(&self->sleep.fut, cx) == FM_PENDING)
		return FM_PENDING;
	self->throttle->next_ns = fm_now() + 5 * FM_MS;
	self->out = self->held->item;
	self->held->have = false;
	return fm_ready(fut, FM_OK);
}

static void throttled_drop(struct fm_future *fut)
{
	struct throttled *self = FM_CONTAINER_OF(fut, struct throttled, fut);

	fm_drop_if_live(&self->recv.fut);
	fm_drop_if_live(&self->sleep.fut);
}

static const struct fm_future_ops throttled_ops = { .name = "throttled",
						    .poll = throttled_poll,
						    .drop = throttled_drop };

static struct fm_future *throttled_init(struct throttled *self, struct throttle *throttle)
{
	fm_future_init(&self->fut, &throttled_ops);
	self->throttle = throttle;
	self->own.have = false;
	self->held = throttle->forgets ? &self->own : &throttle->held;
	fm_mpsc_recv_init(&self->recv, throttle->rx, &self->held->item);
	fm_sleep_until_init(&self->sleep, throttle->next_ns);
	return &self->fut;
}

struct world {
	bool broken;
	struct fm_mpsc_tx *tx;
	struct fm_mpsc_rx *rx;
	int items, ticks;
};

struct taker {
	struct fm_async async;
	struct world *world;
	struct throttle throttle;
	struct throttled next;
	struct fm_interval interval;
	struct fm_interval_tick tick;
	struct fm_select select;
	struct fm_branch branch[2];
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	self->throttle.rx = self->world->rx;
	self->throttle.forgets =
		self->world->broken; /* planted: an item is held by a future that a tick drops */
	fm_interval_init(&self->interval, 40 * FM_MS, FM_INTERVAL_DELAY);
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, throttled_init(&self->next, &self->throttle),
				   fm_interval_tick_init(&self->tick, &self->interval)));
		if (self->select.winner == 1) {
			self->world->ticks++;
			continue;
		}
		if (self->select.fut.status != FM_OK)
			break;
		self->world->items++;
	}
	fm_mpsc_rx_drop(self->world->rx);
	FM_END;
}

struct giver {
	struct fm_async async;
	struct world *world;
	struct fm_mpsc_send send;
	struct fm_sleep sleep;
	int i;
};

FM_ASYNC(giver)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 5; self->i++) {
		FM_AWAIT(fm_mpsc_send_init(&self->send, self->world->tx, &self->i));
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(20) * FM_MS));
	}
	fm_mpsc_tx_drop(self->world->tx);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mpsc_new(sizeof(int), 2, NULL, &world->tx, &world->rx);
	fm_sim_start(TWIN_TASK(host, giver, world));
	fm_sim_start(TWIN_TASK(host, taker, world));
}

static void end(struct fm_sim *sim, void *state)
{
	/* BUG: an item was lost with the future that held it */
	FM_SIM_CHECK(sim, ((struct world *)state)->items == 5, "%d items", ((struct world *)state)->items);
}

NEWCOMER(dropped_item, "dropped-item", .claim = "all five items come through",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER, .deadline_ns = FM_MIN, .end = end);
