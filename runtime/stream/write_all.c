/*
 * Writing all: try after try until nothing is left. What has gone is counted in the future, where a drop
 * leaves it to be read.
 */
#include <fm/stream.h>

static enum fm_poll write_all_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_write_all *self = FM_CONTAINER_OF(future, struct fm_write_all, fut);
	int status;

	do {
		self->op.from = self->from + self->done;
		self->op.count = self->count - self->done;
		status = self->stream->ops->poll_write(self->stream, &self->op, cx);
		if (status == FM_ERR_AGAIN)
			return FM_PENDING;
		if (status == FM_OK && self->op.done == 0 && self->op.count > 0)
			status = FM_ERR_WRITE_ZERO;
		if (status != FM_OK)
			return fm_ready(future, status);
		self->done += self->op.done;
	} while (self->done < self->count);
	return fm_ready(future, FM_OK);
}

static void write_all_drop(struct fm_future *future)
{
	struct fm_write_all *self = FM_CONTAINER_OF(future, struct fm_write_all, fut);

	self->stream->ops->cancel(self->stream, &self->op, future);
}

static void write_all_renew(struct fm_future *future)
{
	struct fm_write_all *self = FM_CONTAINER_OF(future, struct fm_write_all, fut);

	fm_write_all_init(self, self->stream, self->from, self->count);
}

static const struct fm_future_ops write_all_ops = {
	.name = "fm_write_all",
	.poll = write_all_poll,
	.drop = write_all_drop,
	.cancel = FM_CANCEL_LOSSY,
	.renew = write_all_renew,
};

struct fm_future *fm_write_all_init(struct fm_write_all *self, struct fm_stream *stream, const void *from,
				    size_t count)
{
	fm_future_init(&self->fut, &write_all_ops);
	self->stream = stream;
	self->from = from;
	self->count = count;
	self->done = 0;
	fm_stream_op_init(&self->op);
	return &self->fut;
}
