/*
 * What a hand-written future may say wrong. It takes an item at its first poll and is READY at a later one; the broken one forgets
 * the item when it is dropped in between, the correct one puts it back. One that says LOSSY may forget it.
 */
#include "fixtures.h"

#include <fm/sleep.h>

#define ITEMS 3

struct shelf {
	unsigned items;
	unsigned taken; /* by those that were READY */
};

struct take {
	struct fm_future fut;
	struct shelf *shelf;
	bool forgets;
	bool began;
	bool holds;
};

static struct fm_future *take_init(struct take *self, const struct fm_future_ops *ops, struct shelf *shelf, bool forgets)
{
	fm_future_init(&self->fut, ops);
	self->shelf = shelf;
	self->forgets = forgets;
	self->began = self->holds = false;
	return &self->fut;
}

static struct take *take_of(struct fm_future *future)
{
	return FM_CONTAINER_OF(future, struct take, fut);
}

/* READY at its second poll, as after a round trip; an empty shelf is no reason to wait. */
static enum fm_poll take_poll(struct fm_future *future, struct fm_context *cx)
{
	struct take *self = take_of(future);

	if (!self->began) {
		self->began = true;
		self->holds = self->shelf->items > 0;
		self->shelf->items -= self->holds;
		fm_waker_wake_by_ref(cx->waker);
		return FM_PENDING;
	}
	self->shelf->taken += self->holds;
	return fm_ready(future, self->holds ? FM_OK : FM_ERR_EMPTY);
}

static void take_drop(struct fm_future *future)
{
	struct take *self = take_of(future);

	if (!self->forgets)
		self->shelf->items += self->holds;
}

static const struct fm_future_ops safe_ops, lossy_ops;

static void take_renew(struct fm_future *future)
{
	take_init(take_of(future), future->ops, take_of(future)->shelf, take_of(future)->forgets);
}

static const struct fm_future_ops safe_ops = {
	.name = "take_safe", .poll = take_poll, .drop = take_drop, .cancel = FM_CANCEL_SAFE, .renew = take_renew,
};

static const struct fm_future_ops lossy_ops = {
	.name = "take_lossy", .poll = take_poll, .drop = take_drop, .cancel = FM_CANCEL_LOSSY, .renew = take_renew,
};

struct taker {
	struct fm_async async;
	struct shelf *shelf;
	struct take take;
	const struct fm_future_ops *ops;
	bool forgets;
	bool retries;
};

FM_ASYNC(taker)
{
	FM_BEGIN;
	do {
		if (self->retries)
			FM_AWAIT_RETRIED(take_init(&self->take, self->ops, self->shelf, self->forgets));
		else
			FM_AWAIT(take_init(&self->take, self->ops, self->shelf, self->forgets));
	} while (self->take.fut.status == FM_OK);
	FM_END;
}

static void start(struct fm_sim *sim, struct shelf *shelf, const struct fm_future_ops *ops, bool forgets, bool retries)
{
	struct taker *taker = fm_sim_alloc(fm_sim_host(sim, "host"), sizeof(*taker), "taker");

	shelf->items = ITEMS;
	FM_ASYNC_INIT(taker, taker);
	taker->shelf = shelf;
	taker->ops = ops;
	taker->forgets = forgets;
	taker->retries = retries;
	fm_sim_start(taker);
}

#define SETUP(name, ops, forgets, retries)                                                                       \
	static void name(struct fm_sim *sim, void *state)                                                          \
	{                                                                                                          \
		start(sim, state, (ops), (forgets), (retries));                                                    \
	}

SETUP(safe_forgets, &safe_ops, true, false)
SETUP(safe_gives_back, &safe_ops, false, false)
SETUP(lossy_forgets, &lossy_ops, true, false)
SETUP(lossy_retried, &lossy_ops, true, true)
SETUP(safe_retried, &safe_ops, false, true)

static void all_are_somewhere(struct fm_sim *sim, void *state)
{
	const struct shelf *shelf = state;

	FM_SIM_CHECK(sim, shelf->items + shelf->taken == ITEMS, "%u items are lost", ITEMS - shelf->items - shelf->taken);
}

TWINS(says_safe, "says-safe", struct shelf, safe_forgets, safe_gives_back, all_are_somewhere);
TWINS(says_lossy, "says-lossy", struct shelf, safe_forgets, lossy_forgets, all_are_somewhere);
TWINS(retried, "retried", struct shelf, lossy_retried, safe_retried, all_are_somewhere);
