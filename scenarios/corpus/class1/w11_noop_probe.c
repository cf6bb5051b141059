/*
 * "Is it done?" asked by a poll with a waker that does nothing: the handle remembers the newest waker, and
 * only that.
 *
 * Corpus W11 (tokio-util #8279). The owner waits for the next job to end; a monitor that looks in between
 * takes the owner's waker out of the handle and leaves its own.
 */
#include "../corpus.h"

#include <fm/sleep.h>

#define LOOKS 3

struct handle {
	struct fm_future fut;
	bool done;
	struct fm_waker waker; /* of whoever polled last */
};

static enum fm_poll handle_poll(struct fm_future *future, struct fm_context *cx)
{
	struct handle *self = FM_CONTAINER_OF(future, struct handle, fut);

	if (!self->done) {
		fm_waker_store(&self->waker, cx);
		return FM_PENDING;
	}
	if (!fm_coop(cx))
		return FM_PENDING;
	fm_waker_drop(&self->waker);
	return fm_ready(future, FM_OK);
}

static void handle_drop(struct fm_future *future)
{
	fm_waker_drop(&FM_CONTAINER_OF(future, struct handle, fut)->waker);
}

static const struct fm_future_ops handle_ops = { .name = "handle", .poll = handle_poll, .drop = handle_drop };

static struct fm_waker noop_clone(struct fm_wakeable *noop)
{
	return fm_waker_of(noop);
}

static void noop(struct fm_wakeable *noop)
{
	(void)noop;
}

static bool noop_will_wake(const struct fm_wakeable *noop, struct fm_waker other)
{
	return fm_waker_wakeable(other) == noop;
}

static const struct fm_waker_ops noop_ops = { noop_clone, noop, noop, noop_will_wake };

static bool is_done(struct handle *handle, bool broken, struct fm_context *cx)
{
	static struct fm_wakeable nobody = { &noop_ops };
	struct fm_context quiet = *cx;

	if (!broken || handle->done)
		return handle->done;
	quiet.waker = fm_waker_of(&nobody); /* W11: a question that takes the owner's waker away */
	return fm_poll(&handle->fut, &quiet) == FM_READY;
}

struct world {
	bool broken;
	struct handle job;
};

struct owner {
	struct fm_async async;
	struct world *world;
};

FM_ASYNC(owner)
{
	FM_BEGIN;
	/* BUG: the job's end wakes nobody */
	FM_AWAIT(&self->world->job.fut);
	FM_END;
}

struct monitor {
	struct fm_async async;
	struct world *world;
	struct fm_sleep pause;
	unsigned looks;
};

FM_ASYNC(monitor)
{
	FM_BEGIN;
	for (; self->looks < LOOKS; self->looks++) {
		FM_AWAIT(fm_sleep_init(&self->pause, fm_random(3) * FM_MS));
		if (is_done(&self->world->job, self->world->broken, cx))
			break;
	}
	FM_END;
}

struct worker {
	struct fm_async async;
	struct world *world;
	struct fm_sleep work;
};

FM_ASYNC(worker)
{
	FM_BEGIN;
	FM_AWAIT(fm_sleep_init(&self->work, fm_random(4) * FM_MS));
	self->world->job.done = true;
	fm_waker_wake(&self->world->job.waker);
	FM_END;
}

static void setup(struct fm_sim *sim, void *state)
{
	struct fm_sim_host *host = fm_sim_host(sim, "host");
	struct world *world = state;

	fm_future_init(&world->job.fut, &handle_ops);
	fm_sim_start(TWIN_TASK(host, owner, world));
	fm_sim_start(TWIN_TASK(host, monitor, world));
	fm_sim_start(TWIN_TASK(host, worker, world));
}

CORPUS(noop_probe, "w11-noop-probe", .claim = "who waits for a job hears of its end, whoever else has looked",
       .faults = FM_SIM_FAULT_WAKE, .deadline_ns = FM_SEC);
