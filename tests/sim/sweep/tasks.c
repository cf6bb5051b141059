/* What an aborted task may do wrong: leave memory behind, keep a lock, take an item with it, break a contract. */
#include "fixtures.h"

#include <fm/env.h>
#include <fm/mutex.h>
#include <fm/sleep.h>
#include <fm/task.h>

enum fault { NONE, KEEPS_MEMORY, KEEPS_INPUT, KEEPS_LOCK, KEEPS_ITEM, DROPS_TWICE };

struct world {
	struct fm_mutex mutex;
	unsigned items; /* to be done */
	unsigned done;
	bool cancellable;
};

struct worker {
	struct fm_async async;
	struct world *world;
	enum fault fault;
	void *input;  /* handed to it before it runs */
	void *memory;
	bool item;    /* has one in hand */
	bool locked;
	struct fm_mutex_lock lock;
	struct fm_sleep sleep;
	struct fm_defer give_back;
};

static void give_back(struct fm_defer *defer)
{
	struct worker *self = FM_CONTAINER_OF(defer, struct worker, give_back);

	if (self->fault != KEEPS_INPUT)
		fm_free(self->input, 16);
	if (self->fault != KEEPS_MEMORY)
		fm_free(self->memory, 24);
	if (self->item && self->fault != KEEPS_ITEM)
		self->world->items++;
	if (self->locked && self->fault != KEEPS_LOCK)
		fm_mutex_unlock(&self->world->mutex);
	if (self->fault == DROPS_TWICE && self->item)
		fm_drop(&self->sleep.fut);
}

FM_ASYNC(worker)
{
	FM_BEGIN;
	if (self->fault == KEEPS_INPUT) {
		fm_free(self->input, 16);
		self->input = NULL;
	}
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	self->locked = true;
	self->memory = fm_alloc(24);
	while (self->world->items) {
		self->world->items--;
		self->item = true;
		FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
		self->item = false;
		self->world->done++;
	}
	self->fault = NONE; /* who gets here gives all back */
	FM_END;
}

static void start(struct fm_sim *sim, struct world *world, enum fault fault)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->mutex);
	world->items = 4;
	for (unsigned i = 0; i < 2; i++) {
		struct worker *worker = fm_sim_alloc(host, sizeof(*worker), i ? "second" : "first");

		FM_ASYNC_INIT(worker, worker);
		worker->world = world;
		worker->fault = fault;
		worker->input = fm_alloc(16);
		worker->memory = NULL;
		worker->item = worker->locked = false;
		fm_defer(&worker->async, &worker->give_back, give_back);
		if (world->cancellable)
			fm_sim_cancellable(sim, fm_sim_start(worker));
		else
			fm_sim_start(worker);
	}
}

#define SETUP(name, fault, may_cancel)                                                                           \
	static void name(struct fm_sim *sim, void *state)                                                          \
	{                                                                                                          \
		((struct world *)state)->cancellable = (may_cancel);                                               \
		start(sim, state, (fault));                                                                        \
	}

SETUP(fine, NONE, false)
SETUP(fine_cancellable, NONE, true)
SETUP(keeps_memory, KEEPS_MEMORY, false)
SETUP(keeps_input, KEEPS_INPUT, false)
SETUP(keeps_lock, KEEPS_LOCK, false)
SETUP(keeps_item, KEEPS_ITEM, false)
SETUP(keeps_item_cancellable, KEEPS_ITEM, true)
SETUP(drops_twice, DROPS_TWICE, false)

static void all_is_done(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->done + world->items == 4, "%u of 4 items are in nobody's hands",
		     4 - world->done - world->items);
	fm_mutex_drop(&world->mutex);
}

TWINS(leak, "leak", struct world, keeps_memory, fine, all_is_done);
TWINS(input, "unpolled-leak", struct world, keeps_input, fine, all_is_done);
TWINS(hang, "hang", struct world, keeps_lock, fine, all_is_done);
TWINS(part, "loses", struct world, keeps_item, fine, all_is_done);
TWINS(claim, "claim", struct world, keeps_item_cancellable, fine_cancellable, all_is_done);
TWINS(contract, "contract", struct world, drops_twice, fine, all_is_done);
