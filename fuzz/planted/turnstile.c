/*
 * A coin wakes the first who waits; who comes meanwhile may be quicker. One that was told of a coin and is dropped tells the
 * next, or the coin lies there and nobody knows. That is what the one that forgets does not do.
 */
#include "turnstile.h"

static void tell_next(struct turnstile *self)
{
	struct fm_waiter *first = fm_waitq_first(&self->waiters);

	if (!first)
		return;
	FM_CONTAINER_OF(first, struct turnstile_pass, waiter)->told = true;
	fm_waiter_wake(first);
}

static enum fm_poll pass_poll(struct fm_future *future, struct fm_context *cx)
{
	struct turnstile_pass *self = FM_CONTAINER_OF(future, struct turnstile_pass, fut);

	if (self->turnstile->coins == 0) {
		self->told = false;
		fm_waitq_wait(&self->turnstile->waiters, &self->waiter, cx);
		return FM_PENDING;
	}
	if (!fm_coop_on(cx, self->turnstile))
		return FM_PENDING;
	self->turnstile->coins--;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void pass_drop(struct fm_future *future)
{
	struct turnstile_pass *self = FM_CONTAINER_OF(future, struct turnstile_pass, fut);

	fm_waiter_leave(&self->waiter);
	if (self->told && !self->turnstile->forgets) /* BUG where it forgets: nobody hears of the coin */
		tell_next(self->turnstile);
}

static const struct fm_future_ops pass_ops = { .name = "turnstile_pass", .poll = pass_poll, .drop = pass_drop };

struct fm_future *turnstile_pass_init(struct turnstile_pass *self, struct turnstile *turnstile)
{
	fm_future_init(&self->fut, &pass_ops);
	self->turnstile = turnstile;
	fm_waiter_init(&self->waiter);
	self->told = false;
	return &self->fut;
}

void turnstile_coin(struct turnstile *self)
{
	self->coins++;
	tell_next(self);
}

void turnstile_init(struct turnstile *self, bool forgets)
{
	fm_waitq_init(&self->waiters);
	self->coins = 0;
	self->forgets = forgets;
}
