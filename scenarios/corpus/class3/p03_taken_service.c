/*
 * A call that takes its service and its request out before it knows that the service is ready.
 *
 * Corpus P03 (tower #447). PENDING returns early and leaves the slot empty: the request is lost, and the next
 * poll has nothing to call.
 */
#include "../corpus.h"

#include <fm/semaphore.h>
#include <fm/sleep.h>

#define CALLS 2

struct service {
	struct fm_semaphore room;
	unsigned answered;
};

struct call {
	struct fm_future fut;
	bool broken;
	struct service *service; /* NULL: taken out */
	struct fm_semaphore_acquire ready;
};

static enum fm_poll call_poll(struct fm_future *future, struct fm_context *cx)
{
	struct call *self = FM_CONTAINER_OF(future, struct call, fut);
	struct service *service = self->service;

	if (!service)
		/* BUG: polled again, it has nothing to call */
		fm_panic("a call without a service");
	if (self->broken) /* P03: taken out before it is known to be ready */
		self->service = NULL;
	if (fm_poll(&self->ready.fut, cx) == FM_PENDING)
		return FM_PENDING;
	self->service = NULL;
	service->answered++;
	return fm_ready(future, FM_OK);
}

static void call_drop(struct fm_future *future)
{
	fm_drop_if_live(&FM_CONTAINER_OF(future, struct call, fut)->ready.fut);
}

static const struct fm_future_ops call_ops = { .name = "call", .poll = call_poll, .drop = call_drop };

static struct fm_future *call_init(struct call *self, struct service *service, bool broken)
{
	fm_future_init(&self->fut, &call_ops);
	fm_semaphore_acquire_init(&self->ready, &service->room, 1);
	self->broken = broken;
	self->service = service;
	return &self->fut;
}

struct world {
	bool broken;
	struct service service;
};

struct client {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct call call;
};

FM_ASYNC(client)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, fm_random(3) * FM_MS));
	FM_AWAIT(call_init(&self->call, &self->world->service, self->world->broken));
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	fm_semaphore_release(&self->world->service.room, 1);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_semaphore_init(&world->service.room, 1);
	for (unsigned i = 0; i < CALLS; i++)
		fm_sim_start(TWIN_TASK(host, client, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->service.answered == CALLS, "%u calls were answered",
		     world->service.answered);
}

CORPUS(taken_service, "p03-taken-service", .claim = "every call is answered", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
