/*
 * Reading exactly so many bytes. What has come is in the caller's buffer and counted in the future; a drop
 * leaves both to be read, since the stream no longer has it.
 */
#include <fm/stream.h>

static enum fm_poll read_exact_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_read_exact *self = FM_CONTAINER_OF(future, struct fm_read_exact, fut);
	int status;

	do {
		self->op.into = self->into + self->done;
		self->op.count = self->count - self->done;
		status = self->stream->ops->poll_read(self->stream, &self->op, cx);
		if (status == FM_ERR_AGAIN)
			return FM_PENDING;
		if (status == FM_OK && self->op.done == 0 && self->op.count > 0)
			status = FM_ERR_EOF;
		if (status != FM_OK)
			return fm_ready(future, status);
		self->done += self->op.done;
	} while (self->done < self->count);
	return fm_ready(future, FM_OK);
}

static void read_exact_drop(struct fm_future *future)
{
	struct fm_read_exact *self = FM_CONTAINER_OF(future, struct fm_read_exact, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void read_exact_renew(struct fm_future *future)
{
	struct fm_read_exact *self = FM_CONTAINER_OF(future, struct fm_read_exact, fut);

	fm_read_exact_init(self, self->stream, self->into, self->count);
}

static const struct fm_future_ops read_exact_ops = {
	.name = "fm_read_exact",
	.poll = read_exact_poll,
	.drop = read_exact_drop,
	.cancel = FM_CANCEL_LOSSY,
	.renew = read_exact_renew,
};

struct fm_future *fm_read_exact_init(struct fm_read_exact *self, struct fm_stream *stream, void *into,
				     size_t count)
{
	fm_future_init(&self->fut, &read_exact_ops);
	self->stream = stream;
	self->into = into;
	self->count = count;
	self->done = 0;
	fm_stream_op_init(&self->op);
	return &self->fut;
}
