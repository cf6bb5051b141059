/* The layout of a watch channel: one value and the number of its version. */
#ifndef FM_WATCH_INTERNAL_H
#define FM_WATCH_INTERNAL_H

#include "internal.h"

#include <fm/watch.h>

struct fm__watch {
	uint64_t version;
	size_t rxs;
	size_t txs;
	struct fm_waitq receivers;
	struct fm_waitq closers;
	void (*item_drop)(void *item);
	struct fm_env *env;
	size_t item_bytes;
	char value[] __attribute__((aligned(8)));
};

struct fm_watch_rx {
	struct fm__watch *chan;
	uint64_t seen; /* a version */
};

static inline struct fm__watch *fm__watch_of(const struct fm_watch_tx *tx)
{
	return (struct fm__watch *)tx;
}

#endif
