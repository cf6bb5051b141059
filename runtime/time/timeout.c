/*
 * Timeout: the inner future first, then the clock. Elapsing asks the budget as a leaf does, so that a loop of
 * timeouts yields; except where inner has just spent what was left: it may do so in every poll, and would
 * never time out.
 */
#include "../task/internal.h"
#include "deadline.h"

#include <fm/timeout.h>

static enum fm_poll timeout_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_timeout *self = FM_CONTAINER_OF(future, struct fm_timeout, fut);
	const bool had_budget = cx->executor->budget_left > 0;
	bool spent;

	fm__deadline_poll(&self->deadline_ns, &self->begun, cx);
	if (fm_poll(self->inner, cx) == FM_READY) {
		fm_timer_disarm(&self->timer);
		return fm_ready(future, self->inner->status);
	}
	if (!fm__elapsed(self->deadline_ns, cx)) {
		fm_timer_arm(&self->timer, self->deadline_ns, cx);
		return FM_PENDING;
	}
	spent = had_budget && cx->executor->budget_left == 0;
	if (!spent && !fm_coop(cx))
		return FM_PENDING;
	fm_timer_disarm(&self->timer);
	fm_drop(self->inner);
	return fm_ready(future, FM_ERR_TIMEOUT);
}

static void timeout_drop(struct fm_future *future)
{
	struct fm_timeout *self = FM_CONTAINER_OF(future, struct fm_timeout, fut);

	fm_timer_disarm(&self->timer);
	fm_drop(self->inner);
}

static const struct fm_await_site *timeout_inspect(const struct fm_future *future, unsigned index,
						   struct fm_future **child)
{
	*child = index == 0 ? FM_CONTAINER_OF(future, const struct fm_timeout, fut)->inner : NULL;
	return NULL;
}

static const struct fm_future_ops timeout_ops = {
	.name = "fm_timeout",
	.poll = timeout_poll,
	.drop = timeout_drop,
	.inspect = timeout_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

struct fm_future *fm_timeout_at_init(struct fm_timeout *self, struct fm_future *inner, fm_ns deadline_ns)
{
	fm_future_init(&self->fut, &timeout_ops);
	fm_timer_init(&self->timer);
	self->inner = inner;
	self->deadline_ns = deadline_ns;
	self->begun = true;
	return &self->fut;
}

struct fm_future *fm_timeout_init(struct fm_timeout *self, struct fm_future *inner, fm_ns length_ns)
{
	fm_timeout_at_init(self, inner, length_ns);
	self->begun = fm__deadline_begin(&self->deadline_ns);
	return &self->fut;
}
