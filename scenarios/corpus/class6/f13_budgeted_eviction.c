/*
 * A cache of services that get ready: one that was evicted does not come back, whatever the budget says.
 *
 * Corpus F13 (tower #668). The eviction is a message in a oneshot, which is PENDING too where the task's
 * budget is spent. The service is ready in the same poll, and is taken for a live one.
 */
#include "../corpus.h"

#include <fm/join.h>
#include <fm/oneshot.h>
#include <fm/panic.h>
#include <fm/sleep.h>

#define SERVICES 3

struct service {
	struct event ready;
	struct fm_oneshot_tx evict;
	bool evicted;
};

struct world {
	bool broken;
	struct service services[SERVICES];
	unsigned live;
	unsigned gone;
};

/* READY when the service is, or when it is evicted. */
struct pending {
	struct fm_future fut;
	struct world *world;
	struct service *service;
	struct fm_oneshot_recv cancel;
	struct until ready;
};

static enum fm_poll pending_poll(struct fm_future *future, struct fm_context *cx)
{
	struct pending *self = FM_CONTAINER_OF(future, struct pending, fut);
	bool evicted = fm_poll(&self->cancel.fut, cx) == FM_READY;

	if (!self->world->broken) /* F13: only the message counts, which a spent budget holds back */
		evicted |= self->service->evicted;
	if (evicted) {
		fm_drop_if_live(&self->cancel.fut);
		fm_oneshot_take(&self->cancel, NULL);
		fm_drop_if_live(&self->ready.fut);
		return fm_ready(future, FM_ERR_CANCELLED);
	}
	if (fm_poll(&self->ready.fut, cx) == FM_PENDING)
		return FM_PENDING;
	fm_drop(&self->cancel.fut);
	return fm_ready(future, FM_OK);
}

static void pending_drop(struct fm_future *future)
{
	struct pending *self = FM_CONTAINER_OF(future, struct pending, fut);

	fm_drop_if_live(&self->cancel.fut);
	fm_drop_if_live(&self->ready.fut);
}

static const struct fm_future_ops pending_ops = { .name = "pending",
						  .poll = pending_poll,
						  .drop = pending_drop };

struct cache {
	struct fm_async async;
	struct world *world;
	struct service *service;
	struct fm_oneshot_rx evicted;
	struct pending pending;
};

static struct fm_future *pending_init(struct cache *cache)
{
	struct pending *self = &cache->pending;

	fm_future_init(&self->fut, &pending_ops);
	self->world = cache->world;
	self->service = cache->service;
	fm_oneshot_recv_init(&self->cancel, &cache->evicted);
	event_wait(&self->ready, &cache->service->ready, "service");
	return &self->fut;
}

FM_ASYNC(cache)
{
	FM_BEGIN;
	FM_AWAIT(pending_init(self));
	if (self->pending.fut.status != FM_OK) {
		self->world->gone++;
		FM_RETURN(FM_OK);
	}
	if (self->service->evicted && fm_oneshot_is_closed(&self->service->evict))
		fm_panic("missing cancelation: an evicted service is ready"); /* BUG */
	self->world->live++;
	FM_END;
}

struct user {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
	unsigned which;
};

static void evict(struct service *service)
{
	if (fm_oneshot_send(&service->evict, NULL) == FM_OK)
		service->evicted = true;
}

FM_ASYNC(user)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(3) * FM_MS));
	self->which = (unsigned)fm_random(SERVICES);
	evict(&self->world->services[self->which]);
	for (self->which = 0; self->which < SERVICES; self->which++) {
		event_happen(&self->world->services[self->which].ready);
		FM_AWAIT(fm_sleep_init(&self->later, fm_random(2) * FM_MS));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	for (unsigned i = 0; i < SERVICES; i++) {
		struct cache *cache = TWIN_TASK(host, cache, world);

		cache->service = &world->services[i];
		event_init(&cache->service->ready);
		FM_SIM_CHECK(sim, fm_oneshot_new(0, &cache->service->evict, &cache->evicted) == FM_OK,
			     "no channel");
		fm_sim_start(cache);
	}
	fm_sim_start(TWIN_TASK(host, user, world));
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	for (unsigned i = 0; i < SERVICES; i++)
		fm_oneshot_tx_drop(&world->services[i].evict);
	FM_SIM_CHECK(sim, world->live + world->gone == SERVICES, "%u live and %u gone", world->live,
		     world->gone);
}

CORPUS(budgeted_eviction, "f13-budgeted-eviction", .claim = "an evicted service never gets ready",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .end = end);
