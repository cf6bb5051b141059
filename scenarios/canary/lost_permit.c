/*
 * A fair semaphore whose waiting head is cancelled: who stands behind it must be served then and there.
 *
 * Corpus W05. Fairness parks a small request behind a large one. When the large one gives up, nothing is
 * released, so nobody else will ever look at the queue.
 */
#include "canary.h"

#include <fm/notify.h>
#include <fm/sleep.h>
#include <fm/timeout.h>

#define PERMITS 2

static const char kind[] = "semaphore";

struct sem {
	bool broken;
	unsigned free;
	unsigned unclaimed; /* granted to futures not polled since */
	struct fm_waitq requests;
};

struct acquire {
	struct fm_future fut;
	struct sem *sem;
	struct fm_waiter waiter;
	unsigned need;
	bool granted;
};

static struct acquire *request_of(struct fm_waiter *waiter)
{
	return FM_CONTAINER_OF(waiter, struct acquire, waiter);
}

static void serve(struct sem *sem)
{
	struct fm_waiter *first;

	while ((first = fm_waitq_first(&sem->requests)) && request_of(first)->need <= sem->free) {
		sem->free -= request_of(first)->need;
		sem->unclaimed += request_of(first)->need;
		request_of(first)->granted = true;
		fm_observe_grant(kind, sem, &request_of(first)->fut);
		fm_waiter_wake(first);
	}
}

static void release(struct sem *sem, unsigned permits)
{
	sem->free += permits;
	fm_observe_release(sem);
	serve(sem);
}

static enum fm_poll acquire_poll(struct fm_future *future, struct fm_context *cx)
{
	struct acquire *self = FM_CONTAINER_OF(future, struct acquire, fut);
	struct sem *sem = self->sem;
	struct fm_waiter *first = fm_waitq_first(&sem->requests);

	if (self->granted) {
		if (!fm_coop(cx))
			return FM_PENDING;
		sem->unclaimed -= self->need;
		return fm_ready(future, FM_OK);
	}
	if ((first && first != &self->waiter) || self->need > sem->free) {
		twin_wait(&sem->requests, &self->waiter, kind, sem, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	sem->free -= self->need;
	fm_waiter_leave(&self->waiter);
	fm_observe_grant(kind, sem, NULL);
	return fm_ready(future, FM_OK);
}

static void acquire_drop(struct fm_future *future)
{
	struct acquire *self = FM_CONTAINER_OF(future, struct acquire, fut);

	if (self->granted) {
		self->sem->unclaimed -= self->need;
		release(self->sem, self->need);
		return;
	}
	twin_leave(&self->waiter, self->sem, future);
	if (!self->sem->broken) /* W05: nobody looks whether the next in the queue can have it now */
		serve(self->sem);
}

static const struct fm_future_ops acquire_ops = { .name = "acquire",
						  .poll = acquire_poll,
						  .drop = acquire_drop };

static struct fm_future *acquire_init(struct acquire *self, struct sem *sem, unsigned need)
{
	fm_future_init(&self->fut, &acquire_ops);
	fm_waiter_init(&self->waiter);
	self->sem = sem;
	self->need = need;
	self->granted = false;
	return &self->fut;
}

struct world {
	bool broken;
	struct sem sem;
	struct fm_notify done;
	unsigned held; /* permits that programs hold */
	unsigned served;
};

/* Holds one permit until the small request was served: no release comes to anybody's rescue. */
struct keeper {
	struct fm_async async;
	struct world *world;
	struct acquire acquire;
	struct fm_notified done;
};

FM_ASYNC(keeper)
{
	FM_BEGIN;
	FM_AWAIT(acquire_init(&self->acquire, &self->world->sem, 1));
	self->world->held++;
	FM_AWAIT(fm_notified_init(&self->done, &self->world->done));
	self->world->held--;
	release(&self->world->sem, 1);
	FM_END;
}

struct large {
	struct fm_async async;
	struct world *world;
	struct acquire acquire;
	struct fm_timeout timeout;
	struct fm_sleep work;
};

FM_ASYNC(large)
{
	FM_BEGIN;
	FM_AWAIT(fm_timeout_init(&self->timeout, acquire_init(&self->acquire, &self->world->sem, PERMITS),
				 FM_MS));
	if (self->timeout.fut.status == FM_ERR_TIMEOUT)
		FM_RETURN(FM_OK);
	self->world->held += PERMITS;
	FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
	self->world->held -= PERMITS;
	release(&self->world->sem, PERMITS);
	FM_END;
}

struct small {
	struct fm_async async;
	struct world *world;
	struct acquire acquire;
};

FM_ASYNC(small)
{
	FM_BEGIN;
	FM_AWAIT(acquire_init(&self->acquire, &self->world->sem, 1));
	self->world->served++;
	release(&self->world->sem, 1);
	fm_notify_one(&self->world->done);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->sem.broken = world->broken;
	world->sem.free = PERMITS;
	fm_waitq_init(&world->sem.requests);
	fm_notify_init(&world->done);
	fm_sim_start(TWIN_TASK(host, keeper, world));
	fm_sim_start(TWIN_TASK(host, large, world));
	fm_sim_start(TWIN_TASK(host, small, world));
}

static void step(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->sem.free + world->sem.unclaimed + world->held == PERMITS,
		     "%u permits are free, %u granted and %u held, of %u", world->sem.free,
		     world->sem.unclaimed, world->held, PERMITS);
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->served == 1, "the small request was served %u times", world->served);
	FM_SIM_CHECK(sim, world->sem.free == PERMITS, "%u of %u permits came back", world->sem.free, PERMITS);
}

CANARY(lost_permit, "lost-permit",
       .claim = "every request is served once enough permits are free, and none is lost",
       .faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .step = step, .end = end);
