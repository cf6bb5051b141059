/*
 * A status as a future. It asks the budget as every leaf does, so that an await of it is an interleaving too.
 */
#include <fm/ready.h>

static enum fm_poll ready_poll(struct fm_future *future, struct fm_context *cx)
{
	if (!fm_coop_on(cx, future))
		return FM_PENDING;
	return fm_ready(future, FM_CONTAINER_OF(future, struct fm_ready, fut)->result);
}

static void ready_renew(struct fm_future *future)
{
	struct fm_ready *self = FM_CONTAINER_OF(future, struct fm_ready, fut);

	fm_ready_init(self, self->result);
}

static const struct fm_future_ops ready_ops = {
	.name = "fm_ready",
	.poll = ready_poll,
	.cancel = FM_CANCEL_SAFE,
	.renew = ready_renew,
};

struct fm_future *fm_ready_init(struct fm_ready *self, int status)
{
	fm_future_init(&self->fut, &ready_ops);
	self->result = status;
	return &self->fut;
}
