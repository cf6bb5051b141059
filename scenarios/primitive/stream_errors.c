/*
 * A stream by hand, which takes and gives what a script says: some bytes, none, an error, not yet. What read, read_exact, write,
 * write_all, copy and lines make of it: the error as it is, the end where bytes were due, and how much was done before.
 */
#include "primitive.h"

#include <fm/copy.h>
#include <fm/lines.h>
#include <fm/stream.h>
#include <fm/timeout.h>

/* What each try gives, in order: a status, or so many bytes; LATER: not yet, and woken at once; NEVER: not woken either. The last one again and again. */
enum { LATER = 1000, NEVER = 2000 };

struct script {
	struct fm_stream stream;
	const int *at;
	struct fm_waker waker; /* of who was told to come later */
	unsigned flushes;
	bool flushing;
	int flush_status;
	bool unflushed; /* something was written since the last flush */
	unsigned left; /* operations begun and neither ended nor cancelled */
};

static int play(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct script *self = FM_CONTAINER_OF(stream, struct script, stream);
	const int now = *self->at;

	HOLDS(!self->flushing, "a flush is under way, and was not cancelled");
	op->done = 0;
	if (self->at[1] != LATER + 1)
		self->at++;
	if (now >= LATER) {
		self->left = 1;
		fm_waker_store(&self->waker, cx);
		if (now == LATER)
			fm_waker_wake_by_ref(self->waker);
		return FM_ERR_AGAIN;
	}
	self->left = 0;
	fm_waker_drop(&self->waker);
	if (now < 0)
		return now;
	op->done = (size_t)now < op->count ? (size_t)now : op->count;
	self->unflushed = op->done > 0;
	return FM_OK;
}

static int play_read(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	const int status = play(stream, op, cx);

	for (size_t i = 0; i < op->done; i++)
		((char *)op->into)[i] = 'x';
	return status;
}

/* Every flush takes two tries. */
static int play_flush(struct fm_stream *stream, struct fm_stream_op *op, struct fm_context *cx)
{
	struct script *self = FM_CONTAINER_OF(stream, struct script, stream);

	(void)op;
	self->flushing = !self->flushing;
	if (self->flushing) {
		fm_waker_store(&self->waker, cx);
		fm_waker_wake_by_ref(self->waker);
		return FM_ERR_AGAIN;
	}
	fm_waker_drop(&self->waker);
	self->flushes++;
	self->unflushed = false;
	return self->flush_status;
}

static void play_cancel(struct fm_stream *stream, struct fm_stream_op *op, struct fm_future *future)
{
	struct script *self = FM_CONTAINER_OF(stream, struct script, stream);

	(void)op;
	(void)future;
	self->left = 0;
	self->flushing = false;
	fm_waker_drop(&self->waker);
}

static void play_end(struct fm_stream *stream)
{
	(void)stream;
}

static const struct fm_stream_ops script_ops = {
	"script", play_read, play, play_flush, play, play_cancel, play_end, play_end,
};

#define SCRIPT(...) ({ static const int fm__script[] = { __VA_ARGS__, LATER + 1 }; fm__script; })

struct actor {
	struct fm_async async;
	void *world;
	struct script from;
	struct script to;
	union {
		struct fm_read reading;
		struct fm_write writing;
		struct fm_read_exact exact;
		struct fm_write_all all;
		struct fm_shutdown shutdown;
		struct fm_copy copy;
		struct fm_next_line next;
	};
	struct fm_timeout timeout;
	struct fm_lines lines;
	char bytes[16];
};

static struct fm_stream *script(struct script *self, const int *at)
{
	self->stream.ops = &script_ops;
	self->at = at;
	self->flushes = 0;
	self->flushing = self->unflushed = false;
	self->flush_status = FM_OK;
	return &self->stream;
}

static void judge(const struct fm_future *future, int status, size_t done, size_t due)
{
	HOLDS(future->status == status && done == due, "%s gave %s and %zu, not %s and %zu", future->ops->name,
	      fm_status_name(future->status), done, fm_status_name(status), due);
}

