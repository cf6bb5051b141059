/*
 * fm/interval.h -- ticks at a fixed period that do not drift.
 *
 * Each tick is due one period after the last was due, not after it was taken. What happens to a program
 * that takes a tick too late is its choice; the three behaviours are those of tokio's MissedTickBehavior,
 * and as there they apply to ticks taken more than 5 ms late: less counts as the imprecision of timers.
 */
#ifndef FM_INTERVAL_H
#define FM_INTERVAL_H

#include <fm/timer.h>

enum fm_interval_behaviour {
	FM_INTERVAL_BURST, /* ticks at once, until it has caught up */
	FM_INTERVAL_DELAY, /* the next is due one period after this one was taken */
	FM_INTERVAL_SKIP,  /* the next is the first in the future that is whole periods behind this one */
};

#define FM_INTERVAL_SLACK_NS (5 * FM_MS)

struct fm_interval {
	fm_ns period_ns;
	fm_ns next_ns; /* when the next tick is due */
	enum fm_interval_behaviour behaviour;
	bool begun; /* false: the first tick says what "now" was */
};

/*
 * fm_interval_init -- the first tick is due now (no executor runs yet: at its first poll).
 * Errors: FM_OK, or FM_ERR_INVALID: the period is 0. Nothing to give back later.
 */
int fm_interval_init(struct fm_interval *self, fm_ns period_ns, enum fm_interval_behaviour behaviour);

/* fm_interval_at_init -- the same with the first tick due at start_ns. */
int fm_interval_at_init(struct fm_interval *self, fm_ns start_ns, fm_ns period_ns,
			enum fm_interval_behaviour behaviour);

struct fm_interval_tick {
	struct fm_future fut;
	struct fm_interval *interval;
	struct fm_timer timer;
	fm_ns due_ns; /* at READY: when this tick was due, which may be earlier than now */
};

/*
 * fm_interval_tick_init -- wait for the next tick.
 *
 * Errors:    fut.status is FM_OK.
 * Ownership: borrows the interval, unmoved until READY or drop.
 * Cancel:    SAFE: a tick is taken only by a READY.
 * Order:     of several that wait for one interval each tick goes to the first that is polled.
 * Cost:      as a sleep; no allocation. A period that reaches beyond the end of time is due never again.
 */
struct fm_future *fm_interval_tick_init(struct fm_interval_tick *self, struct fm_interval *interval);

#endif
