/*
 * fm/select.h -- wait for the first of several futures.
 *
 *     struct fm_select select;
 *     struct fm_branch branch[3];
 *     ...
 *     FM_AWAIT(FM_SELECT(&self->select, self->branch,
 *                        fm_sleep_init(&self->sleep, FM_SEC),
 *                        FM_KEEP(&self->lock.fut),
 *                        FM_IF(self->open, fm_chan_recv_init(&self->recv, self->chan, &self->item))));
 *     switch (self->select.winner) { case 0: ... }
 *
 * A branch is owned, and dropped when it loses; or kept (by reference), for the next round. What an owned
 * branch loses by being dropped, its own header says under "Cancel". A kept branch that lost is polled by
 * nobody until the next select: whatever it is granted meanwhile it holds, so never wait in between for
 * what it waits for.
 */
#ifndef FM_SELECT_H
#define FM_SELECT_H

#include <fm/fill.h>
#include <fm/future.h>

enum {
	FM_BRANCH_KEEP = 1,  /* the caller's: not dropped when it loses, nor with the select */
	FM_BRANCH_FUSED = 2, /* with KEEP: disabled once its future has ended, not a broken contract */
};

struct fm_branch {
	struct fm_future *future; /* NULL: disabled */
	uint32_t flags;
};

#define FM_SELECT_NONE UINT32_MAX          /* every branch was disabled */
#define FM_SELECT_DEFAULT (UINT32_MAX - 1) /* no branch was ready at once */

struct fm_select {
	struct fm_future fut;
	struct fm_branch *branches;
	uint32_t count;
	uint32_t winner; /* at READY: the branch that won, FM_SELECT_NONE, or FM_SELECT_DEFAULT */
	bool biased;
	bool defaults;
};

/*
 * fm_select_init -- poll the branches until one is READY.
 *
 * Errors:    fut.status is the winner's own status; FM_ERR_EMPTY with winner FM_SELECT_NONE: all were
 *            disabled.
 * Ownership: owned branches are the select's from here on: the losers are dropped, in the order of
 *            branches, before the select is READY, and all of them with the select. The winner's outputs
 *            may be read. The array is the caller's, unchanged and unmoved until READY or drop.
 * Cancel:    what its owned branches say; kept ones are not touched.
 * Order:     each poll starts at a branch drawn among the enabled (site "select", no draw where only one is
 *            enabled) and goes round from there; the first that is READY wins and later ones are not polled.
 * Cost:      O(count) a poll; no allocation. Asks no budget of its own: its branches do.
 */
struct fm_future *fm_select_init(struct fm_select *self, struct fm_branch *branches, uint32_t count);

/*
 * fm_select_biased_init -- the same, always in the order of branches, without a draw.
 * An early branch that is always ready starves the later ones: that is the caller's to want.
 */
struct fm_future *fm_select_biased_init(struct fm_select *self, struct fm_branch *branches, uint32_t count);

/*
 * fm_select_default_init -- as fm_select_init, but READY at its first poll in any case: where no branch is
 * ready (or its budget is spent, or none is enabled) winner is FM_SELECT_DEFAULT, status FM_OK, and owned
 * branches are dropped. It never waits: a loop around it needs another await, or it keeps the thread to
 * itself.
 */
struct fm_future *fm_select_default_init(struct fm_select *self, struct fm_branch *branches, uint32_t count);

static inline struct fm_branch fm__branch_own(struct fm_future *future)
{
	return (struct fm_branch){ future, 0 };
}

static inline struct fm_branch fm__branch_flags(struct fm_future *future, uint32_t flags)
{
	return (struct fm_branch){ future, flags };
}

static inline struct fm_branch fm__branch_same(struct fm_branch branch)
{
	return branch;
}

#define FM__BRANCH(x)                                                                              \
	_Generic((x), struct fm_branch: fm__branch_same, struct fm_future *: fm__branch_own)(x)
#define FM__PUT_BRANCH(array, i, x) ((array)[i] = FM__BRANCH(x))

/* A branch by reference. */
#define FM_KEEP(future) (fm__branch_flags((future), FM_BRANCH_KEEP))

/* A branch by reference, disabled from the select after the one that it has won (fm/fuse.h). */
#define FM_FUSED(future) (fm__branch_flags((future), FM_BRANCH_KEEP | FM_BRANCH_FUSED))

/* A branch that is enabled where `condition` holds as the select is made; else `x` is not even evaluated. */
#define FM_IF(condition, x) ((condition) ? FM__BRANCH(x) : fm__branch_own(NULL))

/* Fill `array`, a field of the frame, from up to 16 branches, in order, and give the select. */
#define FM_SELECT(select, array, ...)                                                              \
	(FM__FILL(FM__PUT_BRANCH, array, __VA_ARGS__),                                             \
	 fm_select_init((select), (array), FM__FIT(array, __VA_ARGS__)))
#define FM_SELECT_BIASED(select, array, ...)                                                       \
	(FM__FILL(FM__PUT_BRANCH, array, __VA_ARGS__),                                             \
	 fm_select_biased_init((select), (array), FM__FIT(array, __VA_ARGS__)))
#define FM_SELECT_OR_DEFAULT(select, array, ...)                                                   \
	(FM__FILL(FM__PUT_BRANCH, array, __VA_ARGS__),                                             \
	 fm_select_default_init((select), (array), FM__FIT(array, __VA_ARGS__)))

#endif
