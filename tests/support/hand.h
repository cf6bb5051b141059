/*
 * A hand: an environment for unit tests that a test holds in its own hands.
 *
 * Its clock moves only when told (or, under fm_block_on, straight to the next deadline); its draws are what the test
 * says, 0 by default; its memory is counted and can fail at the n-th allocation; its waker counts. Futures are polled one at a
 * time with hand_poll, or whole tasks run with fm_block_on(hand.executor, ...).
 */
#ifndef TESTS_SUPPORT_HAND_H
#define TESTS_SUPPORT_HAND_H

#include <fm/env.h>
#include <fm/executor.h>
#include <fm/future.h>
#include <fm/task.h>

struct hand_waker {
	struct fm_wakeable wakeable;
	unsigned wakes;  /* how often it was woken */
	unsigned clones; /* references that somebody keeps */
};

struct hand {
	struct fm_env env;
	struct fm_executor *executor;
	struct hand_waker waker; /* of hand_poll */
	fm_ns now_ns;
	int64_t wall_ns;
	uint64_t draw; /* the value of the next draws, reduced below n */
	unsigned draws;
	unsigned budget_refusals; /* how many of the next charges are told: not yet */
	const void *charged;      /* what the last charge touched */
	size_t live_bytes;
	size_t allocations;
	size_t fail_at; /* the allocation with this number (from 1) fails; 0: none */
	unsigned users;
	struct fm_executor *before;
};

/* The executor is the running one of this thread until hand_close. */
void hand_open(struct hand *hand);

/* Frees the executor and fails the test where memory is left. */
void hand_close(struct hand *hand);

void hand_waker_init(struct hand_waker *waker);

/* One poll, with the hand's own waker. */
enum fm_poll hand_poll(struct hand *hand, struct fm_future *future);

/* One poll with another waker: for what happens when a future moves between tasks. */
enum fm_poll hand_poll_as(struct hand *hand, struct fm_future *future, struct hand_waker *waker);

/* How often the hand's waker was woken since the last call. */
unsigned hand_wakes(struct hand *hand);

/* Move the clock and fire the timers that are due. */
void hand_advance(struct hand *hand, fm_ns length_ns);

/* Run the executor's ready tasks until none is left; the clock stands still. */
void hand_run_ready(struct hand *hand);

#endif
