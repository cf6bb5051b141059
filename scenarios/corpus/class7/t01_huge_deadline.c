/*
 * A timer table whose entries say by a reserved deadline that they are not in it: no real deadline may
 * become that one.
 *
 * Corpus T01 (tokio #5183). A sleep beyond the end of time saturates to the very word that means "not
 * registered"; when it is dropped, its entry is left in the table.
 */
#include "../corpus.h"

#include <fm/select.h>
#include <fm/sleep.h>

#define UNREGISTERED UINT64_MAX
#define NEVER (UINT64_MAX - 1)
#define SLEEPERS 3

struct table {
	bool broken;
	struct fm_list entries;
};

struct entry {
	struct fm_list link;
	uint64_t deadline_ms; /* UNREGISTERED: in no table */
	struct fm_waker waker;
};

/* Never fires by itself in this program: who waits always has something better. */
struct long_sleep {
	struct fm_future fut;
	struct table *table;
	struct entry *entry;
	uint64_t length_ms;
};

static uint64_t deadline_of(const struct table *table, uint64_t length_ms)
{
	const uint64_t now_ms = fm_now() / FM_MS;
	/* T01: saturates to what is reserved */
	const uint64_t latest_ms = table->broken ? UINT64_MAX : NEVER;

	return length_ms > latest_ms - now_ms ? latest_ms : now_ms + length_ms;
}

static enum fm_poll long_sleep_poll(struct fm_future *future, struct fm_context *cx)
{
	struct long_sleep *self = FM_CONTAINER_OF(future, struct long_sleep, fut);

	if (fm_list_empty(&self->entry->link)) {
		self->entry->deadline_ms = deadline_of(self->table, self->length_ms);
		fm_list_push_back(&self->table->entries, &self->entry->link);
		fm_observe_wait("timer", self->table, future);
	}
	fm_waker_store(&self->entry->waker, cx);
	return FM_PENDING;
}

static void long_sleep_drop(struct fm_future *future)
{
	struct long_sleep *self = FM_CONTAINER_OF(future, struct long_sleep, fut);

	if (self->entry->deadline_ms == UNREGISTERED)
		return;
	self->entry->deadline_ms = UNREGISTERED;
	fm_list_unlink(&self->entry->link);
	fm_waker_drop(&self->entry->waker);
}

static const struct fm_future_ops long_sleep_ops = {
	.name = "long_sleep",
	.poll = long_sleep_poll,
	.drop = long_sleep_drop,
};

static struct fm_future *long_sleep_init(struct long_sleep *self, struct table *table, struct entry *entry,
					 uint64_t length_ms)
{
	fm_future_init(&self->fut, &long_sleep_ops);
	fm_list_init(&entry->link);
	entry->deadline_ms = UNREGISTERED;
	self->table = table;
	self->entry = entry;
	self->length_ms = length_ms;
	return &self->fut;
}

struct world {
	bool broken;
	struct table table;
	struct entry entries[SLEEPERS];
};

struct sleeper {
	struct fm_async async;
	struct world *world;
	struct entry *entry;
	struct fm_select select;
	struct fm_branch branch[2];
	struct long_sleep timeout;
	struct fm_sleep work;
	uint64_t length_ms;
};

static struct fm_future *work_or_timeout(struct sleeper *self)
{
	return FM_SELECT(&self->select, self->branch, &self->timeout.fut, fm_sleep_init(&self->work, FM_MS));
}

FM_ASYNC(sleeper)
{
	FM_BEGIN;
	self->length_ms =
		(uint64_t[]){ 1000, UINT32_MAX, UINT64_MAX / 2, UINT64_MAX - 3, UINT64_MAX }[fm_random(5)];
	long_sleep_init(&self->timeout, &self->world->table, self->entry, self->length_ms);
	FM_AWAIT(work_or_timeout(self)); /* BUG: the dropped sleep stays registered */
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->table.broken = world->broken;
	fm_list_init(&world->table.entries);
	for (unsigned i = 0; i < SLEEPERS; i++) {
		struct sleeper *sleeper = TWIN_TASK(host, sleeper, world);

		sleeper->entry = &world->entries[i];
		fm_sim_start(sleeper);
	}
}

CORPUS(huge_deadline, "t01-huge-deadline", .claim = "a dropped sleep leaves the table, however long it was",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
