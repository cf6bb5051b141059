/*
 * A state machine behind a lock, whose step awaits: the old state stays where it is until there is a new one.
 *
 * Corpus C13 (wasmtime #11718, omicron #3579). The state is moved out, something is awaited, the next one is
 * put back; dropped in between, the lock is given back and the placeholder stays.
 */
#include "../corpus.h"

#include <fm/mutex.h>
#include <fm/sleep.h>

#define STEPS 4

enum phase { NONE, IDLE, UPLOADING, INSTALLING };

struct world {
	bool broken;
	struct fm_mutex mutex;
	enum phase phase;
};

static enum phase after(enum phase phase)
{
	if (phase == NONE)
		/* BUG: a step was cancelled between taking the state and putting the next one back */
		fm_panic("the state machine has no state");
	return phase == INSTALLING ? IDLE : (enum phase)(phase + 1);
}

/* One step; the caller may give up at any time. */
struct step {
	struct fm_async async;
	struct world *world;
	struct fm_mutex_lock lock;
	struct fm_mutex_guard guard;
	struct fm_sleep send;
	enum phase next;
};

FM_ASYNC(step)
{
	FM_BEGIN;
	FM_AWAIT(fm_mutex_lock_init(&self->lock, &self->world->mutex));
	fm_mutex_defer_unlock(&self->async, &self->guard, &self->world->mutex);
	self->next = after(self->world->phase);
	if (self->world->broken)
		self->world->phase = NONE; /* C13: a hole, for as long as the sending takes */
	FM_AWAIT(fm_sleep_init(&self->send, fm_random(3) * FM_MS));
	self->world->phase = self->next;
	FM_END;
}

struct operator
{
	struct fm_async async;
	struct world *world;
	struct fm_sleep think;
	struct step step;
	unsigned steps;
};

static struct fm_future *step_init(struct step *self, struct world *world)
{
	self->world = world;
	return FM_ASYNC_INIT(self, step);
}

FM_ASYNC(operator)
{
	FM_BEGIN;
	for (; self->steps < STEPS; self->steps++) {
		FM_AWAIT(fm_sleep_init(&self->think, fm_random(3) * FM_MS));
		FM_AWAIT_RETRIED(step_init(&self->step, self->world));
	}
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_mutex_init(&world->mutex);
	world->phase = IDLE;
	fm_sim_start(TWIN_TASK(host, operator, world));
	fm_sim_cancellable(sim, fm_sim_start(TWIN_TASK(host, operator, world)));
}

static void end(struct fm_sim *sim, void *state)
{
	/* BUG: the last step was cancelled */
	FM_SIM_CHECK(sim, ((const struct world *)state)->phase != NONE, "the state machine has no state");
}

CORPUS(taken_state, "c13-taken-state", .claim = "a step that is cancelled leaves the state as it was",
       .faults = FM_SIM_FAULTS_GENTLE, .deadline_ns = FM_SEC, .end = end);
