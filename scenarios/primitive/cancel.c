/*
 * A tree of cancellation tokens that grows, loses handles in the middle and is cancelled here and there: a token is cancelled
 * exactly when it or one it descends from was, and who waits for one, or runs a future under one, is told then and only then.
 */
#include "primitive.h"

#include <fm/cancel.h>
#include <fm/poll_fn.h>

#define TOKENS 9

struct world {
	struct fm_cancel *tokens[TOKENS];
	unsigned parents[TOKENS];  /* the root is its own */
	unsigned handles[TOKENS];
	bool cancelled[TOKENS];    /* itself */
	unsigned waiting;
};

static bool is_cancelled(const struct world *world, unsigned token)
{
	for (; !world->cancelled[token]; token = world->parents[token])
		if (token == world->parents[token])
			return false;
	return true;
}

static void give_back(struct world *world, unsigned token)
{
	fm_cancel_unref(world->tokens[token]);
	if (--world->handles[token] == 0)
		world->tokens[token] = NULL;
}

struct waiter {
	struct fm_async async;
	struct world *world;
	struct fm_cancel *token; /* a handle of its own */
	struct fm_defer leave;
	struct strict strict;
	struct fm_cancel_wait wait;
	struct fm_cancel_run run;
	struct fm_poll_fn never;
	struct fm_waker kept; /* of what never ends */
	struct fm_yield yield;
	unsigned number;
	bool runs; /* a future that never ends, under the token */
};

static void waiter_leaves(struct fm_defer *defer)
{
	struct waiter *self = FM_CONTAINER_OF(defer, struct waiter, leave);

	self->world->waiting--;
	fm_waker_drop(&self->kept);
	give_back(self->world, self->number);
}

/* What runs under a token that is cancelled is not polled any more. */
static enum fm_poll wait_for_ever(void *arg, struct fm_context *cx, int *status)
{
	struct waiter *self = arg;

	(void)status;
	HOLDS(!fm_cancel_cancelled(self->token), "it is cancelled, and goes on");
	fm_waker_store(&self->kept, cx);
	return FM_PENDING;
}

FM_ASYNC(waiter)
{
	FM_BEGIN;
	/* What ends by itself is not cancelled. */
	FM_AWAIT(fm_cancel_run_init(&self->run, self->token, fm_yield_init(&self->yield)));
	HOLDS(self->run.fut.status == FM_OK || (self->run.fut.status == FM_ERR_CANCELLED &&
					       is_cancelled(self->world, self->number)), "a run gave %s",
	      fm_status_name(self->run.fut.status));
	if (self->runs) {
		FM_AWAIT_RETRIED(fm_cancel_run_init(&self->run, self->token, fm_poll_fn_init(&self->never, wait_for_ever, self)));
		HOLDS(self->run.fut.status == FM_ERR_CANCELLED, "a run gave %s", fm_status_name(self->run.fut.status));
		HOLDS(!fm_future_live(&self->never.fut), "the future was left");
	} else {
		FM_AWAIT_RETRIED(strict(&self->strict, fm_cancel_wait_init(&self->wait, self->token)));
		HOLDS(self->wait.fut.status == FM_OK, "a wait gave %s", fm_status_name(self->wait.fut.status));
	}
	HOLDS(fm_cancel_cancelled(self->token) && is_cancelled(self->world, self->number), "nobody has cancelled token %u",
	      self->number);
	FM_END;
}

struct gardener {
	struct fm_async async;
	struct world *world;
	struct fm_defer fell;
	struct fm_yield yield;
	unsigned at;
	bool held[TOKENS]; /* handles that are the gardener's */
};

static void cancel(struct gardener *self, unsigned token)
{
	if (!self->held[token])
		return;
	fm_cancel_cancel(self->world->tokens[token]);
	self->world->cancelled[token] = true;
	fm_cancel_cancel(self->world->tokens[token]); /* again: nothing */
}

/* However it ends, all are told in the end. */
static void fell(struct fm_defer *defer)
{
	struct gardener *self = FM_CONTAINER_OF(defer, struct gardener, fell);

	for (unsigned i = 0; i < TOKENS; i++) {
		if (!self->world->tokens[i])
			continue;
		fm_cancel_cancel(self->world->tokens[i]);
		self->world->cancelled[i] = true;
	}
	for (unsigned i = 0; i < TOKENS; i++)
		if (self->held[i])
			give_back(self->world, i);
}

/* A child of one that is still held, with somebody who waits for it. */
static void plant(struct gardener *self, unsigned token)
{
	struct world *world = self->world;
	unsigned parent = (unsigned)fm_random(token);
	struct waiter *waiter;

	while (!self->held[parent])
		parent = (parent + 1) % token;
	waiter = fm_task_alloc(sizeof(*waiter), "waiter");
	if (!waiter)
		return;
	world->tokens[token] = fm_cancel_child(world->tokens[parent]);
	if (!world->tokens[token]) {
		fm_task_unalloc(waiter);
		return;
	}
	world->parents[token] = parent;
	world->handles[token] = 2;
	self->held[token] = true;
	FM_ASYNC_INIT(waiter, waiter);
	waiter->world = world;
	waiter->number = token;
	waiter->token = fm_cancel_ref(world->tokens[token]);
	waiter->runs = token % 2;
	fm_defer(&waiter->async, &waiter->leave, waiter_leaves);
	world->waiting++;
	fm_task_detach(fm_task_spawn(waiter));
}

FM_ASYNC(gardener)
{
	FM_BEGIN;
	for (self->at = 1; self->at < TOKENS; self->at++) {
		plant(self, self->at);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	for (self->at = 1; self->at < TOKENS; self->at++) {
		if (self->held[self->at] && (self->at + fm_random(3)) % 3 == 0) {
			give_back(self->world, self->at);
			self->held[self->at] = false;
		}
		if (SOMETIMES_IN(3))
			cancel(self, (unsigned)fm_random(TOKENS - 1) + 1);
		FM_AWAIT(fm_yield_init(&self->yield));
	}
	cancel(self, 0);
	FM_AWAIT(fm_yield_init(&self->yield));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;
	struct gardener *gardener = PRIMITIVE_TASK(host, gardener, world);

	world->tokens[0] = fm_cancel_new();
	world->handles[0] = 1;
	gardener->held[0] = true;
	fm_defer(&gardener->async, &gardener->fell, fell);
	fm_sim_cancellable(sim, fm_sim_start(gardener));
}

static void step(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	for (unsigned i = 0; i < TOKENS; i++)
		FM_SIM_CHECK(sim, !world->tokens[i] || fm_cancel_cancelled(world->tokens[i]) == is_cancelled(world, i),
			     "token %u is %scancelled", i, is_cancelled(world, i) ? "not " : "");
}

static void end(struct fm_sim *sim, void *state)
{
	const struct world *world = state;

	FM_SIM_CHECK(sim, world->waiting == 0, "%u wait for ever", world->waiting);
}

FM_SCENARIO(primitive_cancel) = {
	.name = "primitive/cancel",
	.claim = "a token is cancelled when it or one it descends from is, and who waits for it is told then",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.step = step,
	.end = end,
};
