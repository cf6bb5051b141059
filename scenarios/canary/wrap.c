/*
 * A counter of people is served by the order of tickets, whose numbers only go up, and wrap. The older of two tickets is the one from
 * which fewer steps lead to the next to be given out, not the one with the lower number.
 *
 * Found by the fault constants alone: where counters begin at 0, nobody lives to see one wrap.
 */
#include "canary.h"

#include <fm/executor.h>
#include <fm/notify.h>
#include <fm/sleep.h>

#define PEOPLE 6
#define VISITS 8

struct person;

struct world {
	bool broken;
	uint64_t next_ticket;
	unsigned arrivals; /* so far, from 0: what the claim goes by */
	unsigned served;
	struct person *waiting[PEOPLE];
	unsigned waiting_count;
	struct fm_notify bell; /* somebody has come */
};

struct person {
	struct fm_async async;
	struct world *world;
	struct fm_notify turn;
	struct fm_notified called;
	struct fm_sleep errand;
	uint64_t ticket;
	unsigned arrival;
	unsigned visits;
	struct fm_defer leave;
};

static void leave(struct fm_defer *defer)
{
	fm_notify_drop(&FM_CONTAINER_OF(defer, struct person, leave)->turn);
}

static void take_ticket(struct person *self)
{
	struct world *world = self->world;

	if (world->arrivals == 0)
		world->next_ticket = fm_counters_from();
	self->ticket = world->next_ticket++;
	self->arrival = world->arrivals++;
	world->waiting[world->waiting_count++] = self;
	fm_notify_one(&world->bell);
}

FM_ASYNC(person)
{
	FM_BEGIN;
	fm_notify_init(&self->turn);
	fm_defer(&self->async, &self->leave, leave);
	for (self->visits = 0; self->visits < VISITS; self->visits++) {
		FM_AWAIT(fm_sleep_init(&self->errand, fm_random(3) * FM_MS));
		take_ticket(self);
		FM_AWAIT(fm_notified_init(&self->called, &self->turn));
	}
	FM_END;
}

static bool is_older(const struct world *world, uint64_t a, uint64_t b)
{
	if (world->broken)
		return a < b; /* a ticket of before the wrap waits until nobody of after it does */
	return world->next_ticket - a > world->next_ticket - b;
}

struct clerk {
	struct fm_async async;
	struct world *world;
	struct fm_notified rung;
	struct fm_sleep work;
	struct fm_defer close;
};

static void close_counter(struct fm_defer *defer)
{
	fm_notify_drop(&FM_CONTAINER_OF(defer, struct clerk, close)->world->bell);
}

static void serve_oldest(struct world *world)
{
	unsigned oldest = 0;

	for (unsigned i = 1; i < world->waiting_count; i++)
		if (is_older(world, world->waiting[i]->ticket, world->waiting[oldest]->ticket))
			oldest = i;
	for (unsigned i = 0; i < world->waiting_count; i++)
		FM_ALWAYS(world->waiting[oldest]->arrival <= world->waiting[i]->arrival, "who came first is served first");
	fm_notify_one(&world->waiting[oldest]->turn);
	world->waiting[oldest] = world->waiting[--world->waiting_count];
	world->served++;
}

FM_ASYNC(clerk)
{
	FM_BEGIN;
	fm_defer(&self->async, &self->close, close_counter);
	while (self->world->served < PEOPLE * VISITS) {
		while (self->world->waiting_count == 0)
			FM_AWAIT(fm_notified_init(&self->rung, &self->world->bell));
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		serve_oldest(self->world);
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "counter");
	struct world *world = state;

	fm_notify_init(&world->bell);
	for (unsigned i = 0; i < PEOPLE; i++)
		fm_sim_start(TWIN_TASK(host, person, world));
	fm_sim_start(TWIN_TASK(host, clerk, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->served == PEOPLE * VISITS, "%u of %u were served", world->served, PEOPLE * VISITS);
}

CANARY(wrap, "wrap", .claim = "who came first is served first, whatever the numbers of the tickets",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
