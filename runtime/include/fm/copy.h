/*
 * fm/copy.h -- move all bytes of one stream into another, through a buffer of the caller's.
 */
#ifndef FM_COPY_H
#define FM_COPY_H

#include <fm/stream.h>

/*
 * fm_copy_init -- read until the end of `from`, write it all into `to`, and flush; `to` is not shut down.
 *
 * Shape:     buffer points to buffer_bytes >= 1 writable bytes.
 * Errors:    at READY, fut.status is
 *              FM_OK              all was copied: self->copied bytes
 *              FM_ERR_INVALID     the buffer is empty
 *              FM_ERR_WRITE_ZERO  `to` took none; others: those of the stream that self->failed names
 * Ownership: the caller keeps self, both streams and the buffer, unmoved, until READY or drop.
 * Cancel:    LOSSY: what was read and not yet written is buffer[at] up to buffer[filled]; write that first.
 * Order:     what was written is flushed before a wait for more.
 * Cost:      two tries for each buffer's worth; no allocation.
 */
struct fm_copy {
	struct fm_future fut;
	struct fm_stream *from;
	struct fm_stream *to;
	struct fm_stream *failed; /* whose error the status is; NULL: nobody's */
	struct fm_stream_op reading;
	struct fm_stream_op writing;
	char *buffer;
	size_t buffer_bytes;
	size_t at; /* buffer[at] to buffer[filled] is read and not yet written */
	size_t filled;
	uint64_t copied; /* written; readable at all times */
	bool at_end;     /* of `from` */
	bool unflushed;
	bool flushing; /* `writing` may wait for a flush */
};

struct fm_future *fm_copy_init(struct fm_copy *self, struct fm_stream *from, struct fm_stream *to,
			       void *buffer, size_t buffer_bytes);

#endif