/* Made, and given up before the first poll: nothing was done. */
static void make_and_drop(struct actor *self)
{
	struct fm_stream *stream = script(&self->from, SCRIPT(16));

	DIRTY(&self->reading);
	fm_read_init(&self->reading, stream, self->bytes, 16);
	judge(&self->reading.fut, FM_OK, self->reading.done, 0);
	fm_drop(&self->reading.fut);
	DIRTY(&self->writing);
	fm_write_init(&self->writing, stream, self->bytes, 16);
	judge(&self->writing.fut, FM_OK, self->writing.done, 0);
	fm_drop(&self->writing.fut);
	DIRTY(&self->exact);
	fm_read_exact_init(&self->exact, stream, self->bytes, 16);
	judge(&self->exact.fut, FM_OK, self->exact.done, 0);
	fm_drop(&self->exact.fut);
	DIRTY(&self->all);
	fm_write_all_init(&self->all, stream, self->bytes, 16);
	judge(&self->all.fut, FM_OK, self->all.done, 0);
	fm_drop(&self->all.fut);
	DIRTY(&self->copy);
	fm_copy_init(&self->copy, stream, stream, self->bytes, 16);
	judge(&self->copy.fut, FM_OK, (size_t)self->copy.copied, 0);
	fm_drop(&self->copy.fut);
}

