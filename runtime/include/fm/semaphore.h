/*
 * fm/semaphore.h -- a fair counting semaphore in its owner's memory.
 *
 * First come, first served, all permits of a request at once: a request waits until the whole of it is free,
 * and whoever comes later waits behind it even for less. So a large request is never starved, and a small
 * one may wait while permits lie idle. A permit is a number, not a guard: whoever acquired n releases n.
 *
 * Permits are handed over at the release: they belong to the oldest request from then on, polled or not.
 */
#ifndef FM_SEMAPHORE_H
#define FM_SEMAPHORE_H

#include <fm/async.h>
#include <fm/waitq.h>

struct fm_semaphore {
	struct fm_waitq requests; /* ungranted; the first needs more than is free */
	uint64_t free;            /* permits nobody has */
	uint64_t unclaimed;       /* permits granted to futures that have not been polled since */
	bool closed;              /* for good */
};

struct fm_semaphore_acquire {
	struct fm_future fut;
	struct fm_semaphore *semaphore;
	struct fm_waiter waiter;
	uint64_t permits;
	uint32_t state; /* idle, waiting or granted */
};

/*
 * fm_semaphore_init -- any number of permits, 0 and UINT64_MAX included.
 */
void fm_semaphore_init(struct fm_semaphore *self, uint64_t permits);

/*
 * fm_semaphore_drop -- the end of its memory. Permits that are still out are forgotten.
 *
 * Errors: a broken contract while a request waits, or was granted and neither polled nor dropped since.
 */
void fm_semaphore_drop(struct fm_semaphore *self);

/*
 * fm_semaphore_acquire_init -- wait for `permits` permits.
 *
 * Shape:      any number; 0 takes nothing but waits for its turn; more than there will ever be waits for
 *             ever.
 * Errors:     at READY, fut.status is
 *               FM_OK          all of them are the caller's, who releases them
 *               FM_ERR_CLOSED  closed before they were granted; none was taken
 * Ownership:  the caller keeps self, unmoved, and the semaphore until READY or drop.
 * Cancel:     SAFE: drop leaves the queue, gives back what had been granted, and serves who waits behind. Its
 *             place in the queue is lost.
 * Order:      first come, first served, in the order of the first poll that found too few.
 * Cost:       O(1), and O(1) a request that a drop lets go; no allocation, no system call.
 */
struct fm_future *fm_semaphore_acquire_init(struct fm_semaphore_acquire *self, struct fm_semaphore *semaphore,
					    uint64_t permits);

/*
 * fm_semaphore_try_acquire -- take them now or not at all.
 *
 * Errors: FM_OK; FM_ERR_BUSY: too few are free, or an older request waits; FM_ERR_CLOSED. Nothing is taken
 *         but at FM_OK.
 * Cost:   O(1).
 */
int fm_semaphore_try_acquire(struct fm_semaphore *self, uint64_t permits);

/*
 * fm_semaphore_release -- give permits back, or add new ones, and grant the oldest requests that can be.
 *
 * Errors: FM_OK; FM_ERR_OVERFLOW: those not held would be more than UINT64_MAX; nothing changed.
 * Order:  requests are granted, then woken, oldest first.
 * Cost:   O(1) and O(1) a request granted. Legal on a closed semaphore.
 */
int fm_semaphore_release(struct fm_semaphore *self, uint64_t permits);

/*
 * fm_semaphore_forget -- take up to `permits` free permits out of the world; gives how many there were.
 * Granted and held ones are not touched, and a closed semaphore stays closed.
 */
uint64_t fm_semaphore_forget(struct fm_semaphore *self, uint64_t permits);

/*
 * fm_semaphore_close -- no more permits, for good: waiting and later requests get FM_ERR_CLOSED. What was
 * granted before stays granted. Closing twice does nothing. Order: woken oldest first. Cost: O(requests).
 */
void fm_semaphore_close(struct fm_semaphore *self);

/* fm_semaphore_available -- permits that are free now; a queue in front of them may still say no. */
static inline uint64_t fm_semaphore_available(const struct fm_semaphore *self)
{
	return self->free;
}

static inline bool fm_semaphore_closed(const struct fm_semaphore *self)
{
	return self->closed;
}

/*
 * fm_semaphore_defer_release -- give `permits` back when the async function returns or is dropped. Called
 * right after the await that acquired them; fm_undefer takes it back. `guard` is a field of the frame.
 */
struct fm_semaphore_guard {
	struct fm_defer defer;
	struct fm_semaphore *semaphore;
	uint64_t permits;
};

void fm_semaphore_defer_release(struct fm_async *async, struct fm_semaphore_guard *guard,
				struct fm_semaphore *semaphore, uint64_t permits);

#endif
