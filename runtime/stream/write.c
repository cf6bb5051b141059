/* Writing what fits: one try a poll. */
#include <fm/stream.h>

static enum fm_poll write_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_write *self = FM_CONTAINER_OF(future, struct fm_write, fut);
	const int status = self->stream->ops->poll_write(self->stream, &self->op, cx);

	if (status == FM_ERR_AGAIN)
		return FM_PENDING;
	self->done = self->op.done;
	return fm_ready(future, status);
}

static void write_drop(struct fm_future *future)
{
	struct fm_write *self = FM_CONTAINER_OF(future, struct fm_write, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void write_renew(struct fm_future *future)
{
	struct fm_write *self = FM_CONTAINER_OF(future, struct fm_write, fut);

	fm_write_init(self, self->stream, self->op.from, self->op.count);
}

static const struct fm_future_ops write_ops = {
	.name = "fm_write",
	.poll = write_poll,
	.drop = write_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = write_renew,
};

struct fm_future *fm_write_init(struct fm_write *self, struct fm_stream *stream, const void *from,
				size_t count)
{
	fm_future_init(&self->fut, &write_ops);
	self->stream = stream;
	self->done = 0;
	fm_stream_op_init(&self->op);
	self->op.from = from;
	self->op.count = count;
	return &self->fut;
}
