/*
 * A wait that is polled in a select by reference, left alone for a while, and then awaited for itself.
 *
 * While nobody polls it, it rightly keeps the waker of the select's round, and a bell rung then is heard through that one: the twin
 * does so, and is not accused. The broken one also keeps the first waker when it is polled again.
 */
#include "oracle.h"

#include <fm/select.h>

struct world {
	bool broken;
	struct bell first;  /* rung while its wait keeps an older waker */
	struct bell second; /* never rung */
	bool heard;
};

struct listener {
	struct fm_async async;
	struct world *world;
	struct fm_select select;
	struct fm_branch branch[2];
	struct bell_wait first;
	struct bell_wait second;
	struct fm_sleep round;
};

FM_ASYNC(listener)
{
	FM_BEGIN;
	bell_wait_init(&self->first, &self->world->first, BELL_KEEPS_NEWEST);
	FM_AWAIT(FM_SELECT_BIASED(&self->select, self->branch, fm_sleep_init(&self->round, FM_MS),
				  FM_KEEP(&self->first.fut)));
	/* The bell rings now, and its wait has the waker of a round that is over. */
	FM_AWAIT(fm_sleep_init(&self->round, 2 * FM_MS));
	FM_AWAIT(&self->first.fut);
	self->world->heard = true;
	bell_wait_init(&self->second, &self->world->second, self->world->broken ? BELL_KEEPS_FIRST : BELL_KEEPS_NEWEST);
	FM_AWAIT(FM_SELECT_BIASED(&self->select, self->branch, fm_sleep_init(&self->round, FM_MS),
				  FM_KEEP(&self->second.fut)));
	FM_AWAIT(&self->second.fut); /* BUG: what it keeps is the first poll's waker */
	FM_END;
}

static void ring(struct fm_sim *sim, void *world)
{
	(void)sim;
	bell_ring(&((struct world *)world)->first);
}

/* The wait is left behind in the frame: nobody drops what a select only refers to. */
static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	guard(host, TWIN_TASK(host, listener, state), 10 * FM_MS);
	fm_sim_at(sim, 2 * FM_MS, ring, state);
}

static void end(struct fm_sim *sim, void *state)
{
	FM_SIM_CHECK(sim, ((struct world *)state)->heard, "the first bell was not heard");
}

ORACLE(older_waker, "older-waker", .claim = "a bell is heard by who waits for it", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC, .end = end);
