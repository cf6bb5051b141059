/*
 * A timer wheel that fires one timer after the other: those due wait on a list of their own, and leave
 * that one.
 *
 * Corpus T03 (tokio #3229). The first of two timers of one tick cancels who waits for the second. Its
 * timer stands on the list of those due by then, and is looked for in the slot it came from.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define SLOTS 4
#define TIMERS 3

struct entry {
	struct entry *next;
	unsigned slot; /* SLOTS: on the list of those due */
	bool linked;
	bool fired;
	struct fm_waitq waiting;
};

struct world {
	bool broken;
	struct entry *slots[SLOTS + 1]; /* the last: those due */
	struct entry entries[TIMERS];
	struct event cancel;
	unsigned left;
	unsigned ended;
};

static void insert(struct world *world, struct entry *entry, unsigned slot)
{
	struct entry **end = &world->slots[slot];

	while (*end)
		end = &(*end)->next;
	entry->next = NULL;
	*end = entry;
	entry->linked = true;
	entry->slot = slot;
}

static void take_out(struct world *world, struct entry *entry, unsigned slot)
{
	struct entry **at = &world->slots[slot];

	while (*at && *at != entry)
		at = &(*at)->next;
	if (!*at)
		fm_contract_broken(NULL, "a timer is not in the list it is removed from");
	*at = entry->next;
	entry->linked = false;
}

/* All of a slot become due. */
static void expire(struct world *world, unsigned slot)
{
	while (world->slots[slot]) {
		struct entry *entry = world->slots[slot];

		take_out(world, entry, slot);
		insert(world, entry, SLOTS);
		if (world->broken) /* T03: what it remembers is where it was */
			entry->slot = slot;
	}
}

struct alarm {
	struct fm_future fut;
	struct world *world;
	struct entry *entry;
	struct fm_waiter waiter;
};

static enum fm_poll alarm_poll(struct fm_future *future, struct fm_context *cx)
{
	struct alarm *self = FM_CONTAINER_OF(future, struct alarm, fut);

	if (!self->entry->fired) {
		twin_wait(&self->entry->waiting, &self->waiter, "alarm", self->entry, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	return fm_ready(future, FM_OK);
}

static void alarm_drop(struct fm_future *future)
{
	struct alarm *self = FM_CONTAINER_OF(future, struct alarm, fut);

	twin_leave(&self->waiter, self->entry, future);
	if (self->entry->linked) {
		take_out(self->world, self->entry, self->entry->slot);
		self->world->left--;
	}
}

static const struct fm_future_ops alarm_ops = { .name = "alarm", .poll = alarm_poll, .drop = alarm_drop };

static struct fm_future *alarm_init(struct alarm *self, struct world *world, struct entry *entry)
{
	fm_future_init(&self->fut, &alarm_ops);
	fm_waiter_init(&self->waiter);
	self->world = world;
	self->entry = entry;
	return &self->fut;
}

/* A tick a millisecond; between two alarms of a tick others may run. */
struct wheel {
	struct fm_async async;
	struct world *world;
	struct fm_sleep tick;
	struct fm_yield breath;
	unsigned slot;
};

static void fire_next(struct world *world)
{
	struct entry *entry = world->slots[SLOTS];

	take_out(world, entry, SLOTS);
	entry->fired = true;
	world->left--;
	fm_waitq_wake_all(&entry->waiting);
}

FM_ASYNC(wheel)
{
	FM_BEGIN;
	for (; self->world->left; self->slot++) {
		FM_AWAIT(fm_sleep_init(&self->tick, FM_MS));
		expire(self->world, self->slot % SLOTS);
		while (self->world->slots[SLOTS]) {
			fire_next(self->world);
			FM_AWAIT(fm_yield_init(&self->breath));
		}
	}
	FM_END;
}

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct entry *entry;
	struct fm_select select;
	struct fm_branch branch[2];
	struct alarm alarm;
	struct until cancel;
};

static struct fm_future *alarm_or_cancel(struct sleeper *self)
{
	return FM_SELECT(&self->select, self->branch, alarm_init(&self->alarm, self->world, self->entry),
			 event_wait(&self->cancel, &self->world->cancel, "cancel"));
}

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	FM_AWAIT(alarm_or_cancel(self)); /* BUG: drops a timer that is about to fire */
	if (self->select.winner == 0)
		event_happen(&self->world->cancel);
	self->world->ended++;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	static const struct fm_draw_site slot_site = { "slot", FM_DRAW_USER };
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	event_init(&world->cancel);
	world->left = TIMERS;
	for (unsigned i = 0; i < TIMERS; i++) {
		struct sleeper *sleeper = TWIN_TASK(host, sleeper, world);

		sleeper->entry = &world->entries[i];
		fm_waitq_init(&sleeper->entry->waiting);
		insert(world, sleeper->entry, (unsigned)fm_sim_draw(sim, &slot_site, SLOTS));
		fm_sim_start(sleeper);
	}
	fm_sim_start(TWIN_TASK(host, wheel, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->ended == TIMERS, "%u of %u sleepers ended", world->ended, TIMERS);
}

CORPUS(pending_list, "t03-pending-list",
       .claim = "a timer can be dropped at any time, also as it is about to fire",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
