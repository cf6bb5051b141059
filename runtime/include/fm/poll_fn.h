/*
 * fm/poll_fn.h -- a future from a C function.
 */
#ifndef FM_POLL_FN_H
#define FM_POLL_FN_H

#include <fm/future.h>

struct fm_poll_fn {
	struct fm_future fut;
	enum fm_poll (*poll)(void *arg, struct fm_context *cx, int *status);
	void *arg;
};

/*
 * fm_poll_fn_init -- each poll calls poll(arg, cx, &status), under the contract of fm/future.h.
 *
 * Errors:    fut.status is what the function left in *status as it said READY; FM_OK unless it wrote there.
 * Ownership: arg is the caller's.
 * Cancel:    as the function does: it is not told of a drop, so futures it polls are the caller's to drop.
 * Cost:      one indirect call. Asks no budget: a function that takes effect asks fm_coop(cx) itself.
 */
struct fm_future *fm_poll_fn_init(struct fm_poll_fn *self,
				  enum fm_poll (*poll)(void *arg, struct fm_context *cx, int *status),
				  void *arg);

#endif
