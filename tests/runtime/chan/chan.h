/*
 * What the tests of channels share: items that are counted as they are destroyed, a waker that calls back,
 * a dice.
 */
#ifndef TESTS_CHAN_H
#define TESTS_CHAN_H

#include "../sync/ledger.h"
#include "hand.h"
#include "suite.h"

/* How many items were destroyed since the last call of it, and the newest of them. */
unsigned items_dropped(void);
extern uint64_t item_dropped_last;

/* An item_drop for items of 8 bytes. */
void item_drop_counted(void *item);

/* Its wake calls `call` once, as a task of the program's own making might: from within the channel. */
struct calling_waker {
	struct fm_wakeable wakeable;
	void (*call)(void *argument);
	void *argument;
	unsigned clones;
};

void calling_waker_init(struct calling_waker *waker, void (*call)(void *argument), void *argument);
enum fm_poll poll_calling(struct hand *hand, struct fm_future *future, struct calling_waker *waker);

/*
 * What must hold, in a run of this seed: as ck_assert, which is slow where it is passed thousands of times.
 */
extern uint64_t seed_now;

#define HOLD(condition)                                                                       \
	do {                                                                                  \
		if (!(condition))                                                             \
			ck_abort_msg("seed %llu: " #condition, (unsigned long long)seed_now); \
	} while (0)

/* A value below n from a counter-based generator: the same in every run. */
uint64_t dice(uint64_t *state, uint64_t n);

#endif
