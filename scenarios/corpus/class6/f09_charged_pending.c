/*
 * A task that waits for many things: only one that has come is charged to its budget.
 *
 * Corpus F09 (tokio #2549). Each look costs, also at what has not come. With more of them than there is
 * budget, the last is refused in every poll, and the task turns round for ever before what it waits for.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define DOORS 140

struct world {
	bool broken;
	struct event doors[DOORS];
	unsigned entered;
};

struct knock {
	struct fm_future fut;
	struct world *world;
	struct event *door;
	struct fm_waiter waiter;
};

static enum fm_poll knock_poll(struct fm_future *future, struct fm_context *cx)
{
	struct knock *self = FM_CONTAINER_OF(future, struct knock, fut);

	/* F09: charged before it is known whether there is progress */
	if (self->world->broken && !fm_coop(cx))
		return FM_PENDING;
	if (!self->door->happened) {
		twin_wait(&self->door->waiting, &self->waiter, "door", self->door, future, cx);
		return FM_PENDING;
	}
	if (!self->world->broken && !fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void knock_drop(struct fm_future *future)
{
	struct knock *self = FM_CONTAINER_OF(future, struct knock, fut);

	twin_leave(&self->waiter, self->door, future);
}

static const struct fm_future_ops knock_ops = { .name = "knock", .poll = knock_poll, .drop = knock_drop };

struct visitor {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[DOORS];
	struct knock knock[DOORS];
};

static struct fm_future *knock_everywhere(struct visitor *self)
{
	for (unsigned i = 0; i < DOORS; i++) {
		fm_future_init(&self->knock[i].fut, &knock_ops);
		fm_waiter_init(&self->knock[i].waiter);
		self->knock[i].world = self->world;
		self->knock[i].door = &self->world->doors[i];
		self->branch[i] = (struct fm_branch){ .future = &self->knock[i].fut };
	}
	return fm_select_biased_init(&self->select, self->branch, DOORS);
}

FM_ASYNC(visitor)
{
	FM_BEGIN;
	FM_AWAIT(knock_everywhere(self)); /* BUG: the open door is never reached */
	self->world->entered = self->select.winner;
	FM_END;
}

struct host {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(host)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(2) * FM_MS));
	event_happen(&self->world->doors[DOORS - 1]);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *house = fm_sim_host(sim, "house");
	struct world *world = state;

	for (unsigned i = 0; i < DOORS; i++)
		event_init(&world->doors[i]);
	fm_sim_start(TWIN_TASK(house, visitor, world));
	fm_sim_start(TWIN_TASK(house, host, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->entered == DOORS - 1, "entered by door %u", world->entered);
}

CORPUS(charged_pending, "f09-charged-pending",
       .claim = "the one door that opens is found, behind however many", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
