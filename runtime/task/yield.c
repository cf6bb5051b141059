/* Yield: PENDING once, having woken itself. Its second poll is READY, whoever caused it. */
#include "internal.h"

static enum fm_poll yield_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_yield *self = FM_CONTAINER_OF(future, struct fm_yield, fut);

	if (self->yielded)
		return fm_ready(future, FM_OK);
	self->yielded = true;
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void yield_renew(struct fm_future *future)
{
	fm_yield_init(FM_CONTAINER_OF(future, struct fm_yield, fut));
}

static const struct fm_future_ops yield_ops = {
	.name = "fm_yield",
	.poll = yield_poll,
	.cancel = FM_CANCEL_SAFE,
	.renew = yield_renew,
};

struct fm_future *fm_yield_init(struct fm_yield *self)
{
	fm_future_init(&self->fut, &yield_ops);
	self->yielded = false;
	return &self->fut;
}
