/*
 * A pipe in memory: two rings, each written by one end and read by the other, in one allocation.
 *
 * Every change wakes all that may go on because of it, the closing of an end those on both sides: its own
 * to see FM_ERR_CLOSED, the peer's readers to see the end and the peer's writers to see that nobody reads
 * any more.
 */
#include <fm/duplex.h>
#include <fm/env.h>
#include <fm/observe.h>

#include <string.h>

struct fm_duplex {
	struct fm_stream stream;
	struct fm_duplex *peer;
	struct pair *pair;
	struct fm_waitq readers;
	struct fm_waitq writers;
	char *ring; /* what this end has written and the peer not yet read */
	size_t start;
	size_t used;
	bool open;
	bool write_ended;
};

struct pair {
	struct fm_env *env;
	size_t bytes; /* of this allocation */
	size_t capacity;
	uint32_t users; /* ends not given back, and whoever is just closing one */
	struct fm_duplex ends[2];
	char rings[];
};

#define CAPACITY_MAX (SIZE_MAX / 4)

static struct fm_duplex *end_of(struct fm_stream *stream)
{
	return FM_CONTAINER_OF(stream, struct fm_duplex, stream);
}

static int wait(struct fm_waitq *queue, const char *kind, struct fm_duplex *end, struct fm_stream_op *op,
		struct fm_context *cx)
{
	if (FM_UNLIKELY(cx->scope != NULL) && !fm_waiter_queued(&op->waiter))
		fm_observe_wait(kind, end, cx->scope->future);
	fm_waitq_wait(queue, &op->waiter, cx);
	return FM_ERR_AGAIN;
}

static size_t smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static size_t take_out(struct fm_duplex *from, char *into, size_t count)
{
	const size_t capacity = from->pair->capacity;
	const size_t taken = smaller(count, from->used);
	const size_t first = smaller(taken, capacity - from->start);

	memcpy(into, from->ring + from->start, first);
	memcpy(into + first, from->ring, taken - first);
	from->start = (from->start + taken) % capacity;
	from->used -= taken;
	return taken;
}

static size_t put_in(struct fm_duplex *to, const char *from, size_t count)
{
	const size_t capacity = to->pair->capacity;
	const size_t put = smaller(count, capacity - to->used);
	const size_t at = (to->start + to->used) % capacity;
	const size_t first = smaller(put, capacity - at);

	memcpy(to->ring + at, from, first);
	memcpy(to->ring, from + first, put - first);
	to->used += put;
	return put;
}

static int duplex_poll_read(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_duplex *self = end_of(stream);
	struct fm_duplex *peer = self->peer;

	op->done = 0;
	if (self->open && op->count > 0 && peer->used == 0 && !peer->write_ended)
		return wait(&self->readers, "duplex read", self, op, cx);
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	fm_waiter_leave(&op->waiter);
	if (!self->open)
		return FM_ERR_CLOSED;
	if (op->count > 0 && peer->used > 0) {
		op->done = take_out(peer, op->into, op->count);
		fm_waitq_wake_all(&peer->writers);
	}
	return FM_OK;
}

static int duplex_poll_write(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct fm_duplex *self = end_of(stream);
	const bool broken = self->write_ended || !self->peer->open;

	op->done = 0;
	if (self->open && op->count > 0 && !broken && self->used == self->pair->capacity)
		return wait(&self->writers, "duplex write", self, op, cx);
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	fm_waiter_leave(&op->waiter);
	if (!self->open)
		return FM_ERR_CLOSED;
	if (op->count == 0)
		return FM_OK;
	if (broken)
		return FM_ERR_BROKEN_PIPE;
	op->done = put_in(self, op->from, op->count);
	fm_waitq_wake_all(&self->peer->readers);
	return FM_OK;
}

static int duplex_poll_flush(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	(void)op;
	if (!fm_coop(cx))
		return FM_ERR_AGAIN;
	return end_of(stream)->open ? FM_OK : FM_ERR_CLOSED;
}

static void duplex_end_write(struct fm_stream *stream)
{
	struct fm_duplex *self = end_of(stream);

	if (self->write_ended)
		return;
	self->write_ended = true;
	fm_waitq_wake_all(&self->writers);
	fm_waitq_wake_all(&self->peer->readers);
}

static int duplex_poll_shutdown(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	const int status = duplex_poll_flush(stream, op, cx);

	if (status == FM_OK)
		duplex_end_write(stream);
	return status;
}

static void duplex_cancel(struct fm_stream *stream, struct fm_stream_op *op, struct fm_future *future)
{
	if (!fm_waiter_queued(&op->waiter))
		return;
	fm_observe_unwait(end_of(stream), future);
	fm_waiter_leave(&op->waiter);
}

static void release(struct pair *pair)
{
	if (--pair->users == 0)
		pair->env->ops->free(pair->env, pair, pair->bytes);
}

static void duplex_close(struct fm_stream *stream)
{
	struct fm_duplex *self = end_of(stream);

	if (!self->open)
		return;
	self->open = false;
	self->pair->users++;
	self->write_ended = true;
	fm_waitq_wake_all(&self->readers);
	fm_waitq_wake_all(&self->writers);
	fm_waitq_wake_all(&self->peer->readers);
	fm_waitq_wake_all(&self->peer->writers);
	release(self->pair);
}

static const struct fm_stream_ops duplex_ops = {
	.name = "duplex",
	.poll_read = duplex_poll_read,
	.poll_write = duplex_poll_write,
	.poll_flush = duplex_poll_flush,
	.poll_shutdown = duplex_poll_shutdown,
	.cancel = duplex_cancel,
	.end_write = duplex_end_write,
	.close = duplex_close,
};

static void end_init(struct pair *pair, int index)
{
	struct fm_duplex *end = &pair->ends[index];

	memset(end, 0, sizeof(*end));
	end->stream.ops = &duplex_ops;
	end->peer = &pair->ends[1 - index];
	end->pair = pair;
	end->ring = pair->rings + (index ? pair->capacity : 0);
	end->open = true;
	fm_waitq_init(&end->readers);
	fm_waitq_init(&end->writers);
}

int fm_duplex_new(size_t capacity_bytes, struct fm_duplex **a, struct fm_duplex **b)
{
	struct fm_env *env = fm_env_current();
	struct pair *pair;
	size_t bytes;

	if (!env || capacity_bytes == 0 || capacity_bytes > CAPACITY_MAX)
		return FM_ERR_INVALID;
	bytes = sizeof(*pair) + 2 * capacity_bytes;
	pair = env->ops->alloc(env, bytes);
	if (!pair)
		return FM_ERR_NOMEM;
	pair->env = env;
	pair->bytes = bytes;
	pair->capacity = capacity_bytes;
	pair->users = 2;
	end_init(pair, 0);
	end_init(pair, 1);
	*a = &pair->ends[0];
	*b = &pair->ends[1];
	return FM_OK;
}

struct fm_stream *fm_duplex_stream(struct fm_duplex *end)
{
	return &end->stream;
}

void fm_duplex_free(struct fm_duplex *end)
{
	if (!end)
		return;
	duplex_close(&end->stream);
	release(end->pair);
}
