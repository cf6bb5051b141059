/* Ending the writing half; the stream flushes first. */
#include <fm/stream.h>

static enum fm_poll shutdown_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_shutdown *self = FM_CONTAINER_OF(future, struct fm_shutdown, fut);
	const int status = self->stream->ops->poll_shutdown(self->stream, &self->op, cx);

	return status == FM_ERR_AGAIN ? FM_PENDING : fm_ready(future, status);
}

static void shutdown_drop(struct fm_future *future)
{
	struct fm_shutdown *self = FM_CONTAINER_OF(future, struct fm_shutdown, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void shutdown_renew(struct fm_future *future)
{
	struct fm_shutdown *self = FM_CONTAINER_OF(future, struct fm_shutdown, fut);

	fm_shutdown_init(self, self->stream);
}

static const struct fm_future_ops shutdown_ops = {
	.name = "fm_shutdown",
	.poll = shutdown_poll,
	.drop = shutdown_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = shutdown_renew,
};

struct fm_future *fm_shutdown_init(struct fm_shutdown *self, struct fm_stream *stream)
{
	fm_future_init(&self->fut, &shutdown_ops);
	self->stream = stream;
	fm_stream_op_init(&self->op);
	return &self->fut;
}
