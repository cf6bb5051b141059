/*
 * Two payers, one account: whether there is enough is asked before the wait for the account's lock, and the
 * money taken after it.
 */
#include "newcomer.h"

#include <fm/mutex.h>

#define PRICE 10

struct world {
	bool broken;
	struct fm_mutex account;
	int balance;
};

struct payer {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	bool enough;
};

FM_ASYNC(payer)
{
	FM_BEGIN;
	self->enough = self->world->balance >= PRICE;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->account));
	if (!self->world->broken) /* planted: the answer is from before the wait */
		self->enough = self->world->balance >= PRICE;
	if (self->enough)
		self->world->balance -= PRICE;
	/* BUG: both have paid with the same money */
	FM_ALWAYS(self->world->balance >= 0, "nothing is spent that is not there");
	fm_mutex_unlock(&self->world->account);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->balance = PRICE;
	fm_mutex_init(&world->account);
	fm_sim_start(TWIN_TASK(host, payer, world));
	fm_sim_start(TWIN_TASK(host, payer, world));
}

NEWCOMER(check_then_act, "check-then-act", .claim = "nothing is spent twice", .faults = FM_SIM_FAULT_WAKE,
	 .deadline_ns = FM_MIN);
