/* A C function as a future. */
#include <fm/poll_fn.h>

static enum fm_poll fn_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_poll_fn *self = FM_CONTAINER_OF(future, struct fm_poll_fn, fut);
	int status = FM_OK;

	if (self->poll(self->arg, cx, &status) == FM_PENDING)
		return FM_PENDING;
	return fm_ready(future, status);
}

static const struct fm_future_ops fn_ops = {
	.name = "fm_poll_fn",
	.poll = fn_poll,
	.cancel = FM_CANCEL_CHILDREN,
};

struct fm_future *fm_poll_fn_init(struct fm_poll_fn *self,
				  enum fm_poll (*poll)(void *arg, struct fm_context *cx, int *status),
				  void *arg)
{
	fm_future_init(&self->fut, &fn_ops);
	self->poll = poll;
	self->arg = arg;
	return &self->fut;
}
