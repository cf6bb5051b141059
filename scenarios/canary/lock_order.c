/*
 * Two transfers between two accounts, each locked for itself: in one order for all, or in the order they are
 * named.
 *
 * Of the corpus' class 6, the oldest there is. No lock is contended in the plain run, so it takes a yield
 * between two locks that are both free.
 */
#include "canary.h"

#include <fm/mutex.h>

struct account {
	struct fm_mutex lock;
	unsigned number;
	int money;
};

struct world {
	bool broken;
	struct account accounts[2];
};

struct transfer {
	struct fm_async async;
	struct world *world;
	struct account *from;
	struct account *to;
	struct account *first;
	struct account *second;
	struct fm_mutex_lock lock;
};

FM_ASYNC(transfer)
{
	FM_BEGIN;
	self->first = self->from;
	self->second = self->to;
	if (!self->world->broken && self->to->number < self->from->number) { /* ABBA: as they come */
		self->first = self->to;
		self->second = self->from;
	}
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->first->lock));
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->second->lock));
	self->from->money -= 5;
	self->to->money += 5;
	fm_mutex_unlock(&self->second->lock);
	fm_mutex_unlock(&self->first->lock);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	for (unsigned i = 0; i < 2; i++) {
		fm_mutex_init(&world->accounts[i].lock);
		world->accounts[i].number = i;
		world->accounts[i].money = 100;
	}
	for (unsigned i = 0; i < 2; i++) {
		struct transfer *transfer = TWIN_TASK(host, transfer, world);

		transfer->from = &world->accounts[i];
		transfer->to = &world->accounts[1 - i];
		fm_sim_start(transfer);
	}
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned i = 0; i < 2; i++) {
		fm_mutex_drop(&world->accounts[i].lock);
		FM_SIM_CHECK(sim, world->accounts[i].money == 100, "account %u has %d", i,
			     world->accounts[i].money);
	}
}

CANARY(lock_order, "lock-order", .claim = "both transfers end, and no money is lost",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
