/*
 * A sender that is made without receivers: that there are none is what closed() waits for.
 *
 * Corpus B03 (tokio #7629). "Closed" is set as the last receiver goes, and cleared as one comes; made with no
 * receivers at all it is neither, and closed() waits for a receiver to go that never was.
 */
#include "../corpus.h"

#include <fm/sleep.h>

struct hub {
	unsigned receivers;
	bool closed; /* there is no receiver */
	struct fm_waitq closing;
};

static void hub_init(struct hub *hub, bool broken)
{
	hub->receivers = 0;
	hub->closed = !broken; /* B03: nobody is there, and it does not know */
	fm_waitq_init(&hub->closing);
}

static void subscribe(struct hub *hub)
{
	hub->receivers++;
	hub->closed = false;
}

static void unsubscribe(struct hub *hub)
{
	if (--hub->receivers)
		return;
	hub->closed = true;
	fm_waitq_wake_all(&hub->closing);
}

static bool is_closed(const void *hub)
{
	return ((const struct hub *)hub)->closed;
}

struct world {
	bool broken;
	struct hub hub;
};

struct visitor {
	struct fm_async async;
	struct world *world;
	struct fm_sleep stay;
};

FM_ASYNC(visitor)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->stay, fm_random(4) * FM_MS));
	if (fm_random(2) == 1) {
		subscribe(&self->world->hub);
		FM_AWAIT(fm_sleep_init(&self->stay, fm_random(3) * FM_MS));
		unsubscribe(&self->world->hub);
	}
	FM_END;
}

struct sender {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct until closed;
};

FM_ASYNC(sender)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_MS));
	/* BUG: there was never a receiver whose going would end this */
	FM_AWAIT(until_init(&self->closed, &self->world->hub.closing, "hub", is_closed, &self->world->hub));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	hub_init(&world->hub, world->broken);
	fm_sim_start(TWIN_TASK(host, sender, world));
	for (unsigned i = 0; i < 2; i++)
		fm_sim_start(TWIN_TASK(host, visitor, world));
}

CORPUS(unborn_receivers, "b03-unborn-receivers",
       .claim = "a sender without receivers does not wait for any to go", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
