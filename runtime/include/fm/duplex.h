/*
 * fm/duplex.h -- a pipe in memory with two ends; what one writes, the other reads.
 *
 * Behaves as a connected socket does, without a network: for tests, and for tasks that talk in bytes.
 */
#ifndef FM_DUPLEX_H
#define FM_DUPLEX_H

#include <fm/stream.h>

struct fm_duplex;

/*
 * fm_duplex_new -- two connected ends, each direction holding up to capacity_bytes.
 *
 * Errors:    FM_ERR_INVALID: a capacity of 0 or an absurd one; FM_ERR_NOMEM. *a and *b are untouched then.
 * Ownership: each end is its owner's until fm_duplex_free; both belong to one executor.
 * Cost:      one allocation for both.
 */
int fm_duplex_new(size_t capacity_bytes, struct fm_duplex **a, struct fm_duplex **b);

/*
 * The end as a stream. Writing to an end whose peer has closed gives FM_ERR_BROKEN_PIPE, at once also where
 * it waited; reading gives what is left, then the end of the stream. Of no bytes, both are ready at once.
 */
struct fm_stream *fm_duplex_stream(struct fm_duplex *end);

/* fm_duplex_free -- close the end and give it back. Futures on it are dropped before. NULL: nothing. */
void fm_duplex_free(struct fm_duplex *end);

#endif
