/*
 * fm/race.h -- the first of several futures that are all owned: a select without kept or disabled branches.
 */
#ifndef FM_RACE_H
#define FM_RACE_H

#include <fm/fill.h>
#include <fm/future.h>

struct fm_race {
	struct fm_future fut;
	struct fm_future *const *futures;
	uint32_t count;
	uint32_t winner; /* at READY: whose status it is; UINT32_MAX where there was none to race */
};

/*
 * fm_race_init -- poll all until one is READY.
 *
 * Errors:    fut.status is the winner's own status, good or bad; FM_ERR_EMPTY: count is 0.
 * Ownership: the futures are the race's: losers are dropped, in order, before it is READY. The array is the
 *            caller's, unchanged and unmoved until READY or drop.
 * Cancel:    what its futures say.
 * Order:     as fm_select_init: each poll starts at a drawn one.
 * Cost:      O(count) a poll; no allocation.
 */
struct fm_future *fm_race_init(struct fm_race *self, struct fm_future *const *futures, uint32_t count);

/* Fill `array` (struct fm_future *[] in the frame) from up to 16 futures, in order, and give the race. */
#define FM_RACE(race, array, ...)                                                                  \
	(FM__FILL(FM__PUT_FUTURE, array, __VA_ARGS__),                                             \
	 fm_race_init((race), (array), FM__FIT(array, __VA_ARGS__)))

#endif
