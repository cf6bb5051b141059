/*
 * fm/fuse.h -- polling what may have ended already.
 *
 * Elsewhere a fuse is a future around a future. Here every future knows by itself that it has ended (its
 * contract is checked by that), so a wrapper would only hide it: a fused future is a way of polling. In a
 * select it is the branch FM_FUSED(future), disabled from the round after the one it won, so that the
 * select may say FM_ERR_EMPTY when nothing is left; a join polls what has ended never again; a poll of
 * one's own uses fm_poll_fused.
 */
#ifndef FM_FUSE_H
#define FM_FUSE_H

#include <fm/future.h>

/*
 * fm_poll_fused -- poll a future; where it is READY or dropped already: PENDING, and nobody will be woken.
 * READY is given once. Cost: one branch above fm_poll.
 */
static inline enum fm_poll fm_poll_fused(struct fm_future *future, struct fm_context *cx)
{
	return fm_future_live(future) ? fm_poll(future, cx) : FM_PENDING;
}

#endif
