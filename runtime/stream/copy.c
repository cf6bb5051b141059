/*
 * Copying: what is in the buffer is written before more is read, and what was written is flushed before a
 * wait for more, so that a peer who answers what it got is never waited for in vain.
 */
#include <fm/copy.h>

/* FM_OK: all in the buffer is written. */
static int write_out(struct fm_copy *self, struct fm_context *cx)
{
	int status;

	while (self->at < self->filled) {
		self->writing.from = self->buffer + self->at;
		self->writing.count = self->filled - self->at;
		status = self->to->ops->poll_write(self->to, &self->writing, cx);
		if (status == FM_OK && self->writing.done == 0)
			status = FM_ERR_WRITE_ZERO;
		if (status != FM_OK)
			return status;
		self->at += self->writing.done;
		self->copied += self->writing.done;
		self->unflushed = true;
	}
	return FM_OK;
}

static int flush(struct fm_copy *self, struct fm_context *cx)
{
	int status = FM_OK;

	if (self->unflushed) {
		status = self->to->ops->poll_flush(self->to, &self->writing, cx);
		self->unflushed = self->flushing = status == FM_ERR_AGAIN;
	}
	return status;
}

static int read_in(struct fm_copy *self, struct fm_context *cx)
{
	int status;

	self->reading.into = self->buffer;
	self->reading.count = self->buffer_bytes;
	status = self->from->ops->poll_read(self->from, &self->reading, cx);
	if (status != FM_OK)
		return status;
	self->at = 0;
	self->filled = self->reading.done;
	self->at_end = self->reading.done == 0;
	return FM_OK;
}

static void stop_flushing(struct fm_copy *self)
{
	if (self->flushing)
		self->to->ops->cancel(self->to, &self->writing, &self->fut);
	self->flushing = false;
}

static enum fm_poll finish(struct fm_copy *self, struct fm_stream *failed, int status)
{
	stop_flushing(self);
	self->from->ops->cancel(self->from, &self->reading, &self->fut);
	self->failed = status == FM_OK ? NULL : failed;
	return fm_ready(&self->fut, status);
}

static enum fm_poll copy_poll(struct fm_future *future, struct fm_context *cx)
{
	struct fm_copy *self = FM_CONTAINER_OF(future, struct fm_copy, fut);
	int status;

	if (self->buffer_bytes == 0)
		return finish(self, NULL, FM_ERR_INVALID);
	for (;;) {
		status = write_out(self, cx);
		if (status == FM_ERR_AGAIN)
			return FM_PENDING;
		if (status != FM_OK)
			return finish(self, self->to, status);
		if (self->at_end)
			break;
		status = read_in(self, cx);
		if (status == FM_OK) {
			stop_flushing(self);
			continue;
		}
		if (status != FM_ERR_AGAIN)
			return finish(self, self->from, status);
		status = flush(self, cx);
		if (status != FM_OK && status != FM_ERR_AGAIN)
			return finish(self, self->to, status);
		return FM_PENDING;
	}
	status = flush(self, cx);
	return status == FM_ERR_AGAIN ? FM_PENDING : finish(self, self->to, status);
}

static void copy_drop(struct fm_future *future)
{
	struct fm_copy *self = FM_CONTAINER_OF(future, struct fm_copy, fut);

	self->from->ops->cancel(self->from, &self->reading, future);
	self->to->ops->cancel(self->to, &self->writing, future);
}

static void copy_renew(struct fm_future *future)
{
	struct fm_copy *self = FM_CONTAINER_OF(future, struct fm_copy, fut);

	fm_copy_init(self, self->from, self->to, self->buffer, self->buffer_bytes);
}

static const struct fm_future_ops copy_ops = {
	.name = "fm_copy",
	.poll = copy_poll,
	.drop = copy_drop,
	.cancel = FM_CANCEL_LOSSY,
	.renew = copy_renew,
};

struct fm_future *fm_copy_init(struct fm_copy *self, struct fm_stream *from, struct fm_stream *to,
			       void *buffer, size_t buffer_bytes)
{
	*self = (struct fm_copy){ .from = from, .to = to, .buffer = buffer, .buffer_bytes = buffer_bytes };
	fm_future_init(&self->fut, &copy_ops);
	fm_stream_op_init(&self->reading);
	fm_stream_op_init(&self->writing);
	return &self->fut;
}
