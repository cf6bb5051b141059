/*
 * fm/once_cell.h -- a value that is made once, by whoever needs it first.
 *
 * Everybody brings a future that could make the value, and one at a time is run: in the task, and at the
 * pace, of the one that brought it. Where it fails or is cancelled the next in the queue runs its own. The
 * value's memory is the caller's; the cell only says whether it holds one. It belongs to one executor.
 */
#ifndef FM_ONCE_CELL_H
#define FM_ONCE_CELL_H

#include <fm/waitq.h>

struct fm_once_get;

struct fm_once_cell {
	struct fm_waitq waiters;   /* not empty only while there is a maker */
	struct fm_once_get *maker; /* runs its future, or was told to; NULL: nobody */
	void *value;               /* where the futures make it */
	bool set;
};

/*
 * fm_once_cell_init -- empty.
 * Shape: value points to where the futures will make it, and is not NULL; the cell never looks at it.
 */
void fm_once_cell_init(struct fm_once_cell *self, void *value);

/*
 * fm_once_cell_drop -- the end of its memory; the value is the caller's to clean up.
 * Errors: a broken contract while a future makes the value or waits for it.
 */
void fm_once_cell_drop(struct fm_once_cell *self);

/* fm_once_cell_value -- the value; NULL: not made yet. */
static inline void *fm_once_cell_value(const struct fm_once_cell *self)
{
	return self->set ? self->value : NULL;
}

/*
 * fm_once_get_init -- have the value made, with `make` if need be.
 *
 * Errors:    at READY, fut.status is
 *              FM_OK  the value is there: fm_once_cell_value gives it
 *              else   what `make` returned instead; the value isn't there, and who waits behind tries in turn
 * Ownership: `make` belongs to self from here on: it is READY or dropped when self is, polled or not. The
 *            caller keeps self and make, unmoved, and the cell until READY or drop.
 * Cancel:    RESTARTS: drop drops a `make` under way with what it did so far, and the next begins its own
 *            from the start. A waiter's drop loses nothing but its place.
 * Order:     first come, first served, in the order of the first poll.
 * Cost:      O(1) above that of `make`; O(waiters) when the value is made; no allocation, no system call.
 */
struct fm_once_get {
	struct fm_future fut;
	struct fm_once_cell *cell;
	struct fm_future *make;
	struct fm_waiter waiter;
	bool waiting; /* has queued */
};

struct fm_future *fm_once_get_init(struct fm_once_get *self, struct fm_once_cell *cell,
				   struct fm_future *make);

#endif
