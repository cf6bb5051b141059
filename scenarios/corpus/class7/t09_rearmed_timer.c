/*
 * One round of a loop: the timers that were due as it began, then the input; a timer that re-arms itself
 * waits for the next.
 *
 * Corpus T09 (libuv #4245). A timer of 0 that is started again in its own callback is due at once, and as
 * long as one is due the loop does not look at its input.
 */
#include "../corpus.h"

struct loop {
	bool broken;
	unsigned due;   /* timers that have expired */
	unsigned round; /* of them, those which this round still runs */
	bool in_timers;
	bool input;
	bool handled;
};

/* The callback of the only timer: polls a flag, so to speak, until the input was handled. */
static void callback(struct loop *loop)
{
	if (!loop->handled)
		loop->due++;
}

struct round {
	struct fm_future fut;
	struct loop *loop;
	struct fm_waiter waiter;
};

/* One callback a poll, so that others can come between. */
static enum fm_poll round_poll(struct fm_future *future, struct fm_context *cx)
{
	struct round *self = FM_CONTAINER_OF(future, struct round, fut);
	struct loop *loop = self->loop;

	if (loop->handled && !loop->due)
		return fm_ready(future, FM_OK);
	if (!loop->in_timers) {
		loop->in_timers = true;
		loop->round = loop->due;
	}
	if (loop->broken ? loop->due : loop->round) { /* T09: also those that became due meanwhile */
		loop->round--;
		loop->due--;
		callback(loop);
	} else {
		loop->in_timers = false;
		loop->handled |= loop->input;
	}
	fm_waker_wake_by_ref(cx->waker);
	return FM_PENDING;
}

static void round_drop(struct fm_future *future)
{
	(void)future;
}

static const struct fm_future_ops round_ops = { .name = "round", .poll = round_poll, .drop = round_drop };

static struct fm_future *round_init(struct round *self, struct loop *loop)
{
	fm_future_init(&self->fut, &round_ops);
	self->loop = loop;
	return &self->fut;
}

struct world {
	bool broken;
	struct loop loop;
};

struct program {
	struct fm_async async;
	struct world *world;
	struct round round;
};

FM_ASYNC(program)
{
	FM_BEGIN;
	FM_AWAIT(round_init(&self->round, &self->world->loop)); /* BUG: never gets to its input */
	FM_END;
}

struct device {
	struct fm_async async;
	struct world *world;
	struct fm_yield later;
	unsigned left;
};

FM_ASYNC(device)
{
	FM_BEGIN;
	for (self->left = (unsigned)fm_random(4); self->left; self->left--)
		FM_AWAIT(fm_yield_init(&self->later));
	self->world->loop.input = true;
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->loop.broken = world->broken;
	world->loop.due = 1;
	fm_sim_start(TWIN_TASK(host, program, world));
	fm_sim_start(TWIN_TASK(host, device, world));
}

CORPUS(rearmed_timer, "t09-rearmed-timer", .claim = "a loop comes to its input, whatever its timers do",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
