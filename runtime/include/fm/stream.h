/*
 * fm/stream.h -- a stream of bytes in both directions: what a socket, an in-memory pipe and a layer upon
 * them share.
 *
 * Underneath are tries: poll_read and its like either do something now or put the operation's waiter where
 * it will be woken. The futures here are for use; the tries are for who writes a stream or a reader on top
 * of one.
 */
#ifndef FM_STREAM_H
#define FM_STREAM_H

#include <fm/waitq.h>

/* One operation under way on a stream; a field of its future. */
struct fm_stream_op {
	struct fm_waiter waiter;
	union {
		void *into;       /* poll_read: count writable bytes */
		const void *from; /* poll_write: count bytes */
	};
	size_t count;
	size_t done; /* how many bytes the last try moved */
};

static inline void fm_stream_op_init(struct fm_stream_op *op)
{
	fm_waiter_init(&op->waiter);
	op->into = NULL;
	op->count = 0;
	op->done = 0;
}

struct fm_stream;

/*
 * What a stream implements; none is NULL. The four tries give FM_ERR_AGAIN (the future returns PENDING: the
 * waiter waits, or the budget was spent and the task is woken), and anything else at READY, the waiter
 * waiting nowhere. Each asks fm_coop before it takes effect. One that fails has moved nothing. An operation
 * waits in one direction at a time: cancel it before it is used for another kind of try.
 */
struct fm_stream_ops {
	const char *name;
	/* FM_OK with 0 bytes: the end of the stream, or count was 0. */
	int (*poll_read)(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx);
	int (*poll_write)(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx);
	/* What a buffer of the stream's own holds goes on its way. */
	int (*poll_flush)(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx);
	/* Flush, then no more writing: the peer reads to the end of the stream. A second time does nothing. */
	int (*poll_shutdown)(struct fm_stream *self, struct fm_stream_op *op, struct fm_context *cx);
	/* The future of this operation is dropped. Not waiting: nothing. */
	void (*cancel)(struct fm_stream *self, struct fm_stream_op *op, struct fm_future *future);
	/* End writing at once, as far as that goes without waiting; for who drops a half. */
	void (*end_write)(struct fm_stream *self);
	/* Close both directions at once; all that wait see FM_ERR_CLOSED. Closed already: nothing. */
	void (*close)(struct fm_stream *self);
};

struct fm_stream {
	const struct fm_stream_ops *ops;
};

static inline void fm_stream_close(struct fm_stream *stream)
{
	stream->ops->close(stream);
}

/*
 * fm_read_init -- read some bytes, as many as there are now.
 *
 * Shape:     into points to count writable bytes.
 * Errors:    at READY, fut.status is
 *              FM_OK           self->done bytes were read; 0: end of the stream, or count was 0
 *              FM_ERR_CLOSED   closed on this side
 *              FM_ERR_RESET    and others, as the stream gives them
 * Ownership: the caller keeps self, stream and into, unmoved, until READY or drop.
 * Cancel:    SAFE: bytes are taken from the stream only at READY.
 * Order:     readers that wait are woken together, oldest first; the one polled first takes what there is.
 * Cost:      a socket's: at most one system call a poll.
 */
struct fm_read {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
	size_t done; /* at READY */
};

struct fm_future *fm_read_init(struct fm_read *self, struct fm_stream *stream, void *into, size_t count);

/*
 * fm_write_init -- write some bytes, as many as fit now.
 *
 * Errors:    at READY, fut.status is
 *              FM_OK               self->done bytes were written, at least 1 unless count was 0
 *              FM_ERR_CLOSED       closed on this side
 *              FM_ERR_BROKEN_PIPE  the peer has closed, or writing was shut down; and others of the stream's
 * Ownership: the caller keeps self, stream and from, unmoved, until READY or drop.
 * Cancel:    SAFE: bytes are given to the stream only at READY.
 * Cost:      a socket's: at most one system call a poll.
 */
struct fm_write {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
	size_t done; /* at READY */
};

struct fm_future *fm_write_init(struct fm_write *self, struct fm_stream *stream, const void *from,
				size_t count);

/*
 * fm_flush_init -- wait until what the stream buffers itself has gone to what lies below. Sockets buffer
 * nothing themselves. Errors: FM_OK, FM_ERR_CLOSED, those of a write. Cancel: SAFE: flush again.
 */
struct fm_flush {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
};

struct fm_future *fm_flush_init(struct fm_flush *self, struct fm_stream *stream);

/*
 * fm_shutdown_init -- flush and end the writing half; reading goes on.
 * Errors: FM_OK (also a second time), FM_ERR_CLOSED, FM_ERR_NOT_CONNECTED, those of a write.
 * Cancel: SAFE: shut down again.
 */
struct fm_shutdown {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
};

struct fm_future *fm_shutdown_init(struct fm_shutdown *self, struct fm_stream *stream);

/*
 * fm_write_all_init -- write all of count bytes.
 *
 * Errors:    at READY, fut.status is FM_OK; FM_ERR_WRITE_ZERO: the stream took none; those of a write
 * Ownership: the caller keeps self, stream and from, unmoved, until READY or drop.
 * Cancel:    LOSSY: self->done bytes are gone into the stream, also when it failed; go on with from + done.
 * Order:     the parts of two write_alls on one stream may interleave; lock where that matters.
 */
struct fm_write_all {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
	const char *from;
	size_t count;
	size_t done; /* readable at all times, after a drop too */
};

struct fm_future *fm_write_all_init(struct fm_write_all *self, struct fm_stream *stream, const void *from,
				    size_t count);

/*
 * fm_read_exact_init -- read exactly count bytes.
 *
 * Errors:    at READY, fut.status is FM_OK; FM_ERR_EOF: the stream ended after self->done; those of a read
 * Ownership: the caller keeps self, stream and into, unmoved, until READY or drop.
 * Cancel:    LOSSY: self->done bytes were taken from the stream and are in `into`; go on with into + done.
 *            In a select read with a reader that keeps what it has, as fm/lines.h does.
 */
struct fm_read_exact {
	struct fm_future fut;
	struct fm_stream *stream;
	struct fm_stream_op op;
	char *into;
	size_t count;
	size_t done; /* readable at all times, after a drop too */
};

struct fm_future *fm_read_exact_init(struct fm_read_exact *self, struct fm_stream *stream, void *into,
				     size_t count);

#endif
