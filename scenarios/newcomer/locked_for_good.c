/* Requests change a shared index under a lock; memory may be short. */
#include "newcomer.h"

#include <fm/env.h>
#include <fm/mutex.h>
#include <fm/sleep.h>

struct entry {
	struct fm_list link;
	char *value;
};

struct world {
	bool broken;
	struct fm_mutex lock;
	struct fm_list entries;
	int ok, failed;
};

struct request {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_sleep sleep;
	int i;
};

static int insert(struct world *world)
{
	struct entry *entry = fm_alloc(sizeof(*entry));

	if (!entry)
		return FM_ERR_NOMEM;
	entry->value = fm_alloc(100);
	if (!entry->value) {
		fm_free(entry, sizeof(*entry));
		return FM_ERR_NOMEM;
	}
	fm_list_push_back(&world->entries, &entry->link);
	return FM_OK;
}

FM_ASYNC(request)
{
	FM_BEGIN;
	for (self->i = 0; self->i < 4; self->i++) {
		/* BUG: one that found no memory has it for good */
		FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->lock));
		FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
		if (insert(self->world) != FM_OK) {
			self->world->failed++;
			if (!self->world->broken) /* planted: without memory the lock stays locked */
				fm_mutex_unlock(&self->world->lock);
			FM_RETURN(FM_ERR_NOMEM);
		}
		self->world->ok++;
		fm_mutex_unlock(&self->world->lock);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_mutex_init(&world->lock);
	fm_list_init(&world->entries);
	fm_sim_start(TWIN_TASK(host, request, world));
	fm_sim_start(TWIN_TASK(host, request, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	(void)sim;
	while (!fm_list_empty(&world->entries)) {
		struct entry *entry = FM_CONTAINER_OF(world->entries.next, struct entry, link);

		fm_list_unlink(&entry->link);
		fm_free(entry->value, 100);
		fm_free(entry, sizeof(*entry));
	}
}

NEWCOMER(locked_for_good, "locked-for-good", .claim = "requests end, done or refused",
	 .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULT_TIMER | FM_SIM_FAULT_ALLOC, .deadline_ns = FM_MIN,
	 .end = end);
