/* A turnstile by hand: each coin lets one through, who waits longest first. And the same with a wake that gets lost. */
#ifndef FUZZ_PLANTED_TURNSTILE_H
#define FUZZ_PLANTED_TURNSTILE_H

#include <fm/waitq.h>

struct turnstile {
	struct fm_waitq waiters;
	unsigned coins;
	bool forgets; /* the bug */
};

struct turnstile_pass {
	struct fm_future fut;
	struct turnstile *turnstile;
	struct fm_waiter waiter;
	bool told; /* woken for a coin, and not polled since */
};

void turnstile_init(struct turnstile *self, bool forgets);
void turnstile_coin(struct turnstile *self);

/* Wait for a coin and use it. Cancel: SAFE: the next in the queue is told in its place. */
struct fm_future *turnstile_pass_init(struct turnstile_pass *self, struct turnstile *turnstile);

#endif
