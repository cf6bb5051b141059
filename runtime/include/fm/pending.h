/*
 * fm/pending.h -- a future that never ends: a branch that never wins, a task that only an abort stops.
 */
#ifndef FM_PENDING_H
#define FM_PENDING_H

#include <fm/future.h>

struct fm_pending {
	struct fm_future fut;
	struct fm_waker waker; /* kept as the contract asks, and never woken */
};

/* fm_pending_init -- PENDING, always. Cancel: SAFE. Cost: O(1). */
struct fm_future *fm_pending_init(struct fm_pending *self);

#endif
