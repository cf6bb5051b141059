/*
 * Tasks of one host wait, each for a word from another host, which wakes them by wakers of theirs: once, twice, by a clone, or with
 * one that it keeps beyond the task's end. Each is polled again after its word, and every waker that was cloned is given back. The
 * other host also spawns a task here.
 */
#include "primitive.h"

#include <fm/poll_fn.h>

#define WAITERS 12

struct slot {
	struct fm_waker waker; /* of who waits here */
	struct fm_waker kept;  /* the other host's clone */
	bool said;
	bool heard;
};

struct world {
	struct fm_sim_host *near;
	struct fm_sim_host *far;
	struct slot slots[WAITERS];
	unsigned waiting;
	bool spawned;
};

struct waiter {
	struct fm_async async;
	struct world *world;
	struct fm_poll_fn wait;
	struct fm_defer leave;
	unsigned number;
};

static enum fm_poll hear(void *arg, struct fm_context *cx, int *status)
{
	struct slot *slot = arg;

	if (!slot->said) {
		fm_waker_store(&slot->waker, cx);
		return FM_PENDING;
	}
	*status = FM_OK;
	slot->heard = true;
	fm_waker_drop(&slot->waker);
	return FM_READY;
}

static void waiter_leaves(struct fm_defer *defer)
{
	struct waiter *self = FM_CONTAINER_OF(defer, struct waiter, leave);

	self->world->waiting--;
	fm_waker_drop(&self->world->slots[self->number].waker);
}

FM_ASYNC(waiter)
{
	FM_BEGIN;
	FM_AWAIT(fm_poll_fn_init(&self->wait, hear, &self->world->slots[self->number]));
	HOLDS(fm_executor_current() == fm_sim_host_executor(self->world->near), "it runs elsewhere");
	FM_END;
}

struct speaker {
	struct fm_async async;
	struct world *world;
	struct fm_defer leave;
	struct fm_yield yield;
	struct fm_sleep sleep;
	unsigned round;
	unsigned first;
};

static void say(struct slot *slot, uint64_t how)
{
	if (slot->said || fm_waker_is_none(slot->waker))
		return;
	slot->said = true;
	switch (how) {
	case 0:
		fm_waker_wake_by_ref(slot->waker);
		break;
	case 1:
		fm_waker_wake(&slot->waker);
		HOLDS(fm_waker_is_none(slot->waker), "a waker that was given is still there");
		break;
	case 2:
		slot->kept = fm_waker_clone(slot->waker);
		HOLDS(fm_waker_will_wake(slot->kept, slot->waker), "a clone wakes another");
		fm_waker_wake_by_ref(slot->kept);
		fm_waker_wake_by_ref(slot->waker);
		break;
	case 3:
		slot->kept = fm_waker_clone(slot->waker);
		fm_waker_drop(&slot->waker);
		fm_waker_wake_by_ref(slot->kept);
		break;
	}
}

/* Those that are kept: woken once more, when the task may have ended, and given back. */
static void let_go(struct world *world)
{
	for (unsigned i = 0; i < WAITERS; i++) {
		if (fm_waker_is_none(world->slots[i].kept))
			continue;
		if (i % 2)
			fm_waker_wake(&world->slots[i].kept);
		else
			fm_waker_drop(&world->slots[i].kept);
		HOLDS(fm_waker_is_none(world->slots[i].kept), "a waker that was given is still there");
	}
}

static void say_all(struct fm_defer *defer)
{
	struct world *world = FM_CONTAINER_OF(defer, struct speaker, leave)->world;

	for (unsigned i = 0; i < WAITERS; i++) {
		world->slots[i].said = true;
		fm_waker_wake_by_ref(world->slots[i].waker);
	}
	let_go(world);
}

/* A task of that host, made here. */
struct errand {
	struct fm_async async;
	struct world *world;
	struct fm_yield yield;
};

FM_ASYNC(errand)
{
	FM_BEGIN;
	HOLDS(fm_executor_current() == fm_sim_host_executor(self->world->near), "it runs elsewhere");
	FM_AWAIT(fm_yield_init(&self->yield));
	HOLDS(fm_task_executor(fm_task_current()) == fm_sim_host_executor(self->world->near), "it moved");
	self->world->spawned = true;
	FM_END;
}

static void send_errand(struct world *world)
{
	struct errand *errand = fm_task_alloc_on(fm_sim_host_executor(world->near), sizeof(*errand), "errand");

	if (!errand)
		return;
	FM_ASYNC_INIT(errand, errand);
	errand->world = world;
	fm_task_detach(fm_task_spawn(errand));
}

FM_ASYNC(speaker)
{
	FM_BEGIN;
	HOLDS(fm_executor_current() == fm_sim_host_executor(self->world->far), "it runs elsewhere");
	send_errand(self->world);
	for (; self->round < 3 * WAITERS; self->round++) {
		say(&self->world->slots[self->round % WAITERS], (self->round + fm_random(4)) % 4);
		if (self->round % 5 == 4)
			FM_AWAIT(fm_yield_init(&self->yield));
	}
	if (SOMETIMES_IN(2))
		let_go(self->world);
	FM_AWAIT(fm_sleep_init(&self->sleep, FM_MS));
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct world *world = state;
	struct speaker *speaker;

	world->near = fm_sim_host(sim, "near");
	world->far = fm_sim_host(sim, "far");
	for (unsigned i = 0; i < WAITERS; i++) {
		struct waiter *waiter = PRIMITIVE_TASK(world->near, waiter, world);

		waiter->number = i;
		world->waiting++;
		fm_defer(&waiter->async, &waiter->leave, waiter_leaves);
		fm_sim_cancellable(sim, fm_sim_start(waiter));
	}
	speaker = PRIMITIVE_TASK(world->far, speaker, world);
	fm_defer(&speaker->async, &speaker->leave, say_all);
	fm_sim_start(speaker);
}

static void end(struct fm_sim *sim, void *state)
{
	struct world *world = state;

	FM_SIM_CHECK(sim, world->waiting == 0, "%u wait for ever", world->waiting);
	FM_SIM_CHECK(sim, world->spawned, "the errand was not run");
}

FM_SCENARIO(primitive_far_wakers) = {
	.name = "primitive/far-wakers",
	.claim = "who is woken from another host is polled, and a waker may be kept as long as one likes",
	.file = __FILE__,
	.state_bytes = sizeof(struct world),
	.faults = FM_SIM_FAULTS_GENTLE | FM_SIM_FAULTS_TIME,
	.deadline_ns = FM_MIN,
	.setup = setup,
	.end = end,
};
