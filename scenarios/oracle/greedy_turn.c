/*
 * A loop over awaits that are ready at once and ask no budget: for 100,000 rounds no other task of the thread gets a turn, and
 * nothing else is wrong with it. The twin steps back after every 10,000.
 */
#include "oracle.h"

#define ROUNDS 100000

struct world {
	bool broken;
	unsigned rounds;
};

/* One more number, at once. */
struct number {
	struct fm_future fut;
};

static enum fm_poll number_poll(struct fm_future *future, struct fm_context *cx)
{
	(void)cx;
	return fm_ready(future, FM_OK);
}

static const struct fm_future_ops number_ops = { .name = "number", .poll = number_poll };

static struct fm_future *number_init(struct number *self)
{
	fm_future_init(&self->fut, &number_ops);
	return &self->fut;
}

struct adder {
	struct fm_async async;
	struct world *world;
	struct number number;
	struct fm_yield yield;
};

FM_ASYNC(adder)
{
	FM_BEGIN;
	for (; self->world->rounds < ROUNDS; self->world->rounds++) {
		FM_AWAIT(number_init(&self->number)); /* BUG: it never lets go */
		if (!self->world->broken && self->world->rounds % 10000 == 0)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	FM_END;
}

struct other {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(other)
{
	FM_BEGIN;
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");

	fm_sim_start(TWIN_TASK(host, adder, state));
	fm_sim_start(TWIN_TASK(host, other, state));
}

ORACLE(greedy_turn, "greedy-turn", .claim = "everybody gets a turn", .faults = FM_SIM_FAULT_WAKE,
       .deadline_ns = FM_SEC);
