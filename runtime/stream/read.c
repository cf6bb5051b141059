/* Reading what there is: one try a poll. */
#include <fm/stream.h>

static enum fm_poll read_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_read *self = FM_CONTAINER_OF(future, struct fm_read, fut);
	const int status = self->stream->ops->poll_read(self->stream, &self->op, cx);

	if (status == FM_ERR_AGAIN)
		return FM_PENDING;
	self->done = self->op.done;
	return fm_ready(future, status);
}

static void read_drop(struct fm_future *future)
{
	struct fm_read *self = FM_CONTAINER_OF(future, struct fm_read, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void read_renew(struct fm_future *future)
{
	struct fm_read *self = FM_CONTAINER_OF(future, struct fm_read, fut);

	fm_read_init(self, self->stream, self->op.into, self->op.count);
}

static const struct fm_future_ops read_ops = {
	.name = "fm_read",
	.poll = read_poll,
	.drop = read_drop,
	.cancel = FM_CANCEL_SAFE,
	.renew = read_renew,
};

struct fm_future *fm_read_init(struct fm_read *self, struct fm_stream *stream, void *into, size_t count)
{
	fm_future_init(&self->fut, &read_ops);
	self->stream = stream;
	self->done = 0;
	fm_stream_op_init(&self->op);
	self->op.into = into;
	self->op.count = count;
	return &self->fut;
}
