/*
 * fm/ready.h -- a future that has ended before it began: a status where a future is asked for.
 */
#ifndef FM_READY_H
#define FM_READY_H

#include <fm/future.h>

struct fm_ready {
	struct fm_future fut;
	int result;
};

/*
 * fm_ready_init -- READY with `status`, at its first poll that has budget.
 * Errors: fut.status is `status`. Cancel: SAFE. Cost: O(1), one unit of budget, as every leaf.
 */
struct fm_future *fm_ready_init(struct fm_ready *self, int status);

#endif
