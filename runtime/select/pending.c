/*
 * Never. It keeps its poll's waker, so that a task waiting here is seen to wait, not to have been forgotten.
 */
#include <fm/pending.h>

static enum fm_poll pending_poll(struct fm_future *future, struct fm_context *cx)
{
	fm_waker_store(&FM_CONTAINER_OF(future, struct fm_pending, fut)->waker, cx);
	return FM_PENDING;
}

static void pending_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct fm_pending, fut)->waker);
}

static void pending_renew(struct fm_future *future)
{
	fm_pending_init(FM_CONTAINER_OF(future, struct fm_pending, fut));
}

static const struct fm_future_ops pending_ops = {
	.name = "fm_pending",
	.poll = pending_poll,
	.drop = pending_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = pending_renew,
};

struct fm_future *fm_pending_init(struct fm_pending *self)
{
	fm_future_init(&self->fut, &pending_ops);
	self->waker = FM_WAKER_NONE;
	return &self->fut;
}
