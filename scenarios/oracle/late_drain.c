/*
 * After ctrl-c what is under way is finished, and the program ends. It has 30 ms for that: the twin takes all of them, the broken one
 * a moment more. Both end, and lose nothing.
 */
#include "oracle.h"

#include <fm/signal.h>

#include <signal.h>

struct world {
	bool broken;
	struct fm_sim_host *host;
	unsigned finished;
};

struct server {
	struct fm_async async;
	struct world *world;
	struct fm_signal_watch watch;
	struct fm_signal_recv signal;
	struct fm_sleep job;
};

FM_ASYNC(server)
{
	FM_BEGIN;
	FM_ALWAYS(fm_signal_open(&self->watch, SIGINT) == FM_OK, "ctrl-c can be watched");
	FM_AWAIT(fm_signal_recv_init(&self->signal, &self->watch));
	fm_signal_close(&self->watch);
	for (; self->world->finished < 3; self->world->finished++)
		FM_AWAIT(fm_sleep_init(&self->job, self->world->broken ? 11 * FM_MS : 10 * FM_MS)); /* BUG: 33 ms */
	FM_END;
}

static void shut_down(struct fm_sim *sim, void *world)
{
	(void)sim;
	fm_sim_shutdown(((struct world *)world)->host);
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	world->host = fm_sim_host(sim, "host");
	fm_sim_start(TWIN_TASK(world->host, server, world));
	fm_sim_at(sim, 5 * FM_MS, shut_down, world);
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->finished == 3, "not all jobs were finished");
}

ORACLE(late_drain, "late-drain", .claim = "what is under way is finished within 30 ms of ctrl-c",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC, .drain_ns = 30 * FM_MS, .end = end);
