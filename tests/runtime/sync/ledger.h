/*
 * What the tests of locks share: an observer that counts what a primitive reports, and a trap for broken
 * contracts.
 *
 * The trap replaces the hand's `fatal` for one statement, so that a breach is caught in this process and its
 * test can go on to clean up.
 */
#ifndef TESTS_SYNC_LEDGER_H
#define TESTS_SYNC_LEDGER_H

#include "hand.h"

#include <check.h>
#include <fm/observe.h>
#include <setjmp.h>
#include <string.h>

struct ledger {
	struct fm_observer observer;
	unsigned waits;
	unsigned unwaits;
	unsigned grants;
	unsigned grants_at_once; /* of the grants, those to no future */
	unsigned releases;
	unsigned items_in;
	unsigned items_out;
	const char *item_kind; /* of the newest */
	const char *kind;          /* of the newest wait or grant */
	struct fm_future *granted; /* the newest future that was granted something */
};

/*
 * Count what is reported on this thread until ledger_close. It stands where primitives look for the
 * observer, not in the executor: polls themselves are not observed.
 */
void ledger_open(struct ledger *ledger);
void ledger_close(void);

void breach_arm(struct hand *hand);
void breach_disarm(struct hand *hand);

extern jmp_buf breach_jump;

#define assert_breach(hand, statement)                                                              \
	do {                                                                                        \
		breach_arm(hand);                                                                   \
		if (setjmp(breach_jump) == 0) {                                                     \
			statement;                                                                  \
			breach_disarm(hand);                                                        \
			ck_abort_msg("a broken contract went unnoticed: " #statement);              \
		}                                                                                   \
		breach_disarm(hand);                                                                \
	} while (0)

/* What an initialiser leaves unset is not 0 by luck. */
#define POISON(object) memset(&(object), 0xa5, sizeof(object))

#define assert_pending(hand, future) ck_assert_int_eq(hand_poll((hand), (future)), FM_PENDING)

#define assert_ready(hand, future, status_)                                                         \
	do {                                                                                        \
		struct fm_future *const future_ = (future);                                         \
		ck_assert_int_eq(hand_poll((hand), future_), FM_READY);                             \
		ck_assert_int_eq(future_->status, (status_));                                       \
	} while (0)

#endif