FM_ASYNC(actor)
{
	FM_BEGIN;
	make_and_drop(self);
	FM_AWAIT(fm_read_init(&self->reading, script(&self->from, SCRIPT(LATER, 3)), self->bytes, 16));
	judge(&self->reading.fut, FM_OK, self->reading.done, 3);
	FM_AWAIT(fm_read_init(&self->reading, script(&self->from, SCRIPT(LATER, FM_ERR_RESET)), self->bytes, 16));
	judge(&self->reading.fut, FM_ERR_RESET, self->reading.done, 0);
	FM_AWAIT(fm_write_init(&self->writing, script(&self->to, SCRIPT(LATER, LATER, 16)), self->bytes, 5));
	judge(&self->writing.fut, FM_OK, self->writing.done, 5);
	FM_AWAIT(fm_write_init(&self->writing, script(&self->to, SCRIPT(FM_ERR_IO)), self->bytes, 5));
	judge(&self->writing.fut, FM_ERR_IO, self->writing.done, 0);
	FM_AWAIT(fm_shutdown_init(&self->shutdown, script(&self->to, SCRIPT(LATER, FM_ERR_IO))));
	judge(&self->shutdown.fut, FM_ERR_IO, 0, 0);

	FM_AWAIT(fm_read_exact_init(&self->exact, script(&self->from, SCRIPT(3, LATER, 4, 9)), self->bytes, 16));
	judge(&self->exact.fut, FM_OK, self->exact.done, 16);
	FM_AWAIT(fm_read_exact_init(&self->exact, script(&self->from, SCRIPT(3, LATER, 4, 0)), self->bytes, 16));
	judge(&self->exact.fut, FM_ERR_EOF, self->exact.done, 7);
	FM_AWAIT(fm_read_exact_init(&self->exact, script(&self->from, SCRIPT(3, FM_ERR_RESET)), self->bytes, 16));
	judge(&self->exact.fut, FM_ERR_RESET, self->exact.done, 3);
	FM_AWAIT(fm_read_exact_init(&self->exact, script(&self->from, SCRIPT(0)), self->bytes, 0));
	judge(&self->exact.fut, FM_OK, self->exact.done, 0);

	FM_AWAIT(fm_write_all_init(&self->all, script(&self->to, SCRIPT(3, LATER, 4, 9)), self->bytes, 16));
	judge(&self->all.fut, FM_OK, self->all.done, 16);
	FM_AWAIT(fm_write_all_init(&self->all, script(&self->to, SCRIPT(3, LATER, 0)), self->bytes, 16));
	judge(&self->all.fut, FM_ERR_WRITE_ZERO, self->all.done, 3);
	FM_AWAIT(fm_write_all_init(&self->all, script(&self->to, SCRIPT(3, FM_ERR_BROKEN_PIPE)), self->bytes, 16));
	judge(&self->all.fut, FM_ERR_BROKEN_PIPE, self->all.done, 3);
	FM_AWAIT(fm_write_all_init(&self->all, script(&self->to, SCRIPT(0)), self->bytes, 0));
	judge(&self->all.fut, FM_OK, self->all.done, 0);

	FM_AWAIT(fm_copy_init(&self->copy, script(&self->from, SCRIPT(LATER, 9, 9, LATER, 2, 0)),
			      script(&self->to, SCRIPT(4, LATER, 3, 16)), self->bytes, 16));
	judge(&self->copy.fut, FM_OK, (size_t)self->copy.copied, 20);
	HOLDS(!self->copy.failed && self->to.flushes >= 1 && !self->to.unflushed, "flushed %u times, and not at the end",
	      self->to.flushes);
	FM_AWAIT(fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, LATER, FM_ERR_RESET)),
			      script(&self->to, SCRIPT(4, 16)), self->bytes, 16));
	judge(&self->copy.fut, FM_ERR_RESET, (size_t)self->copy.copied, 5);
	HOLDS(self->copy.failed == &self->from.stream, "it says that the other side failed");
	FM_AWAIT(fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, 5, 0)),
			      script(&self->to, SCRIPT(4, LATER, 1, FM_ERR_BROKEN_PIPE)), self->bytes, 16));
	judge(&self->copy.fut, FM_ERR_BROKEN_PIPE, (size_t)self->copy.copied, 5);
	HOLDS(self->copy.failed == &self->to.stream, "it says that the other side failed");
	FM_AWAIT(fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, 5, 0)), script(&self->to, SCRIPT(4, 0)),
			      self->bytes, 16));
	judge(&self->copy.fut, FM_ERR_WRITE_ZERO, (size_t)self->copy.copied, 4);

	/* The flush fails while a read waits. */
	fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, NEVER, NEVER)), script(&self->to, SCRIPT(16)), self->bytes, 16);
	self->to.flush_status = FM_ERR_IO;
	FM_AWAIT(&self->copy.fut);
	judge(&self->copy.fut, FM_ERR_IO, self->from.left, 0);
	HOLDS(self->copy.failed == &self->to.stream, "it says that the other side failed");

	/* Given up in the middle: both sides are told. */
	FM_AWAIT(fm_timeout_init(&self->timeout,
				 fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, 5, 0)),
					      script(&self->to, SCRIPT(4, NEVER, NEVER)), self->bytes, 16), FM_MS));
	judge(&self->timeout.fut, FM_ERR_TIMEOUT, self->from.left + self->to.left, 0);
	FM_AWAIT(fm_timeout_init(&self->timeout,
				 fm_copy_init(&self->copy, script(&self->from, SCRIPT(5, NEVER, NEVER)),
					      script(&self->to, SCRIPT(16)), self->bytes, 16), FM_MS));
	judge(&self->timeout.fut, FM_ERR_TIMEOUT, self->from.left + self->to.left, 0);

	fm_lines_init(&self->lines, script(&self->from, SCRIPT(3, LATER, FM_ERR_RESET)), self->bytes, 16);
	FM_AWAIT(fm_next_line_init(&self->next, &self->lines));
	judge(&self->next.fut, FM_ERR_RESET, 0, 0);
	FM_AWAIT(fm_next_line_init(&self->next, &self->lines));
	judge(&self->next.fut, FM_ERR_CLOSED, 0, 0);
	HOLDS(self->from.left == 0 && self->to.left == 0, "an operation was left under way");
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	fm_sim_start(PRIMITIVE_TASK(fm_sim_host(sim, "host"), actor, state));
}

FM_SCENARIO(primitive_stream_errors) = {
	.name = "primitive/stream-errors",
	.claim = "an error of a stream comes through as it is, after what was done before it, and names its side",
	.file = __FILE__,
	.state_bytes = 1,
	.faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
};
