/*
 * fm/barrier.h -- a number of tasks wait for each other, again and again.
 *
 * A future arrives when it is first polled; the one that completes the number is the round's leader, is
 * READY at once, and lets the others go. One that is dropped while it waits has not arrived: the round needs
 * another.
 */
#ifndef FM_BARRIER_H
#define FM_BARRIER_H

#include <fm/waitq.h>

struct fm_barrier {
	struct fm_waitq waiters;
	uint32_t parties; /* that make a round */
	uint32_t arrived; /* in this round and waiting; below parties */
};

/*
 * fm_barrier_init -- for rounds of `parties` futures.
 *
 * Errors: FM_OK; FM_ERR_INVALID: a round of nobody would never begin; *self is untouched.
 */
int fm_barrier_init(struct fm_barrier *self, uint32_t parties);

/* fm_barrier_drop -- the end of its memory. Errors: a broken contract while somebody waits. */
void fm_barrier_drop(struct fm_barrier *self);

/*
 * fm_barrier_wait_init -- arrive, and wait for the rest of the round.
 *
 * Errors:    at READY, fut.status is FM_OK; wait->leader is true for one of each round, the last to arrive.
 * Ownership: the caller keeps self, unmoved, and the barrier until READY or drop.
 * Cancel:    LOSSY: a round that is complete has gone on with this one in it, polled or not. Before that drop
 *            takes the arrival back.
 * Order:     those of a round are woken in the order of arrival.
 * Cost:      O(1); the leader O(parties); no allocation, no system call.
 */
struct fm_barrier_wait {
	struct fm_future fut;
	struct fm_barrier *barrier;
	struct fm_waiter waiter;
	bool leader;
	bool waiting;  /* has arrived */
	bool released; /* its round is complete */
};

struct fm_future *fm_barrier_wait_init(struct fm_barrier_wait *self, struct fm_barrier *barrier);

#endif
