/*
 * Run a future until a token is cancelled: the wait for the token and the future are both children, polled
 * in this order.
 *
 * The wait asks the task's budget, which may refuse although the token is cancelled; so the token itself is
 * asked as well, and a future under a cancelled token isn't polled any more, budget or not.
 */
#include <fm/cancel.h>

static enum fm_poll run_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_cancel_run *self = FM_CONTAINER_OF(future, struct fm_cancel_run, fut);

	if (fm_poll(&self->wait.fut, cx) == FM_READY) {
		fm_drop(self->inner);
		return fm_ready(future, FM_ERR_CANCELLED);
	}
	if (fm_cancel_cancelled(self->wait.token))
		return FM_PENDING; /* refused, and woken to try again */
	if (fm_poll(self->inner, cx) == FM_PENDING)
		return FM_PENDING;
	fm_drop(&self->wait.fut);
	return fm_ready(future, self->inner->status);
}

static void run_drop(struct fm_future *future)
{
	struct fm_cancel_run *self = FM_CONTAINER_OF(future, struct fm_cancel_run, fut);

	fm_drop(self->inner);
	fm_drop(&self->wait.fut);
}

static const struct fm_await_site *run_inspect(const struct fm_future *future, unsigned index,
					       struct fm_future **child)
{
	struct fm_cancel_run *self = FM_CONTAINER_OF(future, struct fm_cancel_run, fut);

	*child = index == 0 ? self->inner : index == 1 ? &self->wait.fut : NULL;
	return NULL;
}

static const struct fm_future_ops run_ops = {
	.name = "fm_cancel_run",
	.poll = run_poll,
	.drop = run_drop,
	.inspect = run_inspect,
	.cancel = FM_CANCEL_CHILDREN,
};

struct fm_future *fm_cancel_run_init(struct fm_cancel_run *self, struct fm_cancel *token,
				     struct fm_future *inner)
{
	fm_future_init(&self->fut, &run_ops);
	self->inner = inner;
	fm_cancel_wait_init(&self->wait, token);
	return &self->fut;
}
