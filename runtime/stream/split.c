/*
 * Halves of a stream: each passes on what belongs to its direction. Giving up the writer ends writing,
 * giving up both closes; the last call goes out when nothing of the split is touched any more.
 */
#include <fm/split.h>

static struct fm_split *of_reader(struct fm_stream *stream)
{
	return FM_CONTAINER_OF(stream, struct fm_split, reader);
}

static struct fm_split *of_writer(struct fm_stream *stream)
{
	return FM_CONTAINER_OF(stream, struct fm_split, writer);
}

static int not_this_half(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)stream;
	op->done = 0;
	return fm_coop(cx) ? FM_ERR_UNSUPPORTED : FM_ERR_AGAIN;
}

static int given_up(struct fm_stream_op *op, struct fm_context *cx)
{
	op->done = 0;
	return fm_coop(cx) ? FM_ERR_CLOSED : FM_ERR_AGAIN;
}

static int reader_poll_read(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_split *self = of_reader(stream);

	return self->reader_held ? self->whole->ops->poll_read(self->whole, op, cx) : given_up(op, cx);
}

static void reader_cancel(struct fm_stream *stream, struct fm_stream_op *op, struct fm_future *future)
{
	struct fm_stream *whole = of_reader(stream)->whole;

	whole->ops->cancel(whole, op, future);
}

static void no_end_write(struct fm_stream *stream)
{
	(void)stream;
}

static void reader_close(struct fm_stream *stream)
{
	fm_split_drop_reader(of_reader(stream));
}

static const struct fm_stream_ops reader_ops = {
	.name = "read half",
	.poll_read = reader_poll_read,
	.poll_write = not_this_half,
	.poll_flush = not_this_half,
	.poll_shutdown = not_this_half,
	.cancel = reader_cancel,
	.end_write = no_end_write,
	.close = reader_close,
};

static int writer_poll_write(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_split *self = of_writer(stream);

	return self->writer_held ? self->whole->ops->poll_write(self->whole, op, cx) : given_up(op, cx);
}

static int writer_poll_flush(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_split *self = of_writer(stream);

	return self->writer_held ? self->whole->ops->poll_flush(self->whole, op, cx) : given_up(op, cx);
}

static int writer_poll_shutdown(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_split *self = of_writer(stream);

	return self->writer_held ? self->whole->ops->poll_shutdown(self->whole, op, cx) : given_up(op, cx);
}

static void writer_cancel(struct fm_stream *stream, struct fm_stream_op *op, struct fm_future *future)
{
	struct fm_stream *whole = of_writer(stream)->whole;

	whole->ops->cancel(whole, op, future);
}

static void writer_end_write(struct fm_stream *stream)
{
	struct fm_split *self = of_writer(stream);

	if (self->writer_held)
		self->whole->ops->end_write(self->whole);
}

static void writer_close(struct fm_stream *stream)
{
	fm_split_drop_writer(of_writer(stream));
}

static const struct fm_stream_ops writer_ops = {
	.name = "write half",
	.poll_read = not_this_half,
	.poll_write = writer_poll_write,
	.poll_flush = writer_poll_flush,
	.poll_shutdown = writer_poll_shutdown,
	.cancel = writer_cancel,
	.end_write = writer_end_write,
	.close = writer_close,
};

void fm_split_init(struct fm_split *self, struct fm_stream *whole, void (*released)(struct fm_split *self))
{
	self->whole = whole;
	self->reader.ops = &reader_ops;
	self->writer.ops = &writer_ops;
	self->reader_held = true;
	self->writer_held = true;
	self->released = released;
}

static void release(struct fm_split *self)
{
	fm_stream_close(self->whole);
	if (self->released)
		self->released(self);
}

void fm_split_drop_reader(struct fm_split *self)
{
	if (!self->reader_held)
		return;
	self->reader_held = false;
	if (!self->writer_held)
		release(self);
}

void fm_split_drop_writer(struct fm_split *self)
{
	if (!self->writer_held)
		return;
	self->writer_held = false;
	if (self->reader_held)
		self->whole->ops->end_write(self->whole); /* who is woken may give up the reader, and so all */
	else
		release(self);
}
