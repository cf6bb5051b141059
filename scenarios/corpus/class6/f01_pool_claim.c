/*
 * A select's arm that needs a claim on a pool for which a kept branch is queued: the two are polled
 * together.
 *
 * Corpus F01 (omicron #9259). While the arm's query awaits its own claim, the claim that comes free
 * belongs to the collection, deep within a function that its task does not poll now.
 */
#include "../corpus.h"

#include <fm/join.h>
#include <fm/select.h>
#include <fm/semaphore.h>
#include <fm/sleep.h>

struct world {
	bool broken;
	struct fm_semaphore claims;
	unsigned collected;
	unsigned queried;
};

/* Works with a claim for a while. */
struct with_claim {
	struct fm_async async;
	struct fm_semaphore *claims;
	struct fm_semaphore_acquire acquire;
	struct fm_semaphore_guard guard;
	struct fm_sleep work;
	unsigned *done;
};

FM_ASYNC(with_claim)
{
	FM_BEGIN;
	/* BUG: here, while another has it */
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, self->claims, 1));
	fm_semaphore_defer_release(&self->async, &self->guard, self->claims, 1);
	FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	++*self->done;
	FM_END;
}

static struct fm_future *with_claim_init(struct with_claim *self, struct world *world, unsigned *done)
{
	FM_ASYNC_INIT(self, with_claim);
	self->claims = &world->claims;
	self->done = done;
	return &self->async.fut;
}

struct holder {
	struct fm_async async;
	struct world *world;
	struct fm_semaphore_acquire acquire;
	struct fm_sleep work;
};

FM_ASYNC(holder)
{
	FM_BEGIN;
	FM_AWAIT(fm_semaphore_acquire_init(&self->acquire, &self->world->claims, 1));
	FM_AWAIT(fm_sleep_init(&self->work, 5 * FM_MS));
	fm_semaphore_release(&self->world->claims, 1);
	FM_END;
}

struct saga {
	struct fm_async async;
	struct world *world;
	struct with_claim collection;
	struct with_claim query;
	struct fm_future *both[2];
	struct fm_join join;
	struct fm_select select;
	struct fm_branch branch[2];
	struct fm_sleep tick;
};

FM_ASYNC(saga)
{
	FM_BEGIN;
	with_claim_init(&self->collection, self->world, &self->world->collected);
	for (;;) {
		FM_AWAIT(FM_SELECT(&self->select, self->branch, FM_KEEP(&self->collection.async.fut),
				   fm_sleep_init(&self->tick, 2 * FM_MS)));
		if (self->select.winner == 0)
			break;
		with_claim_init(&self->query, self->world, &self->world->queried);
		if (self->world->broken) { /* F01: the collection is not polled meanwhile */
			FM_AWAIT(&self->query.async.fut);
			continue;
		}
		FM_AWAIT(FM_JOIN(&self->join, self->both, &self->collection.async.fut,
				 &self->query.async.fut));
		break;
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->claims, 1);
	fm_sim_start(TWIN_TASK(host, holder, world));
	fm_sim_start(TWIN_TASK(host, saga, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	fm_semaphore_drop(&world->claims);
	FM_SIM_CHECK(sim, world->collected == 1, "collected %u times", world->collected);
}

CORPUS(pool_claim, "f01-pool-claim",
       .claim = "the collection ends, whatever its task asks the pool in between",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
