/*
 * A small executor within a task: it turns its driver every so often, also while some job always has more
 * to do.
 *
 * Corpus F11 (tokio #5209, #8222). Jobs that yield go straight back into the queue; the driver is turned
 * when the queue is empty, which it never is, and the completion that a job waits for is never looked at.
 */
#include "../corpus.h"

#define JOBS_A_TURN 4

struct ring {
	bool completed; /* by the device, not yet seen */
	struct fm_waitq completions;
};

struct local {
	struct fm_future fut;
	bool broken;
	struct ring *ring;
	struct fm_waiter waiter;
	unsigned ready; /* jobs in the queue */
	bool read;      /* the reading job has its completion */
	unsigned ended;
};

/* One job yields until the other has read; that one waits for the completion. */
static void run_job(struct local *self)
{
	if (self->read) {
		self->ready--;
		self->ended++;
	}
}

static void turn_driver(struct local *self)
{
	if (!self->ring->completed)
		return;
	self->ring->completed = false;
	self->read = true;
	self->ready++;
}

static enum fm_poll local_poll(struct fm_future *future, struct fm_context *cx)
{
	struct local *self = FM_CONTAINER_OF(future, struct local, fut);

	fm_waiter_leave(&self->waiter);
	for (unsigned i = 0; i < JOBS_A_TURN && self->ready; i++)
		run_job(self);
	if (!self->broken || !self->ready) /* F11: only when nothing else is to be done */
		turn_driver(self);
	if (self->ended == 2)
		return fm_ready(future, FM_OK);
	if (self->ready)
		fm_waker_wake_by_ref(cx->waker);
	twin_wait(&self->ring->completions, &self->waiter, "completion", self->ring, future, cx);
	return FM_PENDING;
}

static void local_drop(struct fm_future *future)
{
	struct local *self = FM_CONTAINER_OF(future, struct local, fut);

	twin_leave(&self->waiter, self->ring, future);
}

static const struct fm_future_ops local_ops = { .name = "local", .poll = local_poll, .drop = local_drop };

struct world {
	bool broken;
	struct ring ring;
};

static struct fm_future *local_init(struct local *self, struct world *world)
{
	fm_future_init(&self->fut, &local_ops);
	fm_waiter_init(&self->waiter);
	self->broken = world->broken;
	self->ring = &world->ring;
	self->ready = 1;
	return &self->fut;
}

struct program {
	struct fm_async async;
	struct world *world;
	struct local local;
};

FM_ASYNC(program)
{
	FM_BEGIN;
	FM_AWAIT(local_init(&self->local, self->world)); /* BUG: turns round without its driver */
	FM_END;
}

struct device {
	struct fm_async async;
	struct world *world;
	struct fm_yield work;
	unsigned rounds;
};

FM_ASYNC(device)
{
	FM_BEGIN;
	for (self->rounds = (unsigned)fm_random(4); self->rounds; self->rounds--)
		FM_AWAIT(fm_yield_init(&self->work));
	self->world->ring.completed = true;
	fm_waitq_wake_all(&self->world->ring.completions);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_waitq_init(&world->ring.completions);
	fm_sim_start(TWIN_TASK(host, program, world));
	fm_sim_start(TWIN_TASK(host, device, world));
}

CORPUS(unturned_driver, "f11-unturned-driver", .claim = "a completion is seen, however busy the jobs are",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
