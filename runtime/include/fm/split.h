/*
 * fm/split.h -- the two halves of one stream, each with an owner of its own.
 *
 * Both halves are streams. They share the split, which lives in the caller's memory; `released` says when
 * the last half has been dropped, so that two tasks can own it together: the last one gives the memory back
 * there.
 */
#ifndef FM_SPLIT_H
#define FM_SPLIT_H

#include <fm/stream.h>

struct fm_split {
	struct fm_stream *whole;
	struct fm_stream reader; /* reads; writing gives FM_ERR_UNSUPPORTED */
	struct fm_stream writer; /* writes; reading gives FM_ERR_UNSUPPORTED */
	bool reader_held;
	bool writer_held;
	void (*released)(struct fm_split *self); /* NULL: nobody wants to know */
};

/*
 * fm_split_init -- split `whole`, which nobody uses otherwise from now on.
 * Ownership: self and whole stay where they are until `released` was called; called last, it may free both.
 */
void fm_split_init(struct fm_split *self, struct fm_stream *whole, void (*released)(struct fm_split *self));

/*
 * fm_split_drop_reader, fm_split_drop_writer -- give a half up; given up already: nothing. fm_stream_close
 * on the half does the same. Dropping the writer ends writing at once (the peer reads to the end); dropping
 * both closes. Futures on a half are dropped before it.
 */
void fm_split_drop_reader(struct fm_split *self);
void fm_split_drop_writer(struct fm_split *self);

#endif
