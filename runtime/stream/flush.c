/* Flushing: done when the stream says that it holds nothing back. */
#include <fm/stream.h>

static enum fm_poll flush_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_flush *self = FM_CONTAINER_OF(future, struct fm_flush, fut);
	const int status = self->stream->ops->poll_flush(self->stream, &self->op, cx);

	return status == FM_ERR_AGAIN ? FM_PENDING : fm_ready(future, status);
}

static void flush_drop(struct fm_future *future)
{
	struct fm_flush *self = FM_CONTAINER_OF(future, struct fm_flush, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void flush_renew(struct fm_future *future)
{
	struct fm_flush *self = FM_CONTAINER_OF(future, struct fm_flush, fut);

	fm_flush_init(self, self->stream);
}

static const struct fm_future_ops flush_ops = {
	.name = "fm_flush",
	.poll = flush_poll,
	.drop = flush_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = flush_renew,
};

struct fm_future *fm_flush_init(struct fm_flush *self, struct fm_stream *stream)
{
	fm_future_init(&self->fut, &flush_ops);
	self->stream = stream;
	fm_stream_op_init(&self->op);
	return &self->fut;
}
