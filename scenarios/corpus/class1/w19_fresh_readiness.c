/*
 * A poll that makes a wait, polls it once, and drops it: what was dropped wakes nobody.
 *
 * Corpus W19 (wasmtime #8781, #8782). A wait must take its waker along when it is dropped, so PENDING is a
 * promise that nobody will keep.
 */
#include "../corpus.h"

#include <fm/notify.h>
#include <fm/sleep.h>

struct ready {
	struct fm_future fut;
	struct fm_notify *notify;
	struct fm_notified notified;
	bool broken;
};

static enum fm_poll ready_poll(struct fm_future *future, struct fm_context *cx)
{
	struct ready *self = FM_CONTAINER_OF(future, struct ready, fut);

	if (fm_poll(&self->notified.fut, cx) == FM_READY)
		return fm_ready(future, FM_OK);
	if (self->broken) { /* W19: a fresh wait for each poll, gone with it */
		fm_drop(&self->notified.fut);
		fm_notified_init(&self->notified, self->notify);
	}
	return FM_PENDING;
}

static void ready_drop(struct fm_future *future)
{
	fm_drop(&FM_CONTAINER_OF(future, struct ready, fut)->notified.fut);
}

static const struct fm_future_ops ready_ops = { .name = "ready", .poll = ready_poll, .drop = ready_drop };

static struct fm_future *ready_init(struct ready *self, struct fm_notify *notify, bool broken)
{
	fm_future_init(&self->fut, &ready_ops);
	fm_notified_init(&self->notified, notify);
	self->notify = notify;
	self->broken = broken;
	return &self->fut;
}

struct world {
	bool broken;
	struct fm_notify input;
};

struct guest {
	struct fm_async async;
	struct world *world;
	struct ready ready;
};

FM_ASYNC(guest)
{
	FM_BEGIN;
	/* BUG: no waker is left */
	FM_AWAIT(ready_init(&self->ready, &self->world->input, self->world->broken));
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
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(3) * FM_MS));
	fm_notify_one(&self->world->input);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *machine = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_notify_init(&world->input);
	fm_sim_start(TWIN_TASK(machine, guest, world));
	fm_sim_start(TWIN_TASK(machine, host, world));
}

CORPUS(fresh_readiness, "w19-fresh-readiness", .claim = "input wakes the guest that waits for it",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
