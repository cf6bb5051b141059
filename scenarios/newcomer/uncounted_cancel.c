/*
 * A server that counts the requests it works on, and shuts down when there are none.
 *
 * The last line of a request takes it off the count, and a cancelled request has no last line: it stays
 * counted for ever.
 */
#include "newcomer.h"

#include <fm/notify.h>
#include <fm/sleep.h>

#define REQUESTS 3

struct world {
	bool broken;
	unsigned working;
	struct fm_notify idle;
};

struct request {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
	struct fm_defer done;
};

static void request_done(struct world *world)
{
	if (--world->working == 0)
		fm_notify_one(&world->idle);
}

static void request_dropped(struct fm_defer *defer)
{
	request_done(FM_CONTAINER_OF(defer, struct request, done)->world);
}

FM_ASYNC(request)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->work, (1 + fm_random(3)) * FM_MS));
	if (self->world->broken) /* planted: in the last line, instead of a defer */
		request_done(self->world);
	FM_END;
}

struct closer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep sleep;
	struct fm_notified idle;
};

FM_ASYNC(closer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->sleep, 2 * FM_MS));
	while (self->world->working > 0) {
		/* BUG: for a request that is gone */
		FM_AWAIT(fm_notified_init(&self->idle, &self->world->idle));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct request *request;

	fm_notify_init(&world->idle);
	for (unsigned i = 0; i < REQUESTS; i++) {
		request = TWIN_TASK(host, request, world);
		if (!world->broken)
			fm_defer(&request->async, &request->done, request_dropped);
		world->working++;
		fm_sim_cancellable(sim, fm_sim_start(request));
	}
	fm_sim_start(TWIN_TASK(host, closer, world));
}

NEWCOMER(uncounted_cancel, "uncounted-cancel", .claim = "the shutdown ends", .faults = FM_SIM_FAULTS_GENTLE,
	 .deadline_ns = FM_MIN);
