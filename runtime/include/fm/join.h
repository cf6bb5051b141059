/*
 * fm/join.h -- wait for all of several futures, in one task.
 *
 * Every poll polls all that have not ended, since a task's wake does not say for which of them it is. The
 * poll starts one further each time, so that no branch can spend the whole budget of every poll before the
 * others.
 */
#ifndef FM_JOIN_H
#define FM_JOIN_H

#include <fm/fill.h>
#include <fm/future.h>

struct fm_join {
	struct fm_future fut;
	struct fm_future *const *futures;
	uint32_t count;
	uint32_t start; /* which is polled first next time */
};

/*
 * fm_join_init -- READY when all are.
 *
 * Errors:    fut.status is FM_OK; each future has its own status. No futures at all: READY at once.
 * Ownership: the futures are the join's until they are READY; their outputs are read from them. One that is
 *            READY already is not polled. The array is the caller's, unchanged and unmoved until READY or
 *            drop.
 * Cancel:    drops those that have not ended, in order; results of those that have ended stay readable.
 * Order:     polled in order, round from a start that moves by one each poll.
 * Cost:      O(count) a poll; no allocation.
 */
struct fm_future *fm_join_init(struct fm_join *self, struct fm_future *const *futures, uint32_t count);

struct fm_try_join {
	struct fm_join join; /* join.fut is the future */
	uint32_t failed;     /* at READY: whose status it is; UINT32_MAX: all went well */
};

/*
 * fm_try_join_init -- the same, ending with the first future whose status is negative.
 *
 * Errors:    join.fut.status is FM_OK, or that of the future which failed first, in the order of polling.
 * Cancel:    as fm_join_init.
 * Ownership, Order, Cost: as fm_join_init; the others are dropped, in order, before it is READY.
 */
struct fm_future *fm_try_join_init(struct fm_try_join *self, struct fm_future *const *futures,
				   uint32_t count);

/* Fill `array` (struct fm_future *[] in the frame) from up to 16 futures, in order, and give the join. */
#define FM_JOIN(join, array, ...)                                                                  \
	(FM__FILL(FM__PUT_FUTURE, array, __VA_ARGS__),                                             \
	 fm_join_init((join), (array), FM__FIT(array, __VA_ARGS__)))
#define FM_TRY_JOIN(join, array, ...)                                                              \
	(FM__FILL(FM__PUT_FUTURE, array, __VA_ARGS__),                                             \
	 fm_try_join_init((join), (array), FM__FIT(array, __VA_ARGS__)))

#endif
