/*
 * A semaphore whose count and closed flag share a word: whoever writes the count keeps the flag.
 *
 * Corpus B09. Forgetting permits of a closed semaphore writes the word back without the flag: who waits for
 * the close waits for ever, and who comes later may even be let in.
 */
#include "canary.h"

#include <fm/sleep.h>

#define WORKERS 3
#define ROUNDS 3

static const char kind[] = "semaphore";

enum { CLOSED = 1, PERMIT = 2 };

struct gate {
	bool broken;
	unsigned word; /* CLOSED, and permits times PERMIT */
	struct fm_waitq waiters;
};

struct enter {
	struct fm_future fut;
	struct gate *gate;
	struct fm_waiter waiter;
};

static void gate_close(struct gate *gate)
{
	gate->word |= CLOSED;
	fm_waitq_wake_all(&gate->waiters);
}

/* Takes up to `permits` free ones out of the world. */
static void gate_forget(struct gate *gate, unsigned permits)
{
	const unsigned free = gate->word / PERMIT;
	unsigned word = (free - (permits < free ? permits : free)) * PERMIT;

	if (!gate->broken) /* B09: the closed gate is open again */
		word |= gate->word & CLOSED;
	gate->word = word;
}

static void gate_leave(struct gate *gate)
{
	gate->word += PERMIT;
	fm_observe_release(gate);
	fm_waitq_wake_first(&gate->waiters);
}

static enum fm_poll enter_poll(struct fm_future *future, struct fm_context *cx)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);

	if (self->gate->word == 0) {
		twin_wait(&self->gate->waiters, &self->waiter, kind, self->gate, future, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waiter_leave(&self->waiter);
	if (self->gate->word & CLOSED)
		return fm_ready(future, FM_ERR_CLOSED);
	self->gate->word -= PERMIT;
	fm_observe_grant(kind, self->gate, NULL);
	return fm_ready(future, FM_OK);
}

static void enter_drop(struct fm_future *future)
{
	struct enter *self = FM_CONTAINER_OF(future, struct enter, fut);

	twin_leave(&self->waiter, self->gate, future);
}

static const struct fm_future_ops enter_ops = { .name = "enter", .poll = enter_poll, .drop = enter_drop };

static struct fm_future *enter_init(struct enter *self, struct gate *gate)
{
	fm_future_init(&self->fut, &enter_ops);
	fm_waiter_init(&self->waiter);
	self->gate = gate;
	return &self->fut;
}

struct world {
	bool broken;
	struct gate gate;
	bool closed; /* as the closer knows it */
};

struct worker {
	struct fm_async async;
	struct world *world;
	struct enter enter;
	struct fm_sleep work;
	unsigned rounds;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	for (; self->rounds < ROUNDS; self->rounds++) {
		FM_AWAIT(enter_init(&self->enter, &self->world->gate));
		if (self->enter.fut.status == FM_ERR_CLOSED)
			break;
		FM_ALWAYS(!self->world->closed, "nobody is let in after the close");
		FM_AWAIT(fm_sleep_init(&self->work, FM_MS));
		gate_leave(&self->world->gate);
	}
	FM_END;
}

struct closer {
	struct fm_async async;
	struct world *world;
	struct fm_sleep later;
};

FM_ASYNC(closer)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->later, fm_random(WORKERS * ROUNDS + 2) * FM_MS));
	gate_close(&self->world->gate);
	self->world->closed = true;
	gate_forget(&self->world->gate, 1);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	world->gate.broken = world->broken;
	world->gate.word = PERMIT;
	fm_waitq_init(&world->gate.waiters);
	for (unsigned i = 0; i < WORKERS; i++)
		fm_sim_start(TWIN_TASK(host, worker, world));
	fm_sim_start(TWIN_TASK(host, closer, world));
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->gate.word & CLOSED, "the gate stands open after its close");
}

CANARY(reopened_gate, "reopened-gate", .claim = "a closed gate stays closed, and nobody waits at it",
       .faults = FM_SIM_FAULT_WAKE | FM_SIM_FAULTS_TIME, .deadline_ns = FM_SEC, .end = end);
